package org.tessera.pipeline.read;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.tessera.model.bundle.Modality;
import org.tessera.pipeline.plan.PlannedInput.ObjectState;
import org.tessera.udf.container.ContainerFormat;
import org.tessera.udf.container.Containers;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;

/** Opens containers of every format, in storage or already read. Thread-safe. */
final class ContainerOpener {
  private final ObjectReader reader;
  private final Containers containers;
  private final Limits limits;

  ContainerOpener(ObjectReader reader, Modality modality, Limits limits) {
    this.reader = reader;
    this.limits = limits;
    this.containers =
        new Containers(
            modality,
            limits,
            (place, source) -> new ParquetSamples(place, new SourceInputFile(source), limits));
  }

  /**
   * Opens an object in storage.
   *
   * @param in the object's stream; closed by the samples, or here when it is not needed
   */
  Containers.Samples open(
      Containers.Place place, ContainerFormat format, InputStream in, ObjectState object)
      throws IOException, SampleException {
    switch (format) {
      case TAR:
      case TAR_GZ:
        return containers.tar(place, format, in);
      case ZIP:
        in.close();
        ObjectReader.Content content = reader.read(object);
        return new ReleasedSamples(containers.zip(place, content.source()), content.release());
      case PARQUET:
        in.close();
        return new ParquetSamples(
            place,
            HadoopInputFile.fromPath(new Path(object.uri()), reader.configuration()),
            limits);
    }
    throw new IllegalStateException("Cannot open a container of format " + format);
  }

  /** The samples of a file whose bytes are there; empty when it is no container. */
  Optional<Containers.Samples> open(Containers.Place place, ByteSource source)
      throws SampleException, IOException {
    return containers.open(place, source);
  }
}
