package org.tessera.pipeline.fit;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** One of each thing that crosses to executors, for tests in other packages. */
public final class CrossingParts {
  private static final int DIMENSIONS = 4;

  private CrossingParts() {}

  private static float[] gaussian(int size) {
    Random random = new Random(size);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** A block of vectors. */
  public static Block block() {
    return new Block(Block.id(3, 5), 50, DIMENSIONS, gaussian(50 * DIMENSIONS));
  }

  /** Codes in two groups, which have moved, with notes. */
  private static ClusterPass noted() {
    Codebook codebook = new Codebook(64, gaussian(64 * DIMENSIONS));
    Codebook moved = codebook.moved(gaussian(65 * DIMENSIONS));
    return new ClusterPass(
        moved,
        new ClusterPass.Scales(10, 1000, DIMENSIONS),
        ClusterPass.Collect.SUMS,
        new ClusterPass.Draw(1, 7),
        ClusterPass.Share.ALL,
        Notes.of(new LocalBlocks(List.of(block()), 1, 0), codebook).follow(moved));
  }

  /** One of each fold. */
  public static List<VectorBlocks.Fold> folds() {
    return List.of(
        new ClusterPass(
            new Codebook(6, gaussian(6 * DIMENSIONS)),
            new ClusterPass.Scales(10, 1000, DIMENSIONS),
            ClusterPass.Collect.SUMS,
            new ClusterPass.Draw(1, 7),
            ClusterPass.Share.ALL),
        noted(),
        new UniformDraw(1, 7, 100),
        new Moments.SumFold(DIMENSIONS, 1024),
        new Moments.ProductFold(new float[DIMENSIONS], 1024),
        new Moments.SquareFold(new double[DIMENSIONS], 1024),
        new OptimizedRotation.CrossFold(
            new Codebook[] {
              new Codebook(3, gaussian(3 * DIMENSIONS / 2)),
              new Codebook(2, gaussian(2 * DIMENSIONS / 2))
            },
            1024),
        new QuantizerMeasure.MeasureFold(
            "lfq", new TreeMap<>(Map.of("bits", DIMENSIONS, "bit_order", "little")), 1024),
        new Extent.ExtentFold(DIMENSIONS));
  }

  /** One of each map. */
  public static List<VectorBlocks.BlockMap> maps() {
    return List.of(
        new LeftOver(new Codebook(6, gaussian(6 * DIMENSIONS)), Notes.none()),
        new Slice(1, 2),
        new Transform(
            gaussian(DIMENSIONS), gaussian(2 * DIMENSIONS), gaussian(2 * DIMENSIONS), 0.5));
  }

  /** What a fold collects from one block. */
  public static Map<Integer, VectorBlocks.Part> run(VectorBlocks.Fold fold, Block block) {
    try (VectorBlocks.FoldWorker worker = fold.open()) {
      worker.add(block);
      return new TreeMap<>(worker.parts());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a map makes of a block. */
  public static Block run(VectorBlocks.BlockMap map, Block block) {
    try (VectorBlocks.MapWorker worker = map.open()) {
      return worker.apply(block);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Everything that a block holds. */
  public static String values(Block block) {
    return block.id() + " " + block.count() + " " + Arrays.toString(block.values());
  }

  /** Everything that a part holds. */
  public static String describe(VectorBlocks.Part part) {
    if (part instanceof ClusterPass.Sums sums) {
      return Arrays.toString(sums.counts()) + Arrays.toString(sums.sums());
    } else if (part instanceof ClusterPass.Totals totals) {
      return totals.vectors() + " " + totals.error() + describe(totals.draws());
    } else if (part instanceof Draws draws) {
      return draws.vectors().stream().map(Arrays::toString).toList().toString();
    } else if (part instanceof Extent extent) {
      return Arrays.toString(extent.least()) + Arrays.toString(extent.most());
    } else if (part instanceof QuantizerMeasure measure) {
      return Arrays.toString(measure.counts(0))
          + measure.loss(0)
          + Arrays.toString(measure.gains());
    }
    return Arrays.toString(((Moments.Sums) part).sums());
  }
}
