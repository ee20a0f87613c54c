package org.tessera.pipeline.spark.stats;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.pipeline.stats.SlotLayout;

/** What every row of the statistics begins with. Immutable; crosses to executors. */
final class StatsKey implements java.io.Serializable {
  private static final long serialVersionUID = 1L;

  /** The columns. */
  static final String COLUMNS =
      "modality STRING, tokenizer STRING, fingerprint STRING, grouping STRING, "
          + "group STRING, slot_axis STRING, slot INT, ";

  private final String modality;
  private final String tokenizer;
  private final String fingerprint;
  private final String slotAxis;

  StatsKey(TokenizerManifest manifest, String fingerprint) {
    this.modality = manifest.modality().id();
    this.tokenizer = manifest.name();
    this.fingerprint = fingerprint;
    this.slotAxis = new SlotLayout(manifest.layout()).axis();
  }

  String tokenizer() {
    return tokenizer;
  }

  String fingerprint() {
    return fingerprint;
  }

  String slotAxis() {
    return slotAxis;
  }

  /** A row; a null group is the grouping as a whole. */
  Row row(String grouping, String group, int slot, Object... values) {
    Object[] all = new Object[7 + values.length];
    all[0] = modality;
    all[1] = tokenizer;
    all[2] = fingerprint;
    all[3] = grouping;
    all[4] = group;
    all[5] = slotAxis;
    all[6] = slot;
    System.arraycopy(values, 0, all, 7, values.length);
    return RowFactory.create(all);
  }
}
