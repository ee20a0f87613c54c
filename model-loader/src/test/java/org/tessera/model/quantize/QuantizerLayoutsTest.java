package org.tessera.model.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tessera.model.quantize.Specs.spec;
import static org.tessera.model.quantize.Specs.tensors;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.npy.FloatTensor;
import org.tessera.model.quantize.QuantizerLayouts.SlotOrder;

class QuantizerLayoutsTest {
  private static final Object[] PLAIN = {
    "metric", "euclidean", "normalise", "none", "dequantise", "stored"
  };

  @Test
  void oneIdAPositionAddsNoAxis() {
    Quantizer fsq = Quantizers.of(spec("fsq", "levels", List.of(8, 8, 8, 5, 5, 5)), tensors());
    assertThat(QuantizerLayouts.of(fsq, List.of("row", "column"), List.of(16, 16), SlotOrder.LAST))
        .isEqualTo(
            new TokenLayout(
                List.of("row", "column"), List.of(16, 16), List.of(64000), "", List.of()));
  }

  @Test
  void levelsAndGroupsAddAnAxisWithTheirRadices() {
    Quantizer residual =
        Quantizers.of(
            Specs.with(spec("residual", "codebooks", List.of("a", "b")), PLAIN),
            tensors(
                "a", FloatTensor.of(new float[12], 6, 2), "b", FloatTensor.of(new float[8], 4, 2)));
    assertThat(QuantizerLayouts.of(residual, List.of("time"), List.of(-1), SlotOrder.FIRST))
        .isEqualTo(
            new TokenLayout(
                List.of("level", "time"), List.of(2, -1), List.of(6, 4), "level", List.of()));
    Quantizer grouped =
        Quantizers.of(spec("lfq", "bits", 8, "groups", 4, "bit_order", "little"), tensors());
    assertThat(
            QuantizerLayouts.of(grouped, List.of("row", "column"), List.of(16, 16), SlotOrder.LAST))
        .isEqualTo(
            new TokenLayout(
                List.of("row", "column", "group"),
                List.of(16, 16, 4),
                List.of(256),
                "group",
                List.of()));
  }

  @Test
  void scalesArePositionsOneAfterTheOther() {
    Quantizer scales =
        Quantizers.of(
            Specs.with(
                spec(
                    "multi_scale",
                    "height",
                    4,
                    "width",
                    4,
                    "scales",
                    List.of(1, 2, 4),
                    "codebook",
                    "c"),
                PLAIN),
            tensors("c", FloatTensor.of(new float[24], 8, 3)));
    assertThat(QuantizerLayouts.of(scales, List.of(), List.of(), SlotOrder.LAST))
        .isEqualTo(
            new TokenLayout(List.of("position"), List.of(21), List.of(8), "", List.of(1, 4, 16)));
  }
}
