package org.tessera.pipeline.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tessera.model.npy.FloatTensor;
import org.tessera.model.npy.NpyArray;
import org.tessera.model.npy.Npz;

/** Against NumPy's eigenvectors; {@code recipe.py} beside the file says how it was made. */
class PrincipalAxesTest {
  private static FloatTensor rows;
  private static FloatTensor axes;
  private static FloatTensor kept;
  private static FloatTensor variances;

  @BeforeAll
  static void read() throws Exception {
    Path file = Path.of(PrincipalAxesTest.class.getResource("pca.npz").toURI());
    SortedMap<String, NpyArray> arrays = Npz.read(file);
    rows = arrays.get("rows").toFloatTensor();
    axes = arrays.get("axes").toFloatTensor();
    kept = arrays.get("kept").toFloatTensor();
    variances = arrays.get("variances").toFloatTensor();
  }

  private static Transform transform(VectorBlocks blocks, int dimensions, TransformSpec.Kind kind) {
    return PrincipalAxes.of(Moments.of(blocks, Extent.of(blocks)), dimensions, kind);
  }

  @Test
  void findsTheAxesOfNumPy() {
    Transform transform =
        transform(LocalBlocks.of(rows.values(), 6, 64), 3, TransformSpec.Kind.PCA);

    assertThat(transform.from()).isEqualTo(6);
    assertThat(transform.to()).isEqualTo(3);
    for (int axis = 0; axis < 3; axis++) {
      for (int d = 0; d < 6; d++) {
        assertThat(transform.forward()[d * 3 + axis])
            .isCloseTo(axes.values()[axis * 6 + d], within(2e-5f));
        assertThat(transform.backward()[axis * 6 + d])
            .isCloseTo(axes.values()[axis * 6 + d], within(2e-5f));
      }
    }
    float[] all = variances.values();
    double total = 0;
    for (float variance : all) {
      total += variance;
    }
    assertThat(transform.kept()).isCloseTo((all[0] + all[1] + all[2]) / total, within(1e-6));
  }

  @Test
  void rotatesRowsAsNumPyDoes() {
    LocalBlocks blocks = LocalBlocks.of(rows.values(), 6, 64);
    Transform transform = transform(blocks, 3, TransformSpec.Kind.PCA);
    int row = 0;
    for (Block block : ((LocalBlocks) blocks.map(transform, 3)).blocks()) {
      for (float value : block.values()) {
        assertThat(value).isCloseTo(kept.values()[row++], within(2e-3f));
      }
    }
    assertThat(row).isEqualTo(900);
  }

  @Test
  void doesNotDependOnOrderAndSpread() {
    var cut = LocalBlocks.cut(rows.values(), 6, 16);
    Transform one = transform(new LocalBlocks(cut, 1, 0), 6, TransformSpec.Kind.WHITEN);
    Transform many = transform(new LocalBlocks(cut, 5, 3), 6, TransformSpec.Kind.WHITEN);
    assertThat(many.forward()).isEqualTo(one.forward());
    assertThat(many.backward()).isEqualTo(one.backward());
    assertThat(many.mean()).isEqualTo(one.mean());
  }

  @Test
  void whiteningGivesUnitVariance() {
    LocalBlocks blocks = LocalBlocks.of(rows.values(), 6, 64);
    Transform transform = transform(blocks, 5, TransformSpec.Kind.WHITEN);
    VectorBlocks white = blocks.map(transform, 5);
    double[] covariance = Moments.of(white, Extent.of(white)).covariance();
    for (int i = 0; i < 5; i++) {
      for (int j = 0; j < 5; j++) {
        assertThat(covariance[i * 5 + j]).isCloseTo(i == j ? 1 : 0, within(1e-3));
      }
    }
  }

  @Test
  void constantVectorsHaveAxesToo() {
    float[] same = new float[6 * 40];
    java.util.Arrays.fill(same, 2.5f);
    Transform transform = transform(LocalBlocks.of(same, 6, 16), 2, TransformSpec.Kind.WHITEN);
    assertThat(transform.kept()).isEqualTo(1);
    assertThat(transform.forward()).doesNotContain(Float.NaN, Float.POSITIVE_INFINITY);
  }
}
