package org.tessera.pipeline.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.Step;
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

  @Override
  public Samples open(String input) {
    Iterator<PlannedInput> inputs = List.of(PlannedInput.fromJson(input)).iterator();
    return new FileSamples(reader().samples(inputs), frontEnd());
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

    FileSamples(Containers.Samples samples, FrontEnd frontEnd) {
      this.samples = samples;
      this.cursor = new SampleCursor(samples);
      this.frontEnd = frontEnd;
    }

    @Override
    public Sample next() throws SampleException, IOException {
      while (true) {
        if (segments == null) {
          if (!cursor.next()) {
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
      if (segments != null) {
        closeSegments();
      }
      cursor.close();
      samples.close();
    }
  }
}
