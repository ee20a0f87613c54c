package org.tessera.jobs.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.tessera.pipeline.spark.stats.DriftFlow;
import org.tessera.pipeline.stats.Divergence;

/** Comparisons with a baseline as JSON. */
public final class DriftNodes {
  private DriftNodes() {}

  /** Adds one object per comparison to a list, and returns how many exceed a bound. */
  public static int add(List<DriftFlow.Entry> entries, DriftLimits limits, ArrayNode list) {
    int drifted = 0;
    for (DriftFlow.Entry entry : entries) {
      Divergence d = entry.divergence();
      List<String> exceeded = limits.exceeded(d);
      drifted += exceeded.isEmpty() ? 0 : 1;
      ObjectNode node =
          list.addObject()
              .put("tokenizer", entry.tokenizer())
              .put("fingerprint", entry.fingerprint())
              .put("grouping", entry.grouping())
              .put("group", entry.group())
              .put("slot_axis", entry.slotAxis())
              .put("slot", entry.slot())
              .put("baseline_tokens", d.baseline())
              .put("candidate_tokens", d.candidate())
              .put("codes", d.codes())
              .put("appeared", d.appeared())
              .put("vanished", d.vanished())
              .put("total_variation", d.totalVariation())
              .put("total_variation_noise", d.totalVariationNoise())
              .put("jensen_shannon", d.jensenShannon())
              .put("jensen_shannon_noise", d.jensenShannonNoise())
              .put("chi_square", d.chiSquare())
              .put("degrees_of_freedom", d.degreesOfFreedom())
              .put("cramers_v", d.cramersV())
              .put("cramers_v_noise", d.cramersVNoise())
              .put("psi", d.psi())
              .put("psi_noise", d.psiNoise());
      exceeded.forEach(node.putArray("exceeded")::add);
    }
    return drifted;
  }
}
