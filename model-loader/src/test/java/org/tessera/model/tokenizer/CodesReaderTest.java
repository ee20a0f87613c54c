package org.tessera.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.ModelOutput;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.Prefix;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.TensorSpec;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.NativeTensor;

class CodesReaderTest {
  private static final TokenLayout LEVELS =
      new TokenLayout(
          List.of("level", "time"), List.of(2, -1), List.of(10, 20), "level", List.of());

  private static TokenizerManifest.Builder manifest(TokenLayout layout) {
    return TokenizerManifest.builder("t", Modality.AUDIO)
        .model(
            ModelSpec.of(
                "tensorflow",
                "model",
                SignatureSpec.of("encode", Map.of("signal", "x"), Map.of("ids", "ids"))))
        .layout(layout);
  }

  private static Codes read(
      TokenizerManifest manifest, OptionalInt keep, TensorSpec spec, HeapTensor ids, int batch) {
    return new CodesReader(manifest, keep)
        .read(Map.of(Roles.IDS, ids), Map.of(Roles.IDS, spec), batch);
  }

  private static Codes read(TokenLayout layout, TensorSpec spec, HeapTensor ids, int batch) {
    return read(manifest(layout).build(), OptionalInt.empty(), spec, ids, batch);
  }

  /** EnCodec's order: levels outermost, then the batch. */
  @Test
  void movesTheBatchAxisToTheFront() {
    TensorSpec spec = TensorSpec.of("codes").withAxes(List.of("level", "batch", "time"));
    HeapTensor ids = HeapTensor.of(new int[] {0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15}, 2, 2, 3);
    Codes codes = read(LEVELS, spec, ids, 2);
    assertThat(codes.ids()).containsExactly(0, 1, 2, 10, 11, 12, 3, 4, 5, 13, 14, 15);
    assertThat(codes.shape()).containsExactly(2, 3);
  }

  @Test
  void checksEachLevelAgainstItsOwnCodebook() {
    HeapTensor good = HeapTensor.of(new int[] {9, 19}, 1, 2, 1);
    assertThat(read(LEVELS, TensorSpec.of("codes"), good, 1).ids()).containsExactly(9, 19);
    HeapTensor bad = HeapTensor.of(new int[] {0, 0, 10, 0}, 1, 2, 2);
    assertThat(read(LEVELS, TensorSpec.of("codes"), bad, 1).ids()).hasSize(4);
    HeapTensor worse = HeapTensor.of(new int[] {0, 10, 0, 0}, 1, 2, 2);
    assertThatThrownBy(() -> read(LEVELS, TensorSpec.of("codes"), worse, 1))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "Cannot use output codes of tokenizer t: sample 0 has the id 10 at [0, 1], but the"
                + " layout [level, time] allows 0 to 9 there (check the layout)");
    HeapTensor negative = HeapTensor.of(new int[] {0, 0, 0, -1}, 1, 2, 2);
    assertThatThrownBy(() -> read(LEVELS, TensorSpec.of("codes"), negative, 1))
        .hasMessageContaining("has the id -1 at [1, 1]");
  }

  /** They are the last levels, as many at each time. */
  @Test
  void acceptsTheIdOfDroppedLevelsWhereTheyAre() {
    TokenizerManifest manifest =
        manifest(LEVELS).prefix(new Prefix("level", 1, OptionalInt.of(-1))).build();
    int[] good = {3, 4, -1, -1, 5, 6, 7, 8};
    assertThat(dropping(manifest, good)).containsExactly(good);
    String rule =
        " but along level the first ids stay, everywhere as many and at least 1 (check the layout)";
    assertThatThrownBy(() -> dropping(manifest, 3, 4, 7, 8, 5, 6, 7, -1))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "Cannot use output codes of tokenizer t: sample 1 has the id -1 of a dropped one at"
                + " [1, 1],"
                + rule);
    assertThatThrownBy(() -> dropping(manifest, -1, 4, -1, -1, 5, 6, 7, 8))
        .hasMessageEndingWith("sample 0 has the id -1 of a dropped one at [0, 0]," + rule);
    assertThatThrownBy(() -> dropping(manifest, -1, -1, -1, -1, 5, 6, 7, 8))
        .hasMessageEndingWith("sample 0 has the id -1 of a dropped one at [0, 0]," + rule);
    assertThatThrownBy(() -> dropping(manifest, 3, 4, -2, -1, 5, 6, 7, 8))
        .hasMessageContaining("has the id -2 at [1, 0], but the layout");
  }

  private static int[] dropping(TokenizerManifest manifest, int... ids) {
    HeapTensor tensor = HeapTensor.of(ids, 2, 2, 2);
    return read(manifest, OptionalInt.empty(), TensorSpec.of("codes"), tensor, 2).ids();
  }

  /** A quantizer behind the model leaves levels out, or marks those from the first it drops. */
  @Test
  void aQuantizerSaysWhetherDroppedLevelsAreMarked() {
    Map<String, Object> residual = Map.of("family", "residual", "levels", 2, "dropped", "mark");
    assertThat(rules(new TreeMap<>(Map.of("levels", 2))).problem(row(3, 4, -1), 0, SHAPE, any()))
        .contains("has the id -1 at [2], but the layout [level] allows 0 to 9 there");
    List<Map<String, ?>> all =
        List.of(residual, Map.of("inner", residual), Map.of("parts", List.of(residual)));
    for (Map<String, ?> marks : all) {
      IdRules rules = rules(new TreeMap<>(marks));
      assertThat(rules.problem(row(3, 4, -1), 0, SHAPE, any())).isEmpty();
      assertThat(rules.problem(row(3, -1, -1), 0, SHAPE, any()))
          .contains(
              "has the id -1 of a dropped one at [1], but along level the first ids stay,"
                  + " everywhere as many and at least 2");
    }
  }

  private static final int[] SHAPE = {3};

  private static int[] row(int... ids) {
    return ids;
  }

  private static IntPredicate any() {
    return at -> true;
  }

  private static IdRules rules(TreeMap<String, Object> quantizer) {
    return IdRules.of(
        manifest(new TokenLayout(List.of("level"), List.of(3), List.of(10), "", List.of()))
            .models(List.of())
            .output(ModelOutput.LATENTS)
            .quantizer(new QuantizerSpec("residual", quantizer))
            .prefix(new Prefix("level", 1, OptionalInt.of(-1)))
            .build());
  }

  @Test
  void reshapesFlatIds() {
    TokenLayout grid =
        new TokenLayout(List.of("row", "column"), List.of(2, 3), List.of(6), "", List.of());
    HeapTensor flat = HeapTensor.of(new int[] {0, 1, 2, 3, 4, 5}, 1, 6);
    assertThat(read(grid, TensorSpec.of("codes"), flat, 1).shape()).containsExactly(2, 3);
    TokenLayout one = new TokenLayout(List.of("position"), List.of(1), List.of(6), "", List.of());
    HeapTensor classes = HeapTensor.of(new int[] {4, 5}, 2);
    assertThat(read(one, TensorSpec.of("codes"), classes, 2).shape()).containsExactly(1);
  }

  @Test
  void keepsTheFirstIdsOfAnAxisThatVaries() {
    TokenLayout ordered =
        new TokenLayout(List.of("position"), List.of(-1), List.of(100), "", List.of());
    TokenizerManifest manifest =
        manifest(ordered).prefix(new Prefix("position", 1, OptionalInt.empty())).build();
    HeapTensor ids = HeapTensor.of(new int[] {1, 2, 3, 4, 5, 6}, 2, 3);
    Codes codes = read(manifest, OptionalInt.of(2), TensorSpec.of("codes"), ids, 2);
    assertThat(codes.ids()).containsExactly(1, 2, 4, 5);
    assertThat(codes.shape()).containsExactly(2);
    HeapTensor shorter = HeapTensor.of(new int[] {1, 2}, 2, 1);
    assertThat(read(manifest, OptionalInt.of(2), TensorSpec.of("codes"), shorter, 2).shape())
        .containsExactly(1);
  }

  @Test
  void readsLengthsAndErrors() {
    TokenLayout ordered =
        new TokenLayout(List.of("position"), List.of(3), List.of(10), "", List.of());
    Map<String, TensorSpec> specs =
        new TreeMap<>(
            Map.of(
                Roles.IDS, TensorSpec.of("codes"),
                Roles.LENGTHS, TensorSpec.of("counts"),
                Roles.QUANTIZATION_ERROR, TensorSpec.of("error")));
    // What lies behind a sample's length is not checked.
    NativeTensor ids = HeapTensor.of(new int[] {1, 99, 99, 1, 2, 3}, 2, 3);
    Map<String, NativeTensor> outputs =
        new TreeMap<>(
            Map.of(
                Roles.IDS,
                ids,
                Roles.LENGTHS,
                HeapTensor.of(new int[] {1, 3}, 2),
                Roles.QUANTIZATION_ERROR,
                HeapTensor.of(new float[] {.5f, .25f}, 2)));
    CodesReader reader = new CodesReader(manifest(ordered).build(), OptionalInt.empty());
    Codes codes = reader.read(outputs, specs, 2);
    assertThat(codes.lengths()).containsExactly(1, 3);
    assertThat(codes.errors()).containsExactly(.5f, .25f);
    assertThat(codes.levels()).isEqualTo(1);
    outputs.put(Roles.LENGTHS, HeapTensor.of(new int[] {1, 4}, 2));
    assertThatThrownBy(() -> reader.read(outputs, specs, 2))
        .hasMessage("Cannot use output counts of tokenizer t: it says 4 (the last axis has 3 ids)");
  }

  @Test
  void namesTheTensorThatDoesNotFit() {
    assertThatThrownBy(
            () -> read(LEVELS, TensorSpec.of("codes"), HeapTensor.of(new int[6], 1, 3, 2), 1))
        .hasMessage(
            "Cannot use output codes of tokenizer t: it has the shape [1, 3, 2] (the layout"
                + " [level, time] says [2, -1] after the batch axis)");
    assertThatThrownBy(
            () -> read(LEVELS, TensorSpec.of("codes"), HeapTensor.of(new int[4], 2, 2, 1), 1))
        .hasMessageContaining("it has the shape [2, 2, 1] for 1 samples");
    assertThatThrownBy(
            () -> read(LEVELS, TensorSpec.of("codes"), HeapTensor.of(new float[2], 1, 2, 1), 1))
        .hasMessageContaining("its element type is float32 (cast it to int32)");
    TensorSpec axes = TensorSpec.of("codes").withAxes(List.of("batch", "time", "lvl"));
    assertThatThrownBy(() -> read(LEVELS, axes, HeapTensor.of(new int[2], 1, 1, 2), 1))
        .hasMessageContaining("with the axes [batch, time, lvl] (the layout needs");
  }
}
