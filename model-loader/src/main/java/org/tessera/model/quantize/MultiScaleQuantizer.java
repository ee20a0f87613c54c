package org.tessera.model.quantize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.quantize.graph.BlockCodes;
import org.tessera.model.quantize.graph.GraphMath;
import org.tessera.model.quantize.kernel.Resampling;

/**
 * Family {@code multi_scale}: a feature map is quantized scale by scale, coarse to fine (VAR, Tian
 * et al. 2024). For each scale, what the scales before it left over is resampled to the scale by
 * area means, each position gets the id of its best code, the codes are resampled back by bicubic
 * interpolation, go through the scale's convolution where there is one, and are taken away. No
 * resampling happens where scale and map have equal sizes.
 *
 * <p>Ids are the scales one after the other, each row-major. A scale whose ids are all -1 is
 * dropped: it adds nothing.
 */
final class MultiScaleQuantizer extends FamilyQuantizer {
  private final int height;
  private final int width;
  private final Codebook codebook;
  private final List<Scale> scales;
  private final List<PhiConvolution> phi;

  private MultiScaleQuantizer(
      int height, int width, Codebook codebook, List<Scale> scales, List<PhiConvolution> phi) {
    this.height = height;
    this.width = width;
    this.codebook = codebook;
    this.scales = List.copyOf(scales);
    this.phi = List.copyOf(phi);
  }

  /**
   * One scale.
   *
   * @param first its first id slot
   * @param phi its convolution, or -1
   */
  private record Scale(int rows, int columns, int first, int phi) {
    int positions() {
      return rows * columns;
    }
  }

  static FamilyQuantizer read(SpecReader reader) {
    VectorRule rule = VectorRule.read(reader);
    int height = reader.integer("height", 1, 1 << 12);
    int width = reader.integer("width", 1, 1 << 12);
    SpecReader.Named table = reader.tensor("codebook", 2);
    int[][] sizes = MultiScaleSpec.scales(reader, height, width);
    int used = reader.integerOr("levels", Math.max(1, sizes.length), 1, Math.max(1, sizes.length));
    int channels = table == null ? 0 : table.tensor().extent(1);
    List<PhiConvolution> phi = MultiScaleSpec.convolutions(reader, channels);
    int[] index = MultiScaleSpec.phiIndex(reader, phi.size(), sizes.length);
    if (!reader.finish()) {
      return null;
    }
    List<Scale> scales = new ArrayList<>();
    int first = 0;
    for (int s = 0; s < used; s++) {
      scales.add(new Scale(sizes[s][0], sizes[s][1], first, index[s]));
      first += sizes[s][0] * sizes[s][1];
    }
    Codebook codebook = new Codebook(List.of(table.tensor()), new double[] {1}, rule);
    return new MultiScaleQuantizer(height, width, codebook, scales, phi);
  }

  @Override
  FamilyQuantizer first(int count) {
    List<Integer> ends = new ArrayList<>();
    for (int s = 0; s < scales.size(); s++) {
      ends.add(scales.get(s).first() + scales.get(s).positions());
      if (ends.get(s) == count) {
        return new MultiScaleQuantizer(height, width, codebook, scales.subList(0, s + 1), phi);
      }
    }
    throw new IllegalArgumentException(
        "the first " + count + " ids are no whole number of scales (keep " + ends + ")");
  }

  /** The number of positions of each scale, coarse first. */
  List<Integer> scalePositions() {
    return scales.stream().map(Scale::positions).toList();
  }

  @Override
  public int[] latentShape() {
    return new int[] {height, width, codebook.dimensions()};
  }

  @Override
  public int idsPerVector() {
    return scales.stream().mapToInt(Scale::positions).sum();
  }

  @Override
  public int[] radices() {
    int[] radices = new int[idsPerVector()];
    Arrays.fill(radices, codebook.codes());
    return radices;
  }

  @Override
  public String slotAxis() {
    return "position";
  }

  @Override
  public boolean droppable() {
    return true;
  }

  @Override
  public int errorsPerVector() {
    return scales.size();
  }

  @Override
  public void encode(float[] vectors, int count, int[] ids, float[] errors) {
    int size = dimensions();
    int c = codebook.dimensions();
    for (int i = 0; i < count; i++) {
      float[] rest = Arrays.copyOfRange(vectors, i * size, (i + 1) * size);
      for (int s = 0; s < scales.size(); s++) {
        Scale scale = scales.get(s);
        float[] small =
            resized(scale)
                ? Resampling.apply(
                    rest,
                    height,
                    width,
                    c,
                    Resampling.area(scale.rows(), height),
                    Resampling.area(scale.columns(), width))
                : rest.clone();
        int[] chosen = new int[scale.positions()];
        codebook.prepare(small, scale.positions());
        codebook.nearest(small, scale.positions(), chosen);
        System.arraycopy(chosen, 0, ids, i * idsPerVector() + scale.first(), chosen.length);
        float[] found = grow(scale, chosen);
        double sum = 0;
        for (int j = 0; j < size; j++) {
          rest[j] -= found[j];
          sum += (double) rest[j] * rest[j];
        }
        if (errors != null) {
          errors[i * scales.size() + s] = (float) (sum / size);
        }
      }
    }
  }

  private boolean resized(Scale scale) {
    return scale.rows() != height || scale.columns() != width;
  }

  /** What the codes of a scale add to the map; ids of -1 stand for zeros. */
  private float[] grow(Scale scale, int[] chosen) {
    int c = codebook.dimensions();
    float[] small = new float[scale.positions() * c];
    for (int p = 0; p < chosen.length; p++) {
      if (chosen[p] >= 0) {
        System.arraycopy(codebook.vectors(), chosen[p] * c, small, p * c, c);
      }
    }
    float[] found =
        resized(scale)
            ? Resampling.apply(
                small,
                scale.rows(),
                scale.columns(),
                c,
                Resampling.bicubic(height, scale.rows()),
                Resampling.bicubic(width, scale.columns()))
            : small;
    return scale.phi() < 0 ? found : phi.get(scale.phi()).apply(found, height, width);
  }

  @Override
  public void decode(int[] ids, int count, float[] vectors) {
    checkIds(ids, count);
    int size = dimensions();
    Arrays.fill(vectors, 0, count * size, 0);
    for (int i = 0; i < count; i++) {
      for (Scale scale : scales) {
        int from = i * idsPerVector() + scale.first();
        int[] own = Arrays.copyOfRange(ids, from, from + scale.positions());
        if (Arrays.stream(own).anyMatch(id -> id >= 0)) {
          float[] found = grow(scale, own);
          for (int j = 0; j < size; j++) {
            vectors[i * size + j] += found[j];
          }
        }
      }
    }
  }

  @Override
  int blockRows() {
    return 1;
  }

  @Override
  int constantCount() {
    return codebook.constantCount() + 2 * phi.size();
  }

  @Override
  List<Operand<?>> constants(Ops tf) {
    List<Operand<?>> constants = new ArrayList<>(codebook.constants(tf));
    for (PhiConvolution convolution : phi) {
      constants.addAll(convolution.constants(tf));
    }
    return constants;
  }

  @Override
  BlockCodes encodeBlock(Ops tf, Operand<TFloat32> rows, List<Operand<?>> constants) {
    int c = codebook.dimensions();
    int own = codebook.constantCount();
    List<Operand<?>> convolutions = constants.subList(own, constants.size());
    Operand<TFloat32> rest = GraphMath.reshape(tf, rows, -1, height, width, c);
    Operand<TFloat32> sum = null;
    List<Operand<TInt32>> ids = new ArrayList<>();
    List<Operand<TFloat32>> errors = new ArrayList<>();
    for (Scale scale : scales) {
      Operand<TFloat32> small =
          resized(scale)
              ? resample(
                  tf,
                  rest,
                  new int[] {height, width},
                  Resampling.area(scale.rows(), height),
                  Resampling.area(scale.columns(), width))
              : rest;
      BlockCodes codes =
          codebook.encodeBlock(tf, GraphMath.reshape(tf, small, -1, c), constants.subList(0, own));
      ids.add(GraphMath.reshape(tf, codes.ids(), -1, scale.positions()));
      Operand<TFloat32> found = grow(tf, scale, codes.vectors(), convolutions);
      rest = tf.math.sub(rest, found);
      sum = sum == null ? found : tf.math.add(sum, found);
      errors.add(GraphMath.meanSquare(tf, GraphMath.reshape(tf, rest, -1, dimensions())));
    }
    return new BlockCodes(
        GraphMath.beside(tf, ids),
        tf.stack(errors, Stack.axis(1L)),
        GraphMath.reshape(tf, sum, -1, dimensions()));
  }

  private Operand<TFloat32> grow(
      Ops tf, Scale scale, Operand<TFloat32> vectors, List<Operand<?>> convolutions) {
    Operand<TFloat32> small =
        GraphMath.reshape(tf, vectors, -1, scale.rows(), scale.columns(), codebook.dimensions());
    Operand<TFloat32> found =
        resized(scale)
            ? resample(
                tf,
                small,
                new int[] {scale.rows(), scale.columns()},
                Resampling.bicubic(height, scale.rows()),
                Resampling.bicubic(width, scale.columns()))
            : small;
    if (scale.phi() < 0) {
      return found;
    }
    int at = 2 * scale.phi();
    return phi.get(scale.phi()).apply(tf, found, convolutions.subList(at, at + 2));
  }

  /** Resamples {@code [n, height, width, channels]} along height, then width. */
  private Operand<TFloat32> resample(
      Ops tf, Operand<TFloat32> maps, int[] from, float[] rows, float[] columns) {
    int c = codebook.dimensions();
    int newHeight = rows.length / from[0];
    int newWidth = columns.length / from[1];
    Operand<TFloat32> tall =
        tf.train.batchMatMul(
            GraphMath.constant(tf, rows, 1, newHeight, from[0]),
            GraphMath.reshape(tf, maps, -1, from[0], from[1] * c),
            TFloat32.class);
    Operand<TFloat32> wide =
        tf.train.batchMatMul(
            GraphMath.constant(tf, columns, 1, newWidth, from[1]),
            GraphMath.reshape(tf, tall, -1, from[1], c),
            TFloat32.class);
    return GraphMath.reshape(tf, wide, -1, newHeight, newWidth, c);
  }

  @Override
  Operand<TFloat32> decodeRows(Ops tf, Operand<TInt32> ids) {
    int c = codebook.dimensions();
    List<Operand<?>> convolutions = new ArrayList<>();
    phi.forEach(convolution -> convolutions.addAll(convolution.constants(tf)));
    Operand<TFloat32> table = GraphMath.constant(tf, codebook.vectors(), codebook.codes(), c);
    Operand<TFloat32> sum = null;
    for (Scale scale : scales) {
      Operand<TInt32> own = GraphMath.columns(tf, ids, scale.first(), scale.positions());
      Operand<TFloat32> kept =
          tf.dtypes.cast(tf.math.greaterEqual(own, tf.constant(0)), TFloat32.class);
      Operand<TFloat32> vectors =
          tf.math.mul(
              tf.gather(table, tf.math.maximum(own, tf.constant(0)), tf.constant(0)),
              tf.expandDims(kept, tf.constant(2)));
      Operand<TFloat32> found = grow(tf, scale, vectors, convolutions);
      Operand<TFloat32> any = GraphMath.reshape(tf, tf.max(kept, tf.constant(1)), -1, 1, 1, 1);
      found = tf.math.mul(found, any);
      sum = sum == null ? found : tf.math.add(sum, found);
    }
    return GraphMath.reshape(tf, sum, -1, dimensions());
  }
}
