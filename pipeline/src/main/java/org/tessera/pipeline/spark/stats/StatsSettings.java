package org.tessera.pipeline.spark.stats;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.pipeline.stats.Grouping;
import org.tessera.pipeline.stats.SlotLayout;
import org.tessera.pipeline.stats.TupleCounts;
import org.tessera.pipeline.stats.TupleKind;

/** What a task counts, in a form that crosses to executors. Immutable. */
final class StatsSettings implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final long GROUP_BUDGET = 256L << 20;
  private static final long TUPLE_BUDGET = 192L << 20;

  private final String[] axes;
  private final int[] shape;
  private final int[] radices;
  private final String slotAxis;
  private final int[] scales;
  private final boolean units;
  private final boolean positions;
  private final String[] groupings;
  private final String axis;
  private final int ngrams;
  private final long seed;
  private final boolean corpus;
  private final long idsOfSlot;

  /**
   * Settings.
   *
   * @param bytes what the files take that are counted
   */
  StatsSettings(
      TokenizerManifest manifest, StatsFlow.Request request, List<Grouping> groupings, long bytes) {
    TokenLayout layout = manifest.layout();
    this.axes = layout.axes().toArray(String[]::new);
    this.shape = ints(layout.shape());
    this.radices = ints(layout.radices());
    this.slotAxis = layout.slotAxis();
    this.scales = ints(layout.scales());
    this.units = manifest.modality() == Modality.IMAGE || manifest.modality() == Modality.POINTS;
    this.groupings = groupings.stream().map(Grouping::name).toArray(String[]::new);
    this.axis = request.axis();
    this.positions = manifest.keepsPositions() && !axis.isEmpty();
    this.ngrams = request.ngrams();
    this.seed = request.seed();
    this.corpus = true;
    this.idsOfSlot = bytes / new SlotLayout(layout).slots();
  }

  /** Counts of all rows together only: no growth, no sample, no tuples. */
  private StatsSettings(StatsSettings all) {
    this.axes = all.axes;
    this.shape = all.shape;
    this.radices = all.radices;
    this.slotAxis = all.slotAxis;
    this.scales = all.scales;
    this.units = false;
    this.positions = false;
    this.groupings = new String[] {Grouping.ALL};
    this.axis = "";
    this.ngrams = 1;
    this.seed = all.seed;
    this.corpus = false;
    this.idsOfSlot = all.idsOfSlot;
  }

  /** The same for counts of all rows together only: no growth, no sample, no tuples. */
  StatsSettings countsOnly() {
    return new StatsSettings(this);
  }

  /** Whether what is known of all rows together only is kept too. */
  boolean corpus() {
    return corpus;
  }

  TokenLayout layout() {
    return new TokenLayout(List.of(axes), list(shape), list(radices), slotAxis, list(scales));
  }

  List<Grouping> groupings() {
    return Arrays.stream(groupings).map(Grouping::of).toList();
  }

  /** Whether the geometry says how many pixels or points there are. */
  boolean units() {
    return units;
  }

  /** Whether the geometry says where ids stand, and it is counted by that. */
  boolean positions() {
    return positions;
  }

  String axis() {
    return axis;
  }

  /** The kinds of tuples to count. */
  List<TupleKind> tuples() {
    return TupleCounts.kinds(new SlotLayout(layout()), ngrams);
  }

  /** In how many tuples an id is counted, on average. */
  double kindsOfId() {
    return (double) tuples().size() / new SlotLayout(layout()).slots();
  }

  int ngrams() {
    return ngrams;
  }

  /** About how many ids of a slot there are in all files: a byte each. */
  long idsOfSlot() {
    return idsOfSlot;
  }

  long seed() {
    return seed;
  }

  /** Bytes of counts that a task holds at most, beyond one group of each grouping. */
  long groupBudget() {
    return GROUP_BUDGET;
  }

  /** Bytes of tables of tuples that a task holds at most. */
  long tupleBudget() {
    return TUPLE_BUDGET;
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  private static List<Integer> list(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
