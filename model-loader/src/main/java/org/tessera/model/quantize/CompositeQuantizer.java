package org.tessera.model.quantize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;

/** A quantizer made of others; its id slots are theirs, one part after the other. */
abstract class CompositeQuantizer extends FamilyQuantizer {
  /** The parts, at least one. */
  final List<FamilyQuantizer> parts;

  CompositeQuantizer(List<FamilyQuantizer> parts) {
    this.parts = List.copyOf(parts);
  }

  /**
   * Reads nested quantizers of one-axis vectors.
   *
   * @return no parts after a problem
   */
  static List<FamilyQuantizer> readParts(SpecReader reader) {
    List<FamilyQuantizer> parts = new ArrayList<>();
    for (SpecReader part : reader.parts("parts")) {
      FamilyQuantizer quantizer = Quantizers.read(part);
      if (quantizer == null) {
        continue;
      }
      if (quantizer.latentShape().length != 1) {
        part.problem("family: " + part.family() + " spans a map (parts take single vectors)");
      } else if (!quantizer.decodable()) {
        part.problem("family: " + part.family() + " cannot decode (parts need vectors)");
      }
      parts.add(quantizer);
    }
    return reader.clean() ? parts : List.of();
  }

  @Override
  public int idsPerVector() {
    return parts.stream().mapToInt(Quantizer::idsPerVector).sum();
  }

  @Override
  public int[] radices() {
    return parts.stream().flatMapToInt(part -> IntStream.of(part.radices())).toArray();
  }

  @Override
  public boolean droppable() {
    return parts.stream().anyMatch(Quantizer::droppable);
  }

  @Override
  int blockRows() {
    return parts.stream().mapToInt(FamilyQuantizer::blockRows).min().orElseThrow();
  }

  /** The parts that take part in encoding. */
  List<FamilyQuantizer> encoding() {
    return parts;
  }

  @Override
  final int constantCount() {
    return encoding().stream().mapToInt(FamilyQuantizer::constantCount).sum();
  }

  @Override
  final List<Operand<?>> constants(Ops tf) {
    List<Operand<?>> constants = new ArrayList<>();
    for (FamilyQuantizer part : encoding()) {
      constants.addAll(part.constants(tf));
    }
    return constants;
  }

  /** The parts of the first ids; the last of them may be cut itself. */
  final List<FamilyQuantizer> firstParts(int count) {
    List<FamilyQuantizer> kept = new ArrayList<>();
    int left = count;
    for (FamilyQuantizer part : parts) {
      if (left > 0) {
        kept.add(part.idsPerVector() <= left ? part : part.first(left));
        left -= Math.min(left, part.idsPerVector());
      }
    }
    return kept;
  }

  /** Hands each part its own share of the constants. */
  static final class Shares {
    private final List<Operand<?>> constants;
    private int next;

    Shares(List<Operand<?>> constants) {
      this.constants = constants;
    }

    List<Operand<?>> take(FamilyQuantizer part) {
      next += part.constantCount();
      return constants.subList(next - part.constantCount(), next);
    }
  }

  /** Copies columns of a matrix out of a wider one. */
  static void gather(float[] wide, int width, int from, float[] narrow, int columns, int rows) {
    for (int i = 0; i < rows; i++) {
      System.arraycopy(wide, i * width + from, narrow, i * columns, columns);
    }
  }

  /** Copies a matrix into columns of a wider one. */
  static void scatter(float[] narrow, int columns, float[] wide, int width, int from, int rows) {
    for (int i = 0; i < rows; i++) {
      System.arraycopy(narrow, i * columns, wide, i * width + from, columns);
    }
  }

  /** As {@link #gather(float[], int, int, float[], int, int)}, for ids. */
  static int[] gather(int[] wide, int width, int from, int columns, int rows) {
    int[] narrow = new int[rows * columns];
    for (int i = 0; i < rows; i++) {
      System.arraycopy(wide, i * width + from, narrow, i * columns, columns);
    }
    return narrow;
  }

  /** As {@link #scatter(float[], int, float[], int, int, int)}, for ids. */
  static void scatter(int[] narrow, int columns, int[] wide, int width, int from, int rows) {
    for (int i = 0; i < rows; i++) {
      System.arraycopy(narrow, i * columns, wide, i * width + from, columns);
    }
  }

  /** The mean square of each row. */
  static float[] meanSquares(float[] rows, int d, int count) {
    float[] means = new float[count];
    for (int i = 0; i < count; i++) {
      double sum = 0;
      for (int j = i * d; j < i * d + d; j++) {
        sum += (double) rows[j] * rows[j];
      }
      means[i] = (float) (sum / d);
    }
    return means;
  }

  /** Ids that mean "dropped". */
  static int[] dropped(int count) {
    int[] ids = new int[count];
    Arrays.fill(ids, -1);
    return ids;
  }
}
