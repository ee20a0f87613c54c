package org.tessera.pipeline.read;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import org.tessera.model.bundle.Modality;
import org.tessera.pipeline.plan.PlannedInput;
import org.tessera.udf.container.ContainerFormat;
import org.tessera.udf.container.Containers;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.RawSample;
import org.tessera.udf.sample.SampleException;

/**
 * From planned inputs to the samples in them, in order. Objects whose name says container are
 * opened as one when their content agrees, and read from front to back without holding them;
 * containers under other names are found when their bytes are read. Thread-safe; the iterators are
 * not.
 */
public final class SampleReader {
  private final ObjectReader reader;
  private final ContainerOpener opener;

  /**
   * A reader.
   *
   * @param modality whose companions belong together
   * @param limits what one sample may cost
   */
  public SampleReader(ObjectReader reader, Modality modality, Limits limits) {
    this.reader = reader;
    this.opener = new ContainerOpener(reader, modality, limits);
  }

  /**
   * The samples of some inputs. A loose object is read when its sample is fetched; a container's
   * members are read as they are taken. The iterator throws {@link UncheckedIOException} when the
   * storage failed.
   */
  public Containers.Samples samples(Iterator<PlannedInput> inputs) {
    return new PlannedSamples(inputs);
  }

  private final class PlannedSamples implements Containers.Samples {
    private final Iterator<PlannedInput> inputs;
    private Containers.Samples members;

    PlannedSamples(Iterator<PlannedInput> inputs) {
      this.inputs = inputs;
    }

    @Override
    public boolean hasNext() {
      while (members != null) {
        if (members.hasNext()) {
          return true;
        }
        close();
      }
      return inputs.hasNext();
    }

    @Override
    public RawSample next() {
      while (hasNext()) {
        if (members != null) {
          return members.next();
        }
        PlannedInput input = inputs.next();
        if (!namedContainer(input.object().uri())) {
          return new LooseSample(input, reader, opener);
        }
        members = open(input);
        if (members == null) {
          return new LooseSample(input, reader, opener);
        }
        if (!input.claim().except().isEmpty()) {
          members =
              new FilteredSamples(members, Set.copyOf(input.claim().except()), members::close);
        }
      }
      throw new NoSuchElementException("Cannot take another sample: all inputs are read");
    }

    @Override
    public void close() {
      if (members != null) {
        members.close();
        members = null;
      }
    }
  }

  /** Opens a container; null when the content is none. */
  private Containers.Samples open(PlannedInput input) {
    Containers.Place place = Containers.Place.object(input.object().uri(), input.labels());
    try {
      InputStream in = new BufferedInputStream(reader.open(input.object()), 1 << 20);
      in.mark(ContainerFormat.HEAD_BYTES);
      Optional<ContainerFormat> format =
          ContainerFormat.sniff(in.readNBytes(ContainerFormat.HEAD_BYTES));
      in.reset();
      if (format.isPresent()) {
        return opener.open(place, format.get(), in, input.object());
      }
      in.close();
      return null;
    } catch (SampleException e) {
      return Containers.bad(place, e);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot read " + input.object().uri() + ": " + e.getMessage(), e);
    }
  }

  private static boolean namedContainer(String uri) {
    String name = uri.toLowerCase(Locale.ROOT);
    return name.endsWith(".tar")
        || name.endsWith(".tar.gz")
        || name.endsWith(".tgz")
        || name.endsWith(".zip")
        || name.endsWith(".parquet");
  }
}
