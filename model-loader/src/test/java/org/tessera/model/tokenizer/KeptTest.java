package org.tessera.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.BundleException;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.Prefix;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.Step;
import org.tessera.model.bundle.TensorSpec;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.NativeTensor;

/** Masks of kept positions: what the reader makes of them and what a manifest may say. */
class KeptTest {
  private static final TokenLayout LINE =
      new TokenLayout(List.of("position"), List.of(4), List.of(10), "", List.of());
  private static final TokenLayout LEVELS =
      new TokenLayout(List.of("level", "time"), List.of(2, 3), List.of(10, 20), "level", List.of());

  private static TokenizerManifest.Builder manifest(TokenLayout layout, String... outputs) {
    Map<String, TensorSpec> roles = new TreeMap<>(Map.of(Roles.IDS, TensorSpec.of("codes")));
    for (String output : outputs) {
      roles.put(output, TensorSpec.of("mask"));
    }
    SignatureSpec encode =
        new SignatureSpec(
            "encode", new TreeMap<>(Map.of("signal", TensorSpec.of("x"))), new TreeMap<>(roles));
    return TokenizerManifest.builder("t", Modality.IMAGE)
        .model(ModelSpec.of("tensorflow", "model", encode))
        .layout(layout);
  }

  private static Codes read(
      TokenizerManifest manifest,
      OptionalInt keep,
      NativeTensor ids,
      NativeTensor mask,
      int batch) {
    Map<String, TensorSpec> specs = manifest.models().get(0).encode().outputs();
    return new CodesReader(manifest, keep)
        .read(Map.of(Roles.IDS, ids, Roles.KEPT, mask), specs, batch);
  }

  private static Codes read(TokenLayout layout, NativeTensor ids, NativeTensor mask, int batch) {
    return read(manifest(layout, Roles.KEPT).build(), OptionalInt.empty(), ids, mask, batch);
  }

  @Test
  void movesKeptIdsToTheFrontInOrder() {
    HeapTensor ids = HeapTensor.of(new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9}, 3, 4);
    boolean[] mask = {false, true, false, true, true, true, true, true, false, false, false, false};
    Codes codes = read(LINE, ids, HeapTensor.of(mask, 3, 4), 3);
    assertThat(codes.ids()).containsExactly(2, 4, 0, 0, 5, 6, 7, 8, 0, 0, 0, 0);
    assertThat(codes.lengths()).containsExactly(2, 4, 0);
    assertThat(codes.positions()).containsExactly(1, 3, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0);
    assertThat(codes.shape()).containsExactly(4);
  }

  @Test
  void keepsTheSamePositionsOfEachLevel() {
    HeapTensor ids = HeapTensor.of(new int[] {1, 2, 3, 11, 12, 13, 4, 5, 6, 14, 15, 16}, 2, 2, 3);
    HeapTensor mask = HeapTensor.of(new int[] {1, 0, 1, 0, 1, 0}, 2, 3);
    Codes codes = read(LEVELS, ids, mask, 2);
    assertThat(codes.ids()).containsExactly(1, 3, 0, 11, 13, 0, 5, 0, 0, 15, 0, 0);
    assertThat(codes.lengths()).containsExactly(2, 1);
    assertThat(codes.positions()).containsExactly(0, 2, 0, 1, 0, 0);
  }

  /** What stands at a position that is not kept is no id. */
  @Test
  void checksIdsAtKeptPositionsOnly() {
    HeapTensor mask = HeapTensor.of(new boolean[] {false, true, false, true}, 1, 4);
    assertThat(read(LINE, HeapTensor.of(new int[] {99, 2, -7, 4}, 1, 4), mask, 1).ids())
        .containsExactly(2, 4, 0, 0);
    assertThatThrownBy(() -> read(LINE, HeapTensor.of(new int[] {1, 2, 3, 10}, 1, 4), mask, 1))
        .hasMessage(
            "Cannot use output codes of tokenizer t: sample 0 has the id 10 at [3], but the layout"
                + " [position] allows 0 to 9 there (check the layout)");
  }

  @Test
  void keepsTheirNeighboursAndWhatIsLeftOfAPrefix() {
    TokenizerManifest.Builder builder =
        manifest(LINE, Roles.KEPT).prefix(new Prefix("position", 1, OptionalInt.empty()));
    HeapTensor ids = HeapTensor.of(new int[] {1, 2, 3, 4}, 1, 4);
    HeapTensor mask = HeapTensor.of(new boolean[] {false, true, true, true}, 1, 4);
    Codes cut = read(builder.build(), OptionalInt.of(3), ids, mask, 1);
    assertThat(cut.ids()).containsExactly(2, 3, 0);
    assertThat(cut.lengths()).containsExactly(2);
    assertThat(cut.positions()).containsExactly(1, 2, 0);

    Kept kept = Kept.mask(mask, 1, 4);
    assertThat(kept.pack(new int[] {1, -1, 2, -2, 3, -3, 4, -4}, 2))
        .containsExactly(2, -2, 3, -3, 4, -4, 0, 0);
    Latents rows =
        kept.of(new Latents(1, new float[] {1, 2, 3, 4, 5, 6, 7, 8}, new int[] {2, 4, 1}));
    assertThat(rows.shape()).containsExactly(2, 3, 1);
    assertThat(rows.values()).containsExactly(2, 3, 4, 6, 7, 8);
  }

  @Test
  void refusesWhatIsNoMask() {
    HeapTensor ids = HeapTensor.of(new int[4], 1, 4);
    assertThatThrownBy(() -> read(LINE, ids, HeapTensor.of(new int[] {0, 1, 3, 1}, 1, 4), 1))
        .hasMessage(
            "Cannot use output mask of tokenizer t: it says 3 (1 for a kept position, 0 for the"
                + " others)");
    assertThatThrownBy(() -> read(LINE, ids, HeapTensor.of(new boolean[3], 1, 3), 1))
        .hasMessage(
            "Cannot use output mask of tokenizer t: it is bool[1, 3] (give true or false for each"
                + " of 4 positions a sample)");
    assertThatThrownBy(() -> read(LINE, ids, HeapTensor.of(new float[4], 1, 4), 1))
        .hasMessageContaining("it is float32[1, 4] (give true or false");
  }

  private static void assertRefused(TokenizerManifest.Builder manifest, String message) {
    assertThatThrownBy(manifest::build)
        .isInstanceOf(BundleException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aManifestSaysWhatTheMaskIsOf() {
    assertRefused(
        manifest(LINE, Roles.KEPT, Roles.LENGTHS),
        "encode.outputs.kept: there is lengths, too (a mask says both: remove lengths)");
    SignatureSpec turned =
        new SignatureSpec(
            "encode",
            new TreeMap<>(Map.of("signal", TensorSpec.of("x"))),
            new TreeMap<>(
                Map.of(
                    "ids",
                    TensorSpec.of("codes"),
                    "kept",
                    TensorSpec.of("mask").withAxes(List.of("position", "batch")))));
    assertRefused(
        manifest(LINE).models(List.of(ModelSpec.of("tensorflow", "model", turned))),
        "encode.outputs.kept.axes: the batch axis of a mask comes first (transpose it)");
    String last =
        "encode.outputs.kept: a mask is of the positions along the layout's last axis, here ";
    assertRefused(
        manifest(
            new TokenLayout(
                List.of("time", "level"), List.of(3, 2), List.of(10), "level", List.of()),
            Roles.KEPT),
        last + "level");
    assertRefused(
        manifest(
            new TokenLayout(List.of("position"), List.of(-1), List.of(10), "", List.of()),
            Roles.KEPT),
        last + "position");
    assertRefused(
        manifest(
            new TokenLayout(List.of("position"), List.of(5), List.of(10), "", List.of(1, 4)),
            Roles.KEPT),
        last + "position");
    Step segment =
        new Step("segment", new TreeMap<>(Map.of("seconds", 1, "trim_front", 0, "trim_back", 2)));
    assertRefused(
        manifest(LINE, Roles.KEPT).step(segment),
        "front_end[0].trim_back: the model says itself which tokens it keeps (let its mask drop"
            + " these, too)");
    assertThat(manifest(LINE, Roles.LENGTHS).step(segment).build().frontEnd()).hasSize(1);
    assertThat(manifest(LINE, Roles.KEPT).build().keepsPositions()).isTrue();
    assertThat(manifest(LINE, Roles.LENGTHS).build().keepsPositions()).isFalse();
    assertThat(manifest(LINE, Roles.LENGTHS).build().lengthsVary()).isTrue();
  }

  @Test
  void aDecoderMustKnowThePositions() {
    SignatureSpec encode =
        SignatureSpec.of("encode", Map.of("signal", "x"), Map.of("ids", "ids", "kept", "mask"));
    SignatureSpec plain = SignatureSpec.of("encode", Map.of("signal", "x"), Map.of("ids", "ids"));
    SignatureSpec decode = SignatureSpec.of("decode", Map.of("ids", "ids"), Map.of("signal", "y"));
    SignatureSpec masked =
        SignatureSpec.of("decode", Map.of("ids", "ids", "kept", "mask"), Map.of("signal", "y"));
    TokenizerManifest.Builder manifest =
        TokenizerManifest.builder("t", Modality.IMAGE).layout(LINE);
    assertRefused(
        manifest.models(List.of(ModelSpec.of("tensorflow", "m", encode).withDecode(decode))),
        "models[0].decode.inputs: no tensor with the role kept (the decoder must know which"
            + " positions have ids)");
    assertRefused(
        manifest.models(List.of(ModelSpec.of("tensorflow", "m", plain).withDecode(masked))),
        "models[0].decode.inputs.kept: the encoder has no output kept (add it)");
    assertThat(
            manifest
                .models(List.of(ModelSpec.of("tensorflow", "m", encode).withDecode(masked)))
                .build()
                .keepsPositions())
        .isTrue();
  }
}
