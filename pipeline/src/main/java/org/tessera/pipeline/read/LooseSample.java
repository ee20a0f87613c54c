package org.tessera.pipeline.read;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.tessera.pipeline.plan.PlannedInput;
import org.tessera.pipeline.plan.PlannedInput.ObjectState;
import org.tessera.udf.container.Containers;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.RawSample;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/** A planned input that is one sample. */
final class LooseSample implements RawSample {
  private final PlannedInput planned;
  private final ObjectReader reader;
  private final ContainerOpener opener;

  LooseSample(PlannedInput planned, ObjectReader reader, ContainerOpener opener) {
    this.planned = planned;
    this.reader = reader;
    this.opener = opener;
  }

  @Override
  public String uri() {
    return planned.object().uri();
  }

  @Override
  public String member() {
    return "";
  }

  @Override
  public long sizeHint() {
    return planned.bytes();
  }

  @Override
  public SortedMap<String, String> labels() {
    return planned.labels();
  }

  @Override
  public Fetched fetch() throws SampleException, IOException {
    ObjectReader.Content content = reader.read(planned.object());
    Siblings siblings = new Siblings();
    SampleInput input = new SampleInput(name(planned.object()), content.source(), siblings);
    Optional<Containers.Samples> members;
    try {
      members = opener.open(Containers.Place.object(uri(), labels()), content.source());
    } catch (SampleException | IOException | RuntimeException e) {
      content.release().run();
      throw e;
    }
    return new Fetched(
        input,
        () -> {
          members.ifPresent(Containers.Samples::close);
          content.release().run();
          siblings.release();
        },
        members.map(
            samples ->
                new FilteredSamples(
                    samples, Set.copyOf(planned.claim().except()), samples::close)));
  }

  private static String name(ObjectState object) {
    return object.uri().substring(object.uri().lastIndexOf('/') + 1);
  }

  /** Companions are read when the decoder asks for them. */
  private final class Siblings implements SampleInput.Companions {
    private final List<ObjectReader.Content> open = new ArrayList<>();

    @Override
    public Optional<ByteSource> find(String name) throws SampleException {
      for (ObjectState companion : planned.companions()) {
        if (name(companion).equals(name)) {
          try {
            ObjectReader.Content content = reader.read(companion);
            synchronized (open) {
              open.add(content);
            }
            return Optional.of(content.source());
          } catch (IOException e) {
            throw SampleException.passing(
                org.tessera.udf.sample.Phase.FETCH,
                org.tessera.udf.sample.RejectCode.UNREADABLE,
                "Cannot read companion " + name + ": " + e.getMessage());
          }
        }
      }
      return Optional.empty();
    }

    void release() {
      synchronized (open) {
        open.forEach(content -> content.release().run());
        open.clear();
      }
    }
  }
}
