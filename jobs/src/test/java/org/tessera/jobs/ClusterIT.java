package org.tessera.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.udf.image.demo.DemoImages;

/** The main job on a real cluster, brought by spark-submit, gives what one process gives. */
@Tag("cluster")
class ClusterIT {
  @TempDir private Path temp;

  @Test
  void idsAreTheSameOnAClusterAndInOneProcess() throws Exception {
    Path images = Files.createDirectories(temp.resolve("images"));
    DemoImages.write(images, 60, 7);
    Path spec = temp.resolve("image.yaml");
    try (var in = Tessera.class.getResourceAsStream("demo/image.yaml")) {
      Files.write(spec, in.readAllBytes());
    }
    Path bundle = temp.resolve("image.bundle");
    assertThat(
            Tessera.run(
                "fit",
                "--spec",
                spec.toString(),
                "--input",
                images.toString(),
                "--output",
                bundle.toString(),
                "--conf",
                "spark.master=local[2]"))
        .isZero();
    Path local = temp.resolve("local");
    assertThat(Tessera.run(tokenize(images, bundle, local, 1, 32))).isZero();
    SortedMap<String, String> expected = rows(local);
    assertThat(expected).hasSizeGreaterThan(50);

    try (StandaloneCluster cluster = StandaloneCluster.start(temp.resolve("cluster"), 2, 1)) {
      for (int[] setting : new int[][] {{1, 32}, {7, 1}, {7, 32}}) {
        Path out = temp.resolve("cluster-" + setting[0] + "-" + setting[1]);
        Path log = temp.resolve("submit-" + setting[0] + "-" + setting[1] + ".log");
        int code = cluster.submit(log, tokenize(images, bundle, out, setting[0], setting[1]));
        assertThat(code).as(() -> read(log)).isZero();
        assertThat(rows(out)).isEqualTo(expected);
      }
      Path log = temp.resolve("verify.log");
      int code = cluster.submit(log, "verify", "--tokens", temp.resolve("cluster-7-1").toString());
      assertThat(code).as(() -> read(log)).isZero();
    }
  }

  private static String[] tokenize(Path images, Path bundle, Path out, int tasks, int batch) {
    return new String[] {
      "tokenize",
      "--input",
      images.toString(),
      "--tokenizer",
      bundle.toString(),
      "--output",
      out.toString(),
      "--partitions",
      Integer.toString(tasks),
      "--batch",
      Integer.toString(batch)
    };
  }

  private static SortedMap<String, String> rows(Path out) throws Exception {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> tree = Files.walk(out.resolve("tokens"))) {
      tree.filter(file -> file.toString().endsWith(".parquet")).forEach(files::add);
    }
    SortedMap<String, String> rows = new TreeMap<>();
    for (Path file : files) {
      try (ParquetReader<Group> reader =
          ParquetReader.builder(new GroupReadSupport(), new org.apache.hadoop.fs.Path(file.toUri()))
              .withConf(new Configuration())
              .build()) {
        for (Group row = reader.read(); row != null; row = reader.read()) {
          rows.put(
              row.getString("sample_id", 0),
              row.getGroup("tokens", 0).toString() + row.getGroup("shape", 0));
        }
      }
    }
    return rows;
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (java.io.IOException e) {
      return "no log: " + e;
    }
  }
}
