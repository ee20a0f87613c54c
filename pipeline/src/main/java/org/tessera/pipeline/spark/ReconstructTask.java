package org.tessera.pipeline.spark;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.pipeline.stats.Geometry;
import org.tessera.udf.encode.SegmentCodes;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.modality.Reconstructors;
import org.tessera.udf.reconstruct.Reconstructor;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.spark.ModelSettings;

/**
 * Decodes token rows, writes one file each and compares it with the original, which is read again.
 * Columns: run, uri, sample_id, member, segment, channel, tokens, shape, geometry, input.
 */
final class ReconstructTask extends CommittedRowTask {
  private static final long serialVersionUID = 1L;

  private final String output;
  private final String metricBundle;
  private final String metricFingerprint;
  private transient MetricModel metricModel;

  /**
   * A task.
   *
   * @param metricBundle the metric model's bundle; empty for none
   */
  ReconstructTask(
      String bundle,
      String identity,
      String output,
      String metricBundle,
      String metricFingerprint,
      ModelSettings model) {
    super(bundle, identity, model);
    this.output = output;
    this.metricBundle = metricBundle;
    this.metricFingerprint = metricFingerprint;
  }

  @Override
  Row map(Row row, Open open) throws IOException {
    Tokenizer tokenizer = open.tokenizer();
    Reconstructor reconstructor = Reconstructors.of(tokenizer.manifest().modality());
    int[] shape = ints(row, "shape");
    SortedMap<String, Object> geometry = Geometry.values(row.getAs("geometry"));
    float[] values;
    int[] extents;
    int[] positions = SegmentCodes.positions(geometry);
    try (NativeTensor decoded = tokenizer.decode(ints(row, "tokens"), 1, shape, positions)) {
      values = floats(decoded);
      long[] all = decoded.shape();
      extents = new int[all.length - 1];
      for (int i = 0; i < extents.length; i++) {
        extents[i] = Math.toIntExact(all[i + 1]);
      }
    }
    Files files = new Files(row.getAs("sample_id"), reconstructor, open.configuration());
    String file = files.write("files", values, extents, geometry);
    String unchanged = null;
    SortedMap<String, Double> metrics = new TreeMap<>();
    String problem = null;
    Row features = null;
    try {
      Features signal = open.original(row).signal();
      metrics = reconstructor.compare(signal, values, extents, geometry);
      unchanged = files.write("originals", signal.toFloats(), signal.shape(), geometry);
      if (!metricBundle.isEmpty() && reconstructor.writes(geometry)) {
        float[] original =
            features(files.name, reconstructor.file(signal.toFloats(), signal.shape(), geometry));
        float[] decoded = features(files.name, reconstructor.file(values, extents, geometry));
        features = RowFactory.create(seq(original), seq(decoded));
        FeatureMetrics.put(original, decoded, metrics);
      }
    } catch (SampleException e) {
      problem = e.getMessage();
    }
    return RowFactory.create(
        tokenizer.manifest().modality().id(),
        tokenizer.manifest().name(),
        identity(),
        row.getAs("sample_id"),
        row.getAs("uri"),
        row.getAs("member"),
        row.getAs("segment"),
        row.getAs("channel"),
        file,
        unchanged,
        scala.jdk.javaapi.CollectionConverters.asScala(metrics),
        problem,
        features);
  }

  private float[] features(String name, byte[] file) throws SampleException {
    if (metricModel == null) {
      metricModel = MetricModel.open(metricBundle, metricFingerprint, settings());
    }
    return metricModel.features(name, file);
  }

  private static scala.collection.Seq<Float> seq(float[] values) {
    List<Float> list = new ArrayList<>(values.length);
    for (float value : values) {
      list.add(value);
    }
    return scala.jdk.javaapi.CollectionConverters.asScala(list).toSeq();
  }

  /** Writes the files of one segment. */
  private final class Files {
    private final String name;
    private final Reconstructor reconstructor;
    private final Configuration configuration;

    Files(String sampleId, Reconstructor reconstructor, Configuration configuration) {
      this.name = sampleId + "." + reconstructor.extension();
      this.reconstructor = reconstructor;
      this.configuration = configuration;
    }

    /** Returns the path below the output; null for a signal that cannot be written. */
    String write(String folder, float[] values, int[] shape, SortedMap<String, Object> geometry)
        throws IOException {
      if (!reconstructor.writes(geometry)) {
        return null;
      }
      Path file = new Path(output, folder + "/" + name);
      try (OutputStream out = file.getFileSystem(configuration).create(file, true)) {
        out.write(reconstructor.file(values, shape, geometry));
      }
      return folder + "/" + name;
    }
  }

  private static float[] floats(NativeTensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.size())];
    if (tensor.type() == ElementType.UINT8) {
      byte[] bytes = new byte[values.length];
      tensor.read(0, bytes, 0, bytes.length);
      for (int i = 0; i < bytes.length; i++) {
        values[i] = bytes[i] & 0xff;
      }
    } else {
      tensor.read(0, values, 0, values.length);
    }
    return values;
  }
}
