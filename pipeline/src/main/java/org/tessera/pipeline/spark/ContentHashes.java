package org.tessera.pipeline.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.tessera.pipeline.plan.PlannedInput;
import org.tessera.pipeline.read.ObjectReader;
import org.tessera.udf.sample.SampleException;

/** Reads inputs on the cluster for the digests of their bytes, before any is tokenized. */
final class ContentHashes {
  private static final int PER_TASK = 256;

  private ContentHashes() {}

  /** SHA-256 by URI; inputs that cannot be read are left out. */
  static Map<String, String> of(JavaSparkContext spark, List<PlannedInput> inputs, long maxBytes) {
    Map<String, String> hashes = new HashMap<>();
    if (inputs.isEmpty()) {
      return hashes;
    }
    List<String> texts = inputs.stream().map(PlannedInput::toJson).toList();
    int tasks =
        Math.max(
            1,
            Math.min(
                inputs.size(), Math.max(2 * spark.defaultParallelism(), inputs.size() / PER_TASK)));
    spark.setJobGroup("tessera digests", "digests of " + inputs.size() + " inputs", false);
    try {
      for (String line :
          spark.parallelize(texts, tasks).mapPartitions(new HashTask(maxBytes)).collect()) {
        hashes.put(line.substring(65), line.substring(0, 64));
      }
    } finally {
      spark.clearJobGroup();
    }
    return hashes;
  }

  private static final class HashTask implements FlatMapFunction<Iterator<String>, String> {
    private static final long serialVersionUID = 1L;
    private static final long HEAP_BYTES = 8L << 20;

    private final long maxBytes;

    HashTask(long maxBytes) {
      this.maxBytes = maxBytes;
    }

    @Override
    public Iterator<String> call(Iterator<String> inputs) throws IOException {
      Configuration configuration = SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf());
      ObjectReader reader = new ObjectReader(configuration, maxBytes, HEAP_BYTES);
      List<String> lines = new ArrayList<>();
      while (inputs.hasNext()) {
        PlannedInput input = PlannedInput.fromJson(inputs.next());
        try {
          ObjectReader.Content content = reader.read(input.object());
          content.release().run();
          lines.add(content.source().sha256() + " " + input.object().uri());
        } catch (SampleException e) {
          // The run itself will reject it, with its reason.
          continue;
        }
      }
      return lines.iterator();
    }
  }
}
