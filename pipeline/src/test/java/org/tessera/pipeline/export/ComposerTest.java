package org.tessera.pipeline.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComposerTest {
  private static final ExportRow IMAGE =
      Samples.row(
          "pixels",
          "a/1.jpg",
          Map.of("text", "3 4 [5]".replace("[5]", "5")),
          new int[] {1, 2, 3, 4, 5, 6},
          2,
          3);
  private static final ExportRow AUDIO =
      Samples.row("voice", "b/1.wav", new int[] {1, 2, 3, 7, 8, 9}, 2, 3);

  private static ExportOptions options() {
    return ExportOptions.of(ExportFormat.JSONL).textVocabulary(50).key("stem");
  }

  private static List<Sequence> compose(ExportOptions options, ExportRow... rows) {
    Composer composer = new Composer(Samples.plan(options));
    return composer.compose(composer.key(rows[0]), List.of(rows));
  }

  @Test
  void fillsATemplateWithImageAudioTextAndSizes() {
    List<Sequence> sequences =
        compose(
            options().sizeTags(8).template("<boi>{image.row}{image}<eoi>{text}<boa>{audio}<eoa>"),
            AUDIO,
            IMAGE);
    assertThat(sequences).hasSize(1);
    Sequence sequence = sequences.get(0);
    // text 0-49, boi 50, eoi 51, boa 52, eoa 53, sizes 54-61, pixels 62-161, voice 162-171, 172-181
    assertThat(sequence.ids())
        .containsExactly(
            50, 55, 63, 64, 65, 66, 67, 68, 51, 3, 4, 5, 52, 163, 179, 164, 180, 165, 181, 53);
    assertThat(sequence.spans())
        .containsExactly(
            new Span("special", 0, 1),
            new Span("size", 1, 2),
            new Span("image", 2, 8),
            new Span("special", 8, 9),
            new Span("text", 9, 12),
            new Span("special", 12, 13),
            new Span("audio", 13, 19),
            new Span("special", 19, 20));
    assertThat(sequence.pieces())
        .extracting(Piece::tokenizer, Piece::from, Piece::to)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("pixels", 2, 8),
            org.assertj.core.groups.Tuple.tuple("voice", 13, 19));
    assertThat(Sequence.fromBytes(sequence.toBytes()))
        .usingRecursiveComparison()
        .isEqualTo(sequence);
  }

  @Test
  void delayedLevelsArePadded() {
    Sequence sequence =
        compose(options().pad("pad").template("{voice}").flatten("voice", "delay"), AUDIO).get(0);
    assertThat(sequence.ids()).containsExactly(52, 50, 53, 68, 54, 69, 50, 70);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<boi>{video} | Cannot use the template <boi>{video}: there is no {video} (there are"
            + " [{image} or {pixels}, {audio} or {voice}])",
        "{image}{ | Cannot read the template {image}{: '{' is no part of one (give <special>,"
            + " {modality}, {tokenizer}, {tokenizer.axis} or {text:label})",
        "hello {image} | Cannot read the template hello {image}: 'hello ' is no part of one (give"
            + " <special>, {modality}, {tokenizer}, {tokenizer.axis} or {text:label})",
        "<boi> | Cannot use the template <boi>: it takes no tokens (put a {tokenizer} in it)",
        "{image.time}{image} | Cannot use the template {image.time}{image}: pixels has the axes"
            + " [row, column], not time"
      })
  void refusesTemplates(String template, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Samples.plan(options().template(template)))
        .withMessage(message);
  }

  @Test
  void refusesOrSkipsKeysThatLackRows() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> compose(options().template("{image}{audio}"), IMAGE))
        .withMessage(
            "Cannot fill the template {image}{audio} for 1: it has tokens of [pixels], not of"
                + " [voice] (tokenize the rest, join by another --key, or skip such samples by"
                + " --incomplete skip)");
    assertThat(compose(options().template("{image}{audio}").skippingIncomplete(), IMAGE)).isEmpty();
  }

  @Test
  void refusesEmptyTokensMissingLevelsAndIdsOutsideTheirCodebook() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                compose(
                    options().template("{image}"),
                    Samples.row("pixels", "a/1.jpg", new int[0], 0, 3)))
        .withMessageStartingWith("Cannot export an empty list of tokens (run verify): sample ");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                compose(
                    options().template("{voice}"),
                    Samples.row("voice", "b/1.wav", new int[] {1, -1}, 2, 1)))
        .withMessageContaining("-1 is a dropped id: keep fewer levels");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                compose(
                    options().template("{voice}").flatten("", "interleaved:level=2"),
                    Samples.row("voice", "b/1.wav", new int[] {1}, 1, 1)))
        .withMessageStartingWith("Cannot keep 2 of level: there are 1");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                compose(
                    options().template("{image}"),
                    Samples.row("pixels", "a/1.jpg", new int[] {100}, 1, 1)))
        .withMessageStartingWith("Cannot export id 100 of pixels: level 0 has codes 0 to 99");
  }

  @Test
  void refusesTextThatIsNoIds() {
    ExportRow words =
        Samples.row("pixels", "a/1.jpg", Map.of("text", "a cat", "big", "99"), new int[1], 1, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> compose(options().template("{image}{text}"), words))
        .withMessageContaining("as ids: 'a cat' (give whole numbers; tokenize text before)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> compose(options().template("{image}{text:big}"), words))
        .withMessageContaining("Cannot put id 99 of label big");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> compose(options().template("{image}{text:caption}"), words))
        .withMessageContaining("it has no such label (it has [big, text])");
  }

  private static ExportRow cropped(String tokenizer, double end, String sha, ExportRow.Crop crop) {
    return new ExportRow(
        tokenizer,
        new ExportRow.Identity("id", "u.jpg", "", 0, -1, 0, end, sha),
        tokenizer.equals("pixels") ? new int[1] : new int[2],
        tokenizer.equals("pixels") ? new int[] {1, 1} : new int[] {2, 1},
        crop,
        new TreeMap<>());
  }

  @Test
  void rowsOfOneSampleIdMustShowTheSame() {
    ExportOptions aligned = ExportOptions.of(ExportFormat.JSONL).template("{pixels}{voice}");
    ExportRow.Crop crop = new ExportRow.Crop(300, 256, new int[] {0, 22, 256, 256, 0});
    ExportRow.Crop same = new ExportRow.Crop(600, 512, new int[] {0, 44, 512, 512, 0});
    ExportRow.Crop other = new ExportRow.Crop(600, 512, new int[] {0, 0, 512, 512, 0});
    ExportRow.Crop mirrored = new ExportRow.Crop(600, 512, new int[] {0, 44, 512, 512, 1});
    ExportRow first = cropped("pixels", 1, "00", crop);
    assertThat(compose(aligned, first, cropped("voice", 1, "00", same))).hasSize(1);
    for (ExportRow.Crop wrong : List.of(other, mirrored, ExportRow.Crop.NONE)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> compose(aligned, first, cropped("voice", 1, "00", wrong)))
          .withMessageStartingWith(
              "Cannot align sample id (u.jpg): its crop in pixels is top 0, left 22, 256 by 256 of"
                  + " 256 by 300, in voice ");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> compose(aligned, first, cropped("voice", 2, "00", same)))
        .withMessageContaining(
            "its window in pixels is 0.0 s to 1.0 s, in voice 0.0 s to 2.0 s (tokenize both with"
                + " the same front-end)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> compose(aligned, first, cropped("voice", 1, "11", same)))
        .withMessageContaining("its bytes in pixels is 00, in voice 11");
  }

  @Test
  void weightsTakeSequencesSoOftenOnAverage() {
    int half = 0;
    int more = 0;
    for (int i = 0; i < 4000; i++) {
      half += Order.copies("sample" + i, 0.5, 3);
      more += Order.copies("sample" + i, 2.25, 3);
    }
    assertThat(half).isBetween(1900, 2100);
    assertThat(more).isBetween(8850, 9150);
    List<Sequence> twice = compose(options().template("x={image}").weight("x", 2), IMAGE);
    assertThat(twice).extracting(Sequence::name).doesNotHaveDuplicates().hasSize(2);
  }

  @Test
  void keysAreWhatTheySay() {
    ExportRow member =
        new ExportRow(
            "pixels",
            new ExportRow.Identity("id", "s3a://x/a.tar", "d/b.c.jpg", 0, -1, 0, 0, ""),
            new int[0],
            new int[0],
            ExportRow.Crop.NONE,
            new TreeMap<>(Map.of("pair", "p7")));
    assertThat(ExportKey.parse("sample_id").of(member)).isEqualTo("id");
    assertThat(ExportKey.parse("source").of(member)).isEqualTo("s3a://x/a.tar!d/b.c.jpg");
    assertThat(ExportKey.parse("name").of(member)).isEqualTo("s3a://x/a.tar!d/b.c");
    assertThat(ExportKey.parse("stem").of(member)).isEqualTo("b.c");
    assertThat(ExportKey.parse("label:pair").of(member)).isEqualTo("p7");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ExportKey.parse("label:x").of(member))
        .withMessage("Cannot join sample id: it has no label x (it has [pair])");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ExportKey.parse("file"))
        .withMessageStartingWith("Cannot join by file (choose ");
  }
}
