package org.tessera.pipeline.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PackerTest {
  private static final int PAD = 999_999;

  private static Sequence document(int number, int length) {
    int[] ids = new int[length];
    Arrays.setAll(ids, i -> number * 1000 + i);
    ExportRow.Identity row =
        new ExportRow.Identity("s" + number, "u" + number, "", 0, -1, 0, 0, "");
    return new Sequence(
        "d" + number,
        "x",
        ids,
        List.of(new Span("image", 0, length)),
        List.of(new Piece(row, "t", 0, length, 0)),
        List.of(length),
        Sequence.Grid.NONE,
        new TreeMap<>());
  }

  private static List<Sequence> documents() {
    Random random = new Random(5);
    List<Sequence> documents = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      documents.add(document(i, 1 + random.nextInt(64)));
    }
    return documents;
  }

  private static List<Sequence> pack(List<Sequence> documents, boolean split, int pad) {
    List<Sequence> packed = new ArrayList<>();
    new Packer(documents.iterator(), new ExportSpec.Pack(64, split), pad)
        .forEachRemaining(packed::add);
    return packed;
  }

  @Test
  void wholeDocumentsStayWholeAndNoneIsLost() {
    List<Sequence> packed = pack(documents(), false, PAD);
    List<Integer> seen = new ArrayList<>();
    int pads = 0;
    for (Sequence sequence : packed) {
      assertThat(sequence.ids()).hasSize(64);
      int at = 0;
      for (int length : sequence.documents()) {
        int number = sequence.ids()[at] / 1000;
        seen.add(number);
        assertThat(length).isEqualTo(documents().get(number).ids().length);
        for (int i = 0; i < length; i++) {
          assertThat(sequence.ids()[at + i]).isEqualTo(number * 1000 + i);
        }
        at += length;
      }
      assertThat(Arrays.stream(sequence.ids()).skip(at).allMatch(id -> id == PAD)).isTrue();
      pads += 64 - at;
    }
    assertThat(seen).doesNotHaveDuplicates().hasSize(300);
    assertThat(packed).extracting(Sequence::name).doesNotHaveDuplicates();
    assertThat(pads).as("padding of %d ids", 64 * packed.size()).isLessThan(packed.size() * 6);
  }

  @Test
  void cutDocumentsLeaveNoGapAndCanBePutTogetherAgain() {
    List<Sequence> packed = pack(documents(), true, -1);
    List<Integer> all = new ArrayList<>();
    for (Sequence sequence : packed) {
      if (sequence != packed.get(packed.size() - 1)) {
        assertThat(sequence.ids()).hasSize(64);
      }
      for (Piece piece : sequence.pieces()) {
        int number = Integer.parseInt(piece.row().sampleId().substring(1));
        assertThat(sequence.ids()[piece.from()]).isEqualTo(number * 1000 + piece.skipped());
      }
      Arrays.stream(sequence.ids()).forEach(all::add);
      assertThat(sequence.documents().stream().mapToInt(Integer::intValue).sum())
          .isEqualTo(sequence.ids().length);
    }
    List<Integer> expected = new ArrayList<>();
    documents().forEach(document -> Arrays.stream(document.ids()).forEach(expected::add));
    assertThat(all).isEqualTo(expected);
    assertThat(packed).extracting(Sequence::name).doesNotHaveDuplicates();
  }

  @Test
  void equalDocumentsGiveEqualSequences() {
    assertThat(pack(documents(), false, PAD))
        .usingRecursiveComparison()
        .isEqualTo(pack(documents(), false, PAD));
  }

  @Test
  void refusesWholeDocumentsThatDoNotFit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> pack(List.of(document(1, 65)), false, PAD))
        .withMessage(
            "Cannot pack d1: its 65 ids do not fit a context of 64 (give a longer one, or"
                + " --split-documents)");
  }
}
