package org.tessera.pipeline.spark.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.Modality;
import org.tessera.model.device.DevicePlan;
import org.tessera.model.device.DeviceRequest;
import org.tessera.model.engine.EngineOptions;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.model.tokenizer.TokenizerOptions;
import org.tessera.model.tokenizer.Tokenizers;
import org.tessera.pipeline.bench.BareDecode;
import org.tessera.pipeline.bench.BareModel;
import org.tessera.pipeline.bench.Stopwatch;
import org.tessera.pipeline.plan.InputLister;
import org.tessera.pipeline.plan.PlannedInput;
import org.tessera.pipeline.read.ObjectReader;
import org.tessera.pipeline.read.SampleReader;
import org.tessera.pipeline.spark.Bundles;
import org.tessera.pipeline.spark.TokenizeFlow;
import org.tessera.pipeline.spark.TokenizeListener;
import org.tessera.pipeline.spark.TokenizeRequest;
import org.tessera.pipeline.spark.TokenizeResult;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.modality.FrontEnds;

/**
 * Measures, in one process and on the same inputs: decoding alone, the model alone, and the whole
 * job; round by round, so that all three meet the same machine. Used by one thread.
 */
public final class BenchFlow {
  private static final long HEAP_BYTES = 64L << 20;

  /** Features kept to measure the model with, in bytes as floats. */
  private static final long SAMPLE_BYTES = 256L << 20;

  private static final int MOST_SEGMENTS = 512;
  private static final double MODEL_SECONDS = 1.5;

  private final SparkSession spark;
  private final BenchRequest request;
  private final Configuration configuration;
  private final int cores;

  /** Prepares a measurement; nothing is read yet. */
  public BenchFlow(SparkSession spark, BenchRequest request) {
    this.spark = spark;
    this.request = request;
    this.configuration = spark.sparkContext().hadoopConfiguration();
    this.cores = Math.max(1, spark.sparkContext().defaultParallelism());
  }

  /**
   * Measures.
   *
   * @throws FileNotFoundException when the inputs hold no file
   * @throws IOException when the storage failed
   */
  public BenchResult run() throws IOException {
    Stopwatch start = new Stopwatch();
    DevicePlan device =
        DevicePlan.of(DeviceRequest.parse(request.model().device()), List.of(), System.getenv());
    TokenizerOptions options =
        new TokenizerOptions(
            new EngineOptions(1, 1, device),
            OptionalInt.empty(),
            request.model().trust(),
            request.model().numerics());
    try (Bundle bundle = Bundles.open(request.bundle(), configuration);
        Tokenizer tokenizer = Tokenizers.load(bundle, options)) {
      bundle.manifest().requireIds();
      Modality modality = bundle.manifest().modality();
      List<PlannedInput> inputs = inputs(modality);
      String list = list(inputs);
      BareDecode decode =
          new BareDecode(
              new SampleReader(
                  new ObjectReader(configuration, request.limits().bytes(), HEAP_BYTES),
                  modality,
                  request.limits()),
              FrontEnds.of(bundle.manifest(), request.limits()),
              cores);
      Sample sample = new Sample();
      BareDecode.Result decoded = decode.run(inputs, sample::take);
      if (sample.segments.isEmpty()) {
        throw new IllegalArgumentException(nothingToMeasure(modality, decoded));
      }
      BareModel model = new BareModel(tokenizer, sample.segments);
      int calls = device.onGpu() ? 2 : cores;
      double startSeconds = start.seconds();
      return rounds(modality, device, startSeconds, decode, inputs, model, calls, list);
    }
  }

  private String nothingToMeasure(Modality modality, BareDecode.Result decoded) {
    return String.format(
        Locale.ROOT,
        "Cannot measure %s: no sample of %s gives it anything (check that they are %s)%s",
        request.bundle(),
        String.join(", ", request.inputs()),
        modality.id(),
        decoded.rejects().rejections().stream()
            .findFirst()
            .map(most -> ", most of them " + most)
            .orElse(""));
  }

  private BenchResult rounds(
      Modality modality,
      DevicePlan device,
      double startSeconds,
      BareDecode decode,
      List<PlannedInput> inputs,
      BareModel model,
      int calls,
      String list)
      throws IOException {
    BareDecode.Result bestDecode = null;
    BareModel.Result bestModel = model.best(calls, MODEL_SECONDS);
    TokenizeResult bestRun = null;
    double cpuSeconds = 0;
    tokenize(list, "warm");
    for (int round = 1; round <= request.rounds(); round++) {
      BareDecode.Result decoded = decode.run(inputs, segment -> {});
      BareModel.Result modelled = model.measure(bestModel.batch(), calls, MODEL_SECONDS);
      Stopwatch watch = new Stopwatch();
      TokenizeResult tokenized = tokenize(list, "round-" + round);
      double cpu = watch.cpuSeconds();
      if (bestDecode == null || decoded.seconds() < bestDecode.seconds()) {
        bestDecode = decoded;
      }
      if (modelled.perSecond() > bestModel.perSecond()) {
        bestModel = modelled;
      }
      if (bestRun == null || tokenized.seconds() < bestRun.seconds()) {
        bestRun = tokenized;
        cpuSeconds = cpu;
      }
    }
    return new BenchResult(
        modality,
        cores,
        bestRun.device(),
        device.onGpu(),
        startSeconds,
        bestDecode,
        bestModel,
        bestRun.counts(),
        bestRun.seconds(),
        cpuSeconds);
  }

  private List<PlannedInput> inputs(Modality modality) throws IOException {
    List<PlannedInput> inputs = new ArrayList<>();
    InputLister lister = new InputLister(configuration, request.filter(), modality);
    for (String input : request.inputs()) {
      lister.list(input, inputs::add);
    }
    if (inputs.isEmpty()) {
      throw new FileNotFoundException(
          "Cannot measure "
              + String.join(", ", request.inputs())
              + ": there is no file in it (check the path)");
    }
    return request.limit() > 0 && request.limit() < inputs.size()
        ? inputs.subList(0, request.limit())
        : inputs;
  }

  /** The inputs as a manifest, so that every round reads exactly these. */
  private String list(List<PlannedInput> inputs) throws IOException {
    Path file = request.work().resolve("inputs.jsonl");
    ObjectMapper json = new ObjectMapper();
    List<String> lines = new ArrayList<>();
    for (PlannedInput input : inputs) {
      lines.add(json.createObjectNode().put("uri", input.object().uri()).toString());
    }
    Files.write(file, lines);
    return file.toUri().toString();
  }

  private TokenizeResult tokenize(String list, String folder) throws IOException {
    return new TokenizeFlow(
            spark,
            TokenizeRequest.of(
                    List.of(), request.bundle(), request.work().resolve(folder).toString())
                .manifests(List.of(list))
                .model(request.model())
                .encode(request.encode())
                .limits(request.limits())
                .build(),
            TokenizeListener.NONE)
        .run();
  }

  /** Some segments, as they come. */
  private static final class Sample {
    private final List<Segment> segments = new ArrayList<>();
    private long bytes;

    void take(Segment segment) {
      if (segments.size() == MOST_SEGMENTS || bytes > SAMPLE_BYTES) {
        return;
      }
      for (Features input : segment.inputs().values()) {
        long size = 4;
        for (int extent : input.shape()) {
          size *= extent;
        }
        bytes += size;
      }
      segments.add(segment);
    }
  }
}
