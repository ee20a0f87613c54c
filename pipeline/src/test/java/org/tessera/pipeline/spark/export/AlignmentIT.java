package org.tessera.pipeline.spark.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.pipeline.export.ExportFormat;
import org.tessera.pipeline.export.ExportOptions;
import org.tessera.pipeline.spark.SparkForTests;
import org.tessera.pipeline.spark.VerifyFlow;
import org.tessera.udf.sample.SampleKey;

/** Two tokenizers of the same images, whose rows must be of the same crops. */
class AlignmentIT {
  private static final TokenLayout GRID =
      new TokenLayout(List.of("position"), List.of(4), List.of(50), "", List.of());

  @TempDir Path directory;
  private TokenOutput tokens;

  @BeforeEach
  void writeTokens() throws IOException {
    tokens =
        new TokenOutput(directory.resolve("tokens"))
            .tokenizer("rgb", Modality.IMAGE, GRID)
            .tokenizer("depth", Modality.IMAGE, GRID)
            .wave("rgb", lines(256, 0));
  }

  /** Crops of the middle of images 300 by 256, or as much larger; one is moved. */
  private static List<TokenOutput.Line> lines(int size, int moved) {
    List<TokenOutput.Line> lines = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      int scale = size / 256;
      lines.add(
          new TokenOutput.Line(
                  SampleKey.of("file:/i/" + i + ".jpg"), new int[] {i, i + 1, i + 2, i + 3}, 4)
              .note("resized_width", 300 * scale)
              .note("resized_height", size)
              .note("crop_left", 22 * scale + (i == 3 ? moved : 0))
              .note("crop_top", 0)
              .note("crop_width", size)
              .note("crop_height", size));
    }
    return lines;
  }

  private ExportFlow.Result export() throws IOException {
    return new ExportFlow(
            SparkForTests.session(),
            new ExportFlow.Request(
                List.of(tokens.uri()),
                directory.resolve("export").toString(),
                false,
                ExportOptions.of(ExportFormat.JSONL).template("{rgb}<sep>{depth}")))
        .run();
  }

  private List<String> findings() throws IOException {
    return new VerifyFlow(SparkForTests.session(), tokens.uri())
        .run().findings().stream().filter(finding -> finding.contains("align")).toList();
  }

  @Test
  void alignedRowsAreOneSequence() throws IOException {
    tokens.wave("depth", lines(512, 0));
    assertThat(findings()).isEmpty();
    assertThat(export().ids()).isEqualTo(6 * 9);
  }

  @Test
  void misalignedRowsAreFoundByVerifyAndNotExported() throws IOException {
    tokens.wave("depth", lines(512, 40));
    assertThat(findings())
        .singleElement()
        .asString()
        .startsWith("Cannot align sample " + SampleKey.of("file:/i/3.jpg").id())
        .contains("left 22, 256 by 256 of 256 by 300")
        .contains("left 84, 512 by 512 of 512 by 600");
    assertThatThrownBy(this::export).hasMessageStartingWith("Cannot align sample ");
  }
}
