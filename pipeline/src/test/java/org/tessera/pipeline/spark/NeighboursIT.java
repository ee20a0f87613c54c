package org.tessera.pipeline.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;
import org.tessera.model.tokenizer.BundleCreator;
import org.tessera.udf.encode.EncodeOptions;
import org.tessera.udf.spark.ModelSettings;

/** The best codes of each id, and ids perturbed among them, as columns of the token rows. */
class NeighboursIT {
  private static final int FILES = 30;
  private static final int COUNT = 4;

  @TempDir private Path temp;

  private Path bundle(String neighbours, String name) throws Exception {
    Random random = new Random(4);
    float[] table = new float[16 * 9];
    for (int i = 0; i < table.length; i++) {
      table[i] = (float) random.nextGaussian();
    }
    Npy.write(temp.resolve("codebook.npy"), NpyArray.of(table, 16, 9));
    String yaml =
        """
        name: ranked
        version: "1"
        modality: points
        models: []
        output: latents
        front_end:
          - {step: center}
          - {step: patches, groups: 2, neighbours: 3}
        quantizer: {family: vq, codebook: codebook.npy, metric: euclidean, normalise: none, dequantise: stored}
        layout: {axes: [patch], shape: [2], radices: [16]}
        licence: MIT
        source: test
        """;
    Path bundle = temp.resolve(name);
    BundleCreator.create(new YAMLMapper().readTree(yaml + neighbours), temp, bundle).close();
    return bundle;
  }

  private Path files() throws Exception {
    Path files = Files.createDirectory(temp.resolve("files"));
    Random random = new Random(5);
    for (int i = 0; i < FILES; i++) {
      StringBuilder points = new StringBuilder();
      for (int p = 0; p < 8; p++) {
        points.append(
            String.format(
                "%f %f %f%n",
                2 * random.nextGaussian(), 2 * random.nextGaussian(), random.nextGaussian()));
      }
      Files.writeString(files.resolve(String.format("p%02d.xyz", i)), points);
    }
    Files.copy(files.resolve("p00.xyz"), files.resolve("q00.xyz"));
    return files;
  }

  private List<Row> tokenize(Path bundle, Path files, String output, int batch) throws Exception {
    TokenizeRequest request =
        TokenizeRequest.of(
                List.of(files.toString()), bundle.toString(), temp.resolve(output).toString())
            .model(ModelSettings.CPU)
            .encode(EncodeOptions.DEFAULT.withBatch(batch))
            .build();
    new TokenizeFlow(SparkForTests.session(), request, TokenizeListener.NONE).run();
    assertThat(new VerifyFlow(SparkForTests.session(), request.output()).run().findings())
        .isEmpty();
    return SparkForTests.session()
        .read()
        .parquet(request.output() + "/tokens")
        .orderBy("uri")
        .select("uri", "tokens", "neighbours", "perturbed")
        .collectAsList();
  }

  @Test
  void standBesideTheTokensWhateverTheBatch() throws Exception {
    Path files = files();
    Path bundle =
        bundle("neighbours: {count: 4, perturb: {alpha: 0.5, beta: 0.5, seed: 7}}", "bundle");

    List<Row> rows = tokenize(bundle, files, "output", 7);

    assertThat(rows).hasSize(FILES + 1);
    Set<Integer> ranks = new java.util.TreeSet<>();
    for (Row row : rows) {
      List<Integer> tokens = row.getList(1);
      List<Integer> neighbours = row.getList(2);
      List<Integer> perturbed = row.getList(3);
      assertThat(neighbours).hasSize(2 * COUNT);
      assertThat(perturbed).hasSize(2);
      for (int i = 0; i < 2; i++) {
        List<Integer> best = neighbours.subList(COUNT * i, COUNT * i + COUNT);
        assertThat(best).startsWith(tokens.get(i)).doesNotHaveDuplicates();
        assertThat(best).contains(perturbed.get(i));
        ranks.add(best.indexOf(perturbed.get(i)));
      }
    }
    assertThat(ranks).containsExactly(0, 1, 2, 3);
    // Copies are perturbed alike, and most samples are as they were.
    assertThat(rows.get(FILES).getList(3)).isEqualTo(rows.get(0).getList(3));
    long kept = rows.stream().filter(row -> row.getList(3).equals(row.getList(1))).count();
    assertThat(kept).isBetween(FILES / 3L, FILES - 3L);
    assertThat(tokenize(bundle, files, "alone", 1)).isEqualTo(rows);
  }

  @Test
  void areNullWhereNobodyAsked() throws Exception {
    List<Row> rows = tokenize(bundle("", "plain"), files(), "output", 32);

    assertThat(rows).allMatch(row -> row.isNullAt(2) && row.isNullAt(3));
    assertThat(rows.stream().map(row -> row.getList(1)).collect(Collectors.toSet()).size())
        .isGreaterThan(5);
  }
}
