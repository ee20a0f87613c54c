package org.tessera.pipeline.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.pool.ModelLease;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.model.tokenizer.TokenizerOptions.Numerics;
import org.tessera.model.tokenizer.TokenizerOptions.Trust;
import org.tessera.pipeline.plan.PlannedInput;
import org.tessera.pipeline.read.ObjectReader;
import org.tessera.pipeline.read.OpenSegments;
import org.tessera.pipeline.read.SampleReader;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.modality.FrontEnds;
import org.tessera.udf.modality.Reconstructors;
import org.tessera.udf.reconstruct.Reconstructor;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.spark.ExecutorRuntime;
import org.tessera.udf.spark.ModelSettings;

/**
 * Decodes token rows, writes one file each and compares it with the original, which is read again.
 * Columns: run, uri, sample_id, member, segment, channel, tokens, shape, geometry, input.
 */
final class ReconstructTask implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String bundle;
  private final String identity;
  private final String output;
  private final String device;
  private final String trust;

  ReconstructTask(String bundle, String identity, String output, ModelSettings model) {
    this.bundle = bundle;
    this.identity = identity;
    this.output = output;
    this.device = model.device();
    this.trust = model.trust().name();
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) throws IOException {
    Configuration configuration = SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf());
    ModelLease lease =
        ExecutorRuntime.instance(device)
            .lease(
                bundle,
                identity,
                new ModelSettings(device, Trust.valueOf(trust), Numerics.BATCHED));
    Tokenizer tokenizer = lease.tokenizer();
    Reconstructor reconstructor = Reconstructors.of(tokenizer.manifest().modality());
    OpenSegments originals =
        new OpenSegments(
            new SampleReader(
                new ObjectReader(configuration, Limits.DEFAULT.bytes(), 64L << 20),
                tokenizer.manifest().modality(),
                Limits.DEFAULT),
            FrontEnds.of(tokenizer.manifest(), Limits.DEFAULT));
    org.apache.spark.TaskContext.get()
        .addTaskCompletionListener(
            (org.apache.spark.util.TaskCompletionListener)
                context -> {
                  originals.close();
                  lease.close();
                });
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Row next() {
        try {
          return reconstruct(rows.next(), tokenizer, reconstructor, originals, configuration);
        } catch (IOException e) {
          throw new UncheckedIOException("Cannot reconstruct: " + e.getMessage(), e);
        }
      }
    };
  }

  private Row reconstruct(
      Row row,
      Tokenizer tokenizer,
      Reconstructor reconstructor,
      OpenSegments originals,
      Configuration configuration)
      throws IOException {
    int[] shape = ints(row, "shape");
    SortedMap<String, Object> geometry = geometry(row.getAs("geometry"));
    float[] values;
    int[] extents;
    try (NativeTensor decoded = tokenizer.decode(ints(row, "tokens"), 1, shape)) {
      values = floats(decoded);
      long[] all = decoded.shape();
      extents = new int[all.length - 1];
      for (int i = 0; i < extents.length; i++) {
        extents[i] = Math.toIntExact(all[i + 1]);
      }
    }
    Files files = new Files(row.getAs("sample_id"), reconstructor, configuration);
    String file = files.write("files", values, extents, geometry);
    String unchanged = null;
    SortedMap<String, Double> metrics = new TreeMap<>();
    String problem = null;
    try {
      Segment original =
          originals.find(
              PlannedInput.fromJson(row.getAs("input")),
              row.getAs("member"),
              row.<Integer>getAs("segment"),
              row.<Integer>getAs("channel"));
      Features signal = original.signal();
      metrics = reconstructor.compare(signal, values, extents, geometry);
      unchanged = files.write("originals", signal.toFloats(), signal.shape(), geometry);
    } catch (SampleException e) {
      problem = e.getMessage();
    }
    return RowFactory.create(
        tokenizer.manifest().modality().id(),
        tokenizer.manifest().name(),
        identity,
        row.getAs("sample_id"),
        row.getAs("uri"),
        row.getAs("member"),
        row.getAs("segment"),
        row.getAs("channel"),
        file,
        unchanged,
        scala.jdk.javaapi.CollectionConverters.asScala(metrics),
        problem);
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

  private static int[] ints(Row row, String column) {
    return row.<Integer>getList(row.fieldIndex(column)).stream()
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static SortedMap<String, Object> geometry(String json) {
    try {
      return JSON.readValue(json, new TypeReference<TreeMap<String, Object>>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot read geometry: " + json, e);
    }
  }
}
