package org.tessera.pipeline.spark.fit;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.tessera.model.npy.FloatTensor;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;
import org.tessera.pipeline.fit.Block;
import org.tessera.pipeline.fit.Codebook;
import org.tessera.pipeline.fit.KMeansTrial;
import org.tessera.pipeline.fit.PassReport;
import org.tessera.pipeline.fit.TrainingSpec;
import org.tessera.pipeline.fit.VectorBlocks;

/**
 * Learns codebooks from the rows of a NumPy file on {@code local[2]} and prints the mean squared
 * error per dimension after each pass, the seconds and the CPU seconds. {@code
 * src/test/python/kmeans_comparison.py} runs it beside faiss and scikit-learn; alone:
 *
 * <pre>
 * mvn -q -pl pipeline -am test-compile
 * mvn -q -pl pipeline dependency:build-classpath -Dmdep.outputFile=target/classpath
 * java -cp pipeline/target/test-classes:... org.tessera.pipeline.spark.fit.KMeansBenchmark \
 *     FEATURES.npy CODES PASSES SEED RUNS [LEVELS [CODEBOOKS_FOLDER [SEEDING]]]
 * </pre>
 *
 * <p>The clock starts when the vectors are in memory and OpenBLAS is loaded, as that of faiss does.
 * Later runs in the same process show what is left when the JVM has compiled everything.
 */
public final class KMeansBenchmark {
  private KMeansBenchmark() {}

  /**
   * Arguments: a file of floats {@code [vectors, dimensions]}, codes, passes, seed, how often to
   * learn, how many codebooks, each on what the ones before it left over, a folder for them, and
   * {@code KMEANS_PARALLEL} or another seeding.
   */
  public static void main(String[] args) throws Exception {
    FloatTensor rows = Npy.read(Path.of(args[0])).toFloatTensor();
    int codes = Integer.parseInt(args[1]);
    int passes = Integer.parseInt(args[2]);
    long seed = Long.parseLong(args[3]);
    int runs = Integer.parseInt(args[4]);
    int levels = args.length > 5 ? Integer.parseInt(args[5]) : 1;
    TrainingSpec.Seeding seeding =
        TrainingSpec.Seeding.valueOf(args.length > 7 ? args[7] : "KMEANS_PARALLEL");
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "localhost")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    // Each task reads the file: what is parallelized here would travel with every task.
    String file = args[0];
    JavaRDD<Block> cut =
        context
            .parallelize(List.of(0, 1), 2)
            .flatMap(half -> cut(Npy.read(Path.of(file)).toFloatTensor(), half).iterator())
            .persist(StorageLevel.MEMORY_AND_DISK());
    cut.count();
    long driverBytes = FitOptions.to("").driverBytes(context.defaultParallelism());
    VectorBlocks blocks = SparkBlocks.of(context, cut, rows.extent(1), rows.extent(0), driverBytes);
    Loader.load(openblas_nolapack.class);
    for (int run = 0; run < runs; run++) {
      Clock clock = new Clock(run);
      List<Codebook> learned =
          KMeansTrial.run(blocks, levels, codes, passes, seed, seeding, clock::seeded, clock::pass);
      for (int level = 0; level < levels && args.length > 6; level++) {
        Codebook codebook = learned.get(level);
        Npy.write(
            Path.of(args[6], level + ".npy"),
            NpyArray.of(codebook.values(), codes, codebook.dimensions()));
      }
    }
    spark.stop();
  }

  /** Prints a JSON object a pass: wall and CPU seconds since the start, and when passes began. */
  private static final class Clock {
    private final long start = System.nanoTime();
    private final long cpu = cpu();
    private final int run;
    private double seeded;

    Clock(int run) {
      this.run = run;
    }

    void seeded() {
      seeded = (System.nanoTime() - start) / 1e9;
    }

    void pass(PassReport pass) {
      System.out.printf(
          Locale.ROOT,
          "{\"run\": %d, \"level\": %d, \"pass\": %d, \"loss\": %.9g, \"used\": %d, \"started\": %.3f, \"seconds\": %.3f,"
              + " \"cpu\": %.3f}%n",
          run,
          pass.codebook(),
          pass.pass(),
          pass.loss(),
          pass.used(),
          seeded,
          (System.nanoTime() - start) / 1e9,
          (cpu() - cpu) / 1e9);
    }
  }

  private static long cpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static List<Block> cut(FloatTensor rows, int half) {
    int dimensions = rows.extent(1);
    List<Block> blocks = new ArrayList<>();
    for (int at = half * 1024; at < rows.extent(0); at += 2048) {
      int count = Math.min(1024, rows.extent(0) - at);
      blocks.add(
          new Block(
              at / 1024,
              count,
              dimensions,
              Arrays.copyOfRange(rows.values(), at * dimensions, (at + count) * dimensions)));
    }
    return blocks;
  }
}
