package org.tessera.pipeline.spark.stats;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What was counted, as JSON. */
public final class StatsSummary {
  private static final ObjectMapper JSON = new ObjectMapper();

  private StatsSummary() {}

  /** The report as a JSON object. */
  public static ObjectNode node(StatsFlow.Report report) {
    ObjectNode node = JSON.createObjectNode();
    node.put("format", 1);
    node.put("folder", report.folder());
    report.groups().forEach(node.putObject("groups")::put);
    var codebooks = node.putArray("codebooks");
    for (StatsFlow.Entry entry : report.entries()) {
      ObjectNode item = codebooks.addObject();
      item.put("tokenizer", entry.tokenizer());
      item.put("slot_axis", entry.slotAxis());
      item.put("slot", entry.slot());
      entry.metrics().forEach(item.putObject("metrics")::put);
    }
    return node;
  }
}
