package org.tessera.pipeline.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.Step;
import org.tessera.pipeline.fit.FitSpec;
import org.tessera.pipeline.fit.TrainingSource;
import org.tessera.pipeline.plan.PlannedInput;
import org.tessera.pipeline.read.ObjectReader;
import org.tessera.pipeline.read.SampleCursor;
import org.tessera.pipeline.read.SampleReader;
import org.tessera.udf.container.Containers;
import org.tessera.udf.frontend.FrontEnd;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.modality.FrontEnds;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.RawSample;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleKey;

/** Features of planned inputs, by a modality's front-end. An input's text is its planned state. */
public final class PlannedSource implements TrainingSource {
  private static final long serialVersionUID = 1L;
  private static final long HEAP_BYTES = 64L << 20;

  /** Larger inputs are read when it is their turn. */
  private static final long AHEAD_BYTES = 8L << 20;

  /** Wait for storage; as many as there are inputs open. */
  private static final ExecutorService FETCHERS =
      Executors.newCachedThreadPool(PlannedSource::fetcher);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String modality;
  private final String steps;
  private transient FrontEnd frontEnd;
  private transient SampleReader reader;

  /**
   * A source.
   *
   * @throws IllegalArgumentException when a step or one of its parameters does not exist
   */
  public PlannedSource(Modality modality, List<Step> frontEnd) {
    this.modality = modality.id();
    ArrayNode array = JSON.createArrayNode();
    for (Step step : frontEnd) {
      array.addObject().put("name", step.name()).putPOJO("parameters", step.parameters());
    }
    this.steps = array.toString();
    FrontEnds.of(modality, frontEnd, Limits.DEFAULT);
  }

  /**
   * The source of a fit.
   *
   * @param spec {@linkplain org.tessera.pipeline.spark.fit.FitFlow#resolve with its encoder's
   *     front-end}
   * @throws IllegalArgumentException when a step or one of its parameters does not exist, or makes
   *     an input for which there is no model
   */
  public static PlannedSource of(FitSpec spec) {
    PlannedSource source = new PlannedSource(spec.modality(), spec.frontEnd());
    SortedSet<String> beside = source.frontEnd().roles();
    beside.remove(Segment.SIGNAL);
    if (spec.encoder().isEmpty() && !beside.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot learn from the inputs "
              + String.join(", ", beside)
              + " beside the signal: there is no model that takes them (leave the steps out that"
              + " make them, or name learn.encoder)");
    }
    return source;
  }

  @Override
  public Samples open(String input) {
    PlannedInput planned = PlannedInput.fromJson(input);
    FileSamples samples =
        new FileSamples(reader().samples(List.of(planned).iterator()), frontEnd());
    if (planned.bytes() <= AHEAD_BYTES) {
      samples.begin();
    }
    return samples;
  }

  private static Thread fetcher(Runnable fetch) {
    Thread thread = new Thread(fetch, "tessera-fit-fetch");
    thread.setDaemon(true);
    return thread;
  }

  /** One for all inputs: making Hadoop's configuration takes longer than reading a small file. */
  private synchronized SampleReader reader() {
    if (reader == null) {
      ObjectReader objects =
          new ObjectReader(
              SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf()),
              Limits.DEFAULT.bytes(),
              HEAP_BYTES);
      reader = new SampleReader(objects, Modality.of(modality), Limits.DEFAULT);
    }
    return reader;
  }

  private synchronized FrontEnd frontEnd() {
    if (frontEnd == null) {
      List<Step> list = new ArrayList<>();
      try {
        for (var node : JSON.readTree(steps)) {
          SortedMap<String, Object> parameters =
              JSON.convertValue(
                  node.path("parameters"), new TypeReference<TreeMap<String, Object>>() {});
          list.add(new Step(node.path("name").asText(), parameters));
        }
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("Cannot read front-end steps: " + steps, e);
      }
      frontEnd = FrontEnds.of(Modality.of(modality), list, Limits.DEFAULT);
    }
    return frontEnd;
  }

  /** All segments of all samples of one input. */
  private static final class FileSamples implements Samples {
    private final Containers.Samples samples;
    private final SampleCursor cursor;
    private final FrontEnd frontEnd;
    private Segments segments;

    /** The first fetch, until it is waited for. */
    private CompletableFuture<Boolean> first;

    FileSamples(Containers.Samples samples, FrontEnd frontEnd) {
      this.samples = samples;
      this.cursor = new SampleCursor(samples);
      this.frontEnd = frontEnd;
    }

    /** Begins to fetch the first sample. */
    void begin() {
      first = new CompletableFuture<>();
      FETCHERS.execute(
          () -> {
            try {
              first.complete(cursor.next());
            } catch (SampleException | IOException | RuntimeException | Error e) {
              first.completeExceptionally(e);
            }
          });
    }

    private boolean fetch() throws SampleException, IOException {
      if (first == null) {
        return cursor.next();
      }
      try {
        boolean found = first.get();
        first = null;
        return found;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("Interrupted while waiting for an input");
      } catch (ExecutionException e) {
        first = null;
        if (e.getCause() instanceof SampleException rejected) {
          throw rejected;
        }
        throw e.getCause() instanceof IOException failed ? failed : new IOException(e.getCause());
      }
    }

    @Override
    public Sample next() throws SampleException, IOException {
      while (true) {
        if (segments == null) {
          if (!fetch()) {
            return null;
          }
          segments = frontEnd.open(cursor.fetched().input());
        }
        Segment segment = nextSegment();
        if (segment != null) {
          RawSample sample = cursor.sample();
          SampleKey key =
              new SampleKey(sample.uri(), sample.member(), segment.index(), segment.channel());
          return new Sample(key.id(), segment.inputs());
        }
        closeSegments();
      }
    }

    private Segment nextSegment() throws SampleException {
      try {
        return segments.next();
      } catch (SampleException e) {
        closeSegments();
        throw e;
      }
    }

    private void closeSegments() {
      segments.close();
      segments = null;
    }

    @Override
    public void close() {
      if (first == null) {
        closeNow();
      } else {
        first.whenComplete((found, failure) -> closeNow());
      }
    }

    private void closeNow() {
      if (segments != null) {
        closeSegments();
      }
      cursor.close();
      samples.close();
    }
  }
}
