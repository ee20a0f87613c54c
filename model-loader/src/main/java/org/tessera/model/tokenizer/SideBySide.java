package org.tessera.model.tokenizer;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tessera.model.bundle.TensorSpec;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.ModelSession;
import org.tessera.model.engine.ModelSignature;
import org.tessera.model.engine.NativeTensor;

/**
 * Ids that a model has in several tensors {@code [batch, positions · each]} and everything else in
 * one, {@code [batch, positions, ids of a position]}. Immutable.
 */
final class SideBySide {
  private final TensorSpec spec;
  private final int all;

  SideBySide(TensorSpec spec) {
    this.spec = spec;
    this.all = spec.beside().all();
  }

  /** What the model says about the ids, given what it says about the first tensor. */
  ModelSignature.TensorInfo info(ModelSignature.TensorInfo first) {
    if (first == null || first.shape() == null || first.shape().size() != 2) {
      return first;
    }
    long positions = first.shape().get(1);
    long each = spec.beside().each().get(0);
    return new ModelSignature.TensorInfo(
        first.type(),
        List.of(first.shape().get(0), positions < 0 ? -1L : positions / each, (long) all));
  }

  /**
   * Joins the model's tensors, which stay the caller's; so does the result.
   *
   * @throws ModelException when they are not of equally many positions
   */
  NativeTensor joined(ModelSession session, Map<String, NativeTensor> tensors) {
    List<NativeTensor> parts = spec.tensors().stream().map(tensors::get).toList();
    long[] first = parts.get(0).shape();
    int positions = first.length == 2 ? (int) (first[1] / spec.beside().each().get(0)) : -1;
    for (int i = 0; i < parts.size(); i++) {
      long[] wanted = {first[0], (long) positions * spec.beside().each().get(i)};
      if (!parts.get(i).type().integral() || !Arrays.equals(parts.get(i).shape(), wanted)) {
        throw new ModelException(
            "Cannot use output "
                + spec.tensors().get(i)
                + ": it is "
                + parts.get(i).type().id()
                + Arrays.toString(parts.get(i).shape())
                + " beside "
                + spec.tensor()
                + " "
                + Arrays.toString(first)
                + " (whole numbers, of a position "
                + spec.beside().each()
                + ")");
      }
    }
    int rows = Math.toIntExact(first[0] * positions);
    int[] ids = new int[rows * all];
    int column = 0;
    for (int i = 0; i < parts.size(); i++) {
      int each = spec.beside().each().get(i);
      int[] own = new int[rows * each];
      parts.get(i).read(0, own, 0, own.length);
      copy(own, each, 0, ids, all, column, each);
      column += each;
    }
    NativeTensor joined = session.allocate(parts.get(0).type(), first[0], positions, all);
    joined.write(0, ids, 0, ids.length);
    return joined;
  }

  /** Splits ids into the model's tensors by name; the caller closes them. */
  Map<String, NativeTensor> split(ModelSession session, NativeTensor joined) {
    long[] shape = joined.shape();
    int[] ids = new int[Math.toIntExact(joined.size())];
    joined.read(0, ids, 0, ids.length);
    Map<String, NativeTensor> parts = new LinkedHashMap<>();
    int column = 0;
    for (int i = 0; i < spec.tensors().size(); i++) {
      int each = spec.beside().each().get(i);
      int[] own = new int[ids.length / all * each];
      copy(ids, all, column, own, each, 0, each);
      NativeTensor part = session.allocate(joined.type(), shape[0], shape[1] * each);
      parts.put(spec.tensors().get(i), part);
      part.write(0, own, 0, own.length);
      column += each;
    }
    return parts;
  }

  /** Copies some columns of rows. */
  private static void copy(
      int[] from, int fromWidth, int fromAt, int[] to, int toWidth, int toAt, int count) {
    for (int row = 0; row < to.length / toWidth; row++) {
      System.arraycopy(from, row * fromWidth + fromAt, to, row * toWidth + toAt, count);
    }
  }
}
