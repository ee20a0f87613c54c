package org.tessera.pipeline.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;

class VocabularyTest {
  private static final TokenizerManifest IMAGE =
      manifest(
          "pixels",
          Modality.IMAGE,
          new TokenLayout(List.of("row", "column"), List.of(4, 4), List.of(1000), "", List.of()));

  private static final TokenizerManifest AUDIO =
      manifest(
          "voice",
          Modality.AUDIO,
          new TokenLayout(
              List.of("level", "time"), List.of(3, -1), List.of(10), "level", List.of()));

  private static TokenizerManifest manifest(String name, Modality modality, TokenLayout layout) {
    return TokenizerManifest.builder(name, modality)
        .model(
            ModelSpec.of(
                "tensorflow",
                "model",
                SignatureSpec.of("", Map.of("signal", "x"), Map.of("ids", "y"))))
        .layout(layout)
        .licence("Apache-2.0")
        .build();
  }

  private static VocabularyBuilder both() {
    return new VocabularyBuilder()
        .text(500)
        .special("boi", "image", "an image begins")
        .special("eoi", "image", "an image ends")
        .sizeTags(8)
        .codes(IMAGE, "f1", IdOffsets.PER_LEVEL)
        .codes(AUDIO, "f2", IdOffsets.PER_LEVEL);
  }

  @Test
  void numbersTextThenSpecialTokensThenSizesThenTokenizers() {
    Vocabulary vocabulary = both().build();
    assertThat(vocabulary.special("eoi").orElseThrow().id()).isEqualTo(501);
    assertThat(vocabulary.sizes().id(1)).isEqualTo(502);
    assertThat(vocabulary.codes("pixels").orElseThrow().id(0, 0)).isEqualTo(510);
    assertThat(vocabulary.codes("voice").orElseThrow().id(2, 9)).isEqualTo(1539);
    assertThat(vocabulary.size()).isEqualTo(1540);
    assertThat(VocabularyFile.read(VocabularyFile.write(vocabulary))).isEqualTo(vocabulary);
  }

  @Test
  void explainsEveryId() {
    Vocabulary vocabulary = both().build();
    assertThat(vocabulary.explain(3).sentence()).isEqualTo("id 3 of the text vocabulary");
    assertThat(vocabulary.explain(500).sentence())
        .isEqualTo("the special token <boi>: an image begins");
    assertThat(vocabulary.explain(505).sentence()).isEqualTo("the size tag 4");
    assertThat(vocabulary.explain(512).sentence())
        .isEqualTo("code 2 of 1000 of the image tokenizer pixels");
    assertThat(vocabulary.explain(1525).sentence())
        .isEqualTo("code 5 of 10 of level 1 of the audio tokenizer voice");
    assertThat(vocabulary.explain(1540).kind()).isEqualTo("unused");
    CodeRange voice = vocabulary.codes("voice").orElseThrow();
    for (int level = 0; level < 3; level++) {
      for (int code = 0; code < 10; code++) {
        Vocabulary.Meaning meaning = vocabulary.explain(voice.id(level, code));
        assertThat(meaning.level()).isEqualTo(level);
        assertThat(meaning.value()).isEqualTo(code);
      }
    }
  }

  @Test
  void placesCodesAtTheTopInDescendingOrder() {
    Vocabulary vocabulary =
        new VocabularyBuilder()
            .top(32000, 64)
            .descendingCodes()
            .codes(AUDIO, "f2", IdOffsets.SHARED)
            .build();
    CodeRange voice = vocabulary.codes("voice").orElseThrow();
    assertThat(voice.id(0, 0)).isEqualTo(31935);
    assertThat(voice.id(2, 9)).isEqualTo(31926);
    assertThat(vocabulary.explain(31935).value()).isZero();
    assertThat(vocabulary.isText(31925)).isTrue();
    assertThat(vocabulary.isText(31930)).isFalse();
    assertThat(vocabulary.isText(31999)).isTrue();
    assertThat(vocabulary.size()).isEqualTo(32000);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new VocabularyBuilder().top(20, 11).codes(AUDIO, "f", IdOffsets.SHARED).build())
        .withMessage(
            "Cannot place 10 ids and the 11 above them at the top of a vocabulary of 20 (give a"
                + " larger one, at most 2^31)");
  }

  @Test
  void whatIsNewComesAfterAnExistingVocabulary() {
    Vocabulary first =
        new VocabularyBuilder().text(7).codes(IMAGE, "f1", IdOffsets.PER_LEVEL).build();
    Vocabulary second =
        new VocabularyBuilder()
            .extending(first)
            .special("sep", "", "")
            .codes(AUDIO, "f2", IdOffsets.PER_LEVEL)
            .build();
    assertThat(second.codes("pixels")).isEqualTo(first.codes("pixels"));
    assertThat(second.special("sep").orElseThrow().id()).isEqualTo(1007);
    assertThat(second.codes("voice").orElseThrow().from()).isEqualTo(1008);
  }

  @Test
  void refusesOverlapsRepeatedNamesAndOverflow() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new VocabularyBuilder()
                    .text(500)
                    .codesAt(499, IMAGE, "f1", IdOffsets.PER_LEVEL)
                    .build())
        .withMessage(
            "Cannot merge vocabularies: text has the ids 0 to 499 and pixels 499 to 1498 (move"
                + " one)");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new VocabularyBuilder()
                    .special("boi", "", "")
                    .special("boi", "", "")
                    .codes(IMAGE, "f1", IdOffsets.PER_LEVEL)
                    .build())
        .withMessage(
            "Cannot merge vocabularies: the special token boi is there twice (rename one)");
    int last = Integer.MAX_VALUE - 999;
    assertThat(
            new VocabularyBuilder()
                .codesAt(last, IMAGE, "f1", IdOffsets.PER_LEVEL)
                .build()
                .largest())
        .isEqualTo(Integer.MAX_VALUE);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new VocabularyBuilder().codesAt(last + 1, IMAGE, "f1", IdOffsets.PER_LEVEL).build())
        .withMessageStartingWith("Cannot number pixels up to 2147483648: ids end at 2147483647");
  }

  @Test
  void saysWhichCodeHasNoId() {
    CodeRange voice = both().build().codes("voice").orElseThrow();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> voice.id(0, 10))
        .withMessage("Cannot export id 10 of voice: level 0 has codes 0 to 9 (run verify)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> voice.id(0, -1))
        .withMessageContaining("-1 is a dropped id: keep fewer levels");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> voice.id(3, 0))
        .withMessageStartingWith("Cannot export level 3 of voice: its vocabulary has 3");
  }

  @Test
  void refusesFilesThatContradictThemselves() {
    String good = VocabularyFile.write(both().build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VocabularyFile.read(good.replace("\"size\" : 1540", "\"size\" : 9")))
        .withMessage("Cannot read the vocabulary: it says size 9 but its ids end at 1539");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VocabularyFile.read(good.replace("\"format\" : 1", "\"format\" : 2")))
        .withMessageContaining("its format is 2, not 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VocabularyFile.read("{"))
        .withMessageStartingWith("Cannot read the vocabulary");
  }
}
