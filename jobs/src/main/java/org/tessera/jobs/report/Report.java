package org.tessera.jobs.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.SparkSession;
import org.tessera.jobs.Version;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.ledger.TokenizerCatalog;
import org.tessera.pipeline.spark.Tables;
import org.tessera.pipeline.spark.stats.DriftFlow;
import org.tessera.pipeline.spark.stats.StatsFlow;
import org.tessera.pipeline.storage.Storage;

/** Gathers what a report shows. Used by one thread. */
public final class Report {
  private final SparkSession spark;
  private final ReportRequest request;

  /** Prepares; nothing is read yet. */
  public Report(SparkSession spark, ReportRequest request) {
    this.spark = spark;
    this.request = request;
  }

  /**
   * The page.
   *
   * @return HTML that needs no network
   * @throws IOException when the tokens or a reconstruction cannot be read
   * @throws IllegalStateException when there is nothing to report, or no statistics
   */
  public String html() throws IOException {
    return ReportPage.html(request.title(), data());
  }

  /** What the page shows, as one object; the same for the same output. */
  ObjectNode data() throws IOException {
    Tables tables = Tables.open(spark, request.tokens());
    if (tables.ledger().runs().isEmpty()) {
      throw new IllegalStateException(
          "Cannot report on "
              + request.tokens()
              + ": it holds no run (give the --output of tokenize)");
    }
    Storage stats = new Storage(request.stats(), spark.sparkContext().hadoopConfiguration());
    if (!stats.exists(StatsFlow.FOLDER + "/summary.json")) {
      throw new IllegalStateException(
          "Cannot report on "
              + request.tokens()
              + ": there are no finished statistics in "
              + request.stats()
              + " (run tessera stats first)");
    }
    ObjectNode report = new ObjectMapper().createObjectNode();
    report.put("title", request.title());
    report.put("tokens", tables.storage().root());
    report.put("version", Version.current());
    report.put("made_at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    new RunSection(tables.ledger()).write(report);
    tokenizers(tables, report);
    new RejectSection(tables).write(report);
    new CodebookSection(spark, stats.path(StatsFlow.FOLDER).toString()).write(report);
    if (!request.baseline().isEmpty()) {
      report.put("baseline", request.baseline());
      DriftNodes.add(
          new DriftFlow(spark, request.baseline(), request.stats()).run(),
          request.limits(),
          report.putArray("drift"));
    }
    new PairSection(spark).write(request.reconstructed(), report);
    return report;
  }

  private static void tokenizers(Tables tables, ObjectNode report) throws IOException {
    TokenizerCatalog catalog = new TokenizerCatalog(tables.storage());
    ArrayNode tokenizers = report.putArray("tokenizers");
    Set<String> fingerprints = new TreeSet<>();
    for (RunManifest run : tables.ledger().runs()) {
      if (fingerprints.add(run.fingerprint())) {
        TokenizerManifest manifest = catalog.find(run.fingerprint()).orElse(null);
        if (manifest != null) {
          tokenizers
              .addObject()
              .put("name", manifest.name())
              .put("version", manifest.version())
              .put("modality", manifest.modality().id())
              .put("fingerprint", run.fingerprint())
              .put("axes", String.join(", ", manifest.layout().axes()))
              .put("radices", manifest.layout().radices().toString())
              .put("licence", manifest.licence())
              .put("source", manifest.source());
        }
      }
    }
  }
}
