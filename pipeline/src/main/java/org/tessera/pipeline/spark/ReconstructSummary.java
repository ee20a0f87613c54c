package org.tessera.pipeline.spark;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What was reconstructed, as JSON. */
public final class ReconstructSummary {
  private ReconstructSummary() {}

  /** The report as a JSON object. */
  public static ObjectNode node(ReconstructFlow.Report report) {
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("segments", report.segments());
    node.put("failed", report.failed());
    ObjectNode metrics = node.putObject("metrics");
    report
        .metrics()
        .forEach(
            (name, metric) ->
                metrics
                    .putObject(name)
                    .put("count", metric.count())
                    .put("mean", metric.mean())
                    .put("min", metric.min())
                    .put("max", metric.max()));
    report.frechet().ifPresent(distance -> node.put("frechet_distance", distance));
    return node;
  }
}
