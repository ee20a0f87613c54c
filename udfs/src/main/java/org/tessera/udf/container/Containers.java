package org.tessera.udf.container;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.tessera.model.bundle.Modality;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RawSample;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** Opens archives as the samples in them. Parquet files are read where Hadoop is. Thread-safe. */
public final class Containers {
  private final Modality modality;
  private final Limits limits;
  private final ParquetOpener parquet;

  /**
   * An opener.
   *
   * @param modality whose companions belong together
   * @param limits what one member may cost
   * @param parquet opens Parquet files
   */
  public Containers(Modality modality, Limits limits, ParquetOpener parquet) {
    this.modality = modality;
    this.limits = limits;
    this.parquet = parquet;
  }

  /** Reads Parquet files, which takes a library that this package does not know. */
  @FunctionalInterface
  public interface ParquetOpener {
    /** The samples of a Parquet file. */
    Samples open(Place place, ByteSource source) throws SampleException, IOException;
  }

  /** Samples that must be closed when no more are wanted. */
  public interface Samples extends Iterator<RawSample>, AutoCloseable {
    @Override
    void close();
  }

  /**
   * Where a container is.
   *
   * @param uri the object
   * @param member the path of the container in the object; empty when it is the object
   * @param depth how many containers are around it
   * @param labels columns that every sample gets
   */
  public record Place(String uri, String member, int depth, SortedMap<String, String> labels) {
    /** A container that is an object of its own. */
    public static Place object(String uri, SortedMap<String, String> labels) {
      return new Place(uri, "", 0, labels);
    }

    public Place {
      labels = Collections.unmodifiableSortedMap(labels);
    }

    /** What stands before the names of its members. */
    public String prefix() {
      return member.isEmpty() ? "" : member + "!";
    }
  }

  /**
   * Reads a tar archive, plain or in gzip, from front to back.
   *
   * @param in the archive; closed with the samples
   */
  public Samples tar(Place place, ContainerFormat format, InputStream in) throws IOException {
    try {
      return samples(
          place,
          format == ContainerFormat.TAR
              ? TarArchive.open(in, limits)
              : TarArchive.openGzip(in, limits));
    } catch (SampleException e) {
      in.close();
      return bad(place, e);
    }
  }

  /**
   * The samples of a file whose bytes are there; empty when it is no container.
   *
   * @throws SampleException when it lies too deep in others
   */
  public Optional<Samples> open(Place place, ByteSource source)
      throws SampleException, IOException {
    byte[] head = new byte[(int) Math.min(source.size(), ContainerFormat.HEAD_BYTES)];
    int length = 0;
    while (length < head.length) {
      int count = source.read(length, head, length, head.length - length);
      if (count < 0) {
        break;
      }
      length += count;
    }
    Optional<ContainerFormat> format = ContainerFormat.sniff(head);
    if (format.isEmpty()) {
      return Optional.empty();
    }
    if (place.depth() > limits.nesting()) {
      throw SampleException.of(
          Phase.CONTAINER,
          RejectCode.TOO_LARGE,
          "Cannot open a container in " + place.depth() + " others (raise limits.nesting)");
    }
    return Optional.of(
        switch (format.get()) {
          case TAR, TAR_GZ -> tar(place, format.get(), new SourceStream(source));
          case ZIP -> zip(place, source);
          case PARQUET -> parquet.open(place, source);
        });
  }

  /** Reads a zip archive. */
  public Samples zip(Place place, ByteSource source) {
    try {
      return samples(place, ZipArchive.open(source, limits));
    } catch (SampleException e) {
      return bad(place, e);
    }
  }

  /** The one sample of a container that cannot be read: it is rejected. */
  public static Samples bad(Place place, SampleException damage) {
    RawSample sample = new BadContainer(place.uri(), place.member(), place.labels(), damage);
    return wrap(List.of(sample).iterator(), () -> {});
  }

  private Samples samples(Place place, Archive archive) {
    ArchiveSamples samples = new ArchiveSamples(this, place, modality, archive);
    return wrap(samples, samples::close);
  }

  private static Samples wrap(Iterator<RawSample> iterator, Runnable close) {
    return new Samples() {
      @Override
      public boolean hasNext() {
        return iterator.hasNext();
      }

      @Override
      public RawSample next() {
        return iterator.next();
      }

      @Override
      public void close() {
        close.run();
      }
    };
  }
}
