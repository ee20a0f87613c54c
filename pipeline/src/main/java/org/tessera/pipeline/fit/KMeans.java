package org.tessera.pipeline.fit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Learns one codebook by k-means over blocks of vectors: seeds, passes of Lloyd's algorithm or of
 * mini-batches (Sculley: Web-scale k-means clustering, WWW 2010), and codes without vectors moved
 * to vectors drawn by their squared error. The result depends on the vectors, the specification and
 * the seed alone. After each pass the state is written; a fit that finds a state goes on from it.
 * The driver and each worker need memory for a few codebooks. Not thread-safe.
 */
final class KMeans {
  /** How often codes may be moved after the last pass until all are used. */
  private static final int REPAIRS = 8;

  private final VectorBlocks blocks;
  private final TrainingSpec training;
  private final int number;
  private final long seed;
  private final FitState state;
  private final Consumer<PassReport> listener;

  /** What passes leave to the next ones. */
  private Notes notes;

  /**
   * A learner.
   *
   * @param number the number of the codebook, from 0
   * @param state where to keep and look for what has been learned
   * @param listener hears of every pass, including those found in the state
   */
  KMeans(
      VectorBlocks blocks,
      TrainingSpec training,
      int number,
      FitState state,
      Consumer<PassReport> listener) {
    this.blocks = blocks;
    this.training = training;
    this.number = number;
    this.seed = Hashing.mix(training.seed(), number);
    this.state = state;
    this.listener = listener;
  }

  /**
   * Learns a codebook.
   *
   * @throws FitException when the vectors cannot support as many codes
   */
  Codebook learn(int codes) {
    requireVectors(codes);
    ClusterPass.Scales scales = new ClusterPass.Scales(most(), blocks.count(), blocks.dimensions());
    KMeansState current = start(codes, scales);
    current.passes().forEach(listener);
    takeNotes(current.codebook());
    for (int pass = current.passes().size(); pass < training.passes(); pass++) {
      current = pass(current, pass, scales);
      state.write(name(number), current.toBytes());
      listener.accept(current.passes().get(pass));
    }
    return finish(current, scales);
  }

  /** What the codebook that was learned leaves over of the vectors; the caller closes it. */
  VectorBlocks leftOver(Codebook learned) {
    return blocks.map(new LeftOver(learned, notes.follow(learned)), blocks.dimensions());
  }

  /** Makes the passes from given codes, without keeping or measuring anything. */
  Codebook refine(Codebook start) {
    double most = Math.max(most(), start.absolute());
    ClusterPass.Scales scales = new ClusterPass.Scales(most, blocks.count(), blocks.dimensions());
    KMeansState current = new KMeansState(start, new long[start.codes()], List.of());
    takeNotes(start);
    for (int pass = 0; pass < training.passes(); pass++) {
      current = pass(current, pass, scales);
    }
    return current.codebook();
  }

  /**
   * Chooses codes to begin with.
   *
   * @throws FitException when the vectors cannot support as many codes
   */
  Codebook seeds(int codes) {
    requireVectors(codes);
    ClusterPass.Scales scales = new ClusterPass.Scales(most(), blocks.count(), blocks.dimensions());
    return new Seeds(blocks, scales, seed).choose(codes, training.seeding());
  }

  /** Notes are of all blocks: mini-batches see some of them. */
  private void takeNotes(Codebook start) {
    notes = training.miniBatches() == 1 ? Notes.of(blocks, start) : Notes.none();
  }

  /** The greatest absolute value, of which squared distances must be 32-bit floats. */
  private double most() {
    double most = Extent.of(blocks).absolute();
    if (16 * most * most * blocks.dimensions() > Float.MAX_VALUE) {
      throw new FitException(
          FitException.Kind.DATA,
          "Cannot learn codes from features as large as "
              + most
              + ", whose squares are no 32-bit floats (scale them in the front-end)");
    }
    return most;
  }

  private void requireVectors(int codes) {
    if (blocks.count() < codes) {
      throw new FitException(
          FitException.Kind.DATA,
          "Cannot learn "
              + codes
              + " codes from "
              + blocks.count()
              + " vectors (lower the number of codes or give more data)");
    }
  }

  private KMeansState start(int codes, ClusterPass.Scales scales) {
    Optional<KMeansState> found = state.read(name(number)).map(KMeansState::of);
    if (found.isPresent()) {
      return found.get();
    }
    Codebook seeds = new Seeds(blocks, scales, seed).choose(codes, training.seeding());
    KMeansState first = new KMeansState(seeds, new long[codes], List.of());
    state.write(name(number), first.toBytes());
    return first;
  }

  /** The state's name of a codebook. */
  static String name(int codebook) {
    return "codebook-" + codebook;
  }

  private KMeansState pass(KMeansState before, int pass, ClusterPass.Scales scales) {
    Codebook codebook = before.codebook();
    Codebook searched = codebook;
    long[] weights = before.weights();
    long[] counts = new long[codebook.codes()];
    int shares = training.miniBatches();
    ClusterPass.Share last = share(pass, shares - 1);
    ClusterPass.Draw draw = draw(pass * shares + shares - 1, codebook.codes());
    // Where a pass left codes unused, the next one is likely to; it draws vectors as it goes.
    boolean draws = before.unused();
    List<float[]> drawn = List.of();
    double error = 0;
    for (int part = 0; part < shares; part++) {
      boolean drawing = draws && part == shares - 1;
      searched = codebook;
      Map<Integer, VectorBlocks.Part> parts =
          fold(searched, scales, drawing ? draw : ClusterPass.Draw.NONE, share(pass, part));
      ClusterPass.Totals totals = (ClusterPass.Totals) parts.get(ClusterPass.TOTALS);
      error += totals.error();
      long[] shareCounts = counts(parts, codebook);
      Arrays.setAll(counts, code -> counts[code] + shareCounts[code]);
      if (shares == 1) {
        Arrays.fill(weights, 0);
      }
      codebook = update(codebook, weights, parts, scales);
      drawn = totals.draws().vectors();
    }
    int used = Usage.used(counts);
    if (used < counts.length && !draws) {
      drawn = drawn(searched, scales, draw, last);
    }
    Revival revival = revive(codebook, counts, drawn);
    List<PassReport> passes = new ArrayList<>(before.passes());
    passes.add(report(pass, error, counts, revival.number));
    return new KMeansState(revival.codebook, weights, passes);
  }

  /** Assigns vectors, and adds up those of each code. */
  private Map<Integer, VectorBlocks.Part> fold(
      Codebook codebook, ClusterPass.Scales scales, ClusterPass.Draw draw, ClusterPass.Share from) {
    notes = notes.follow(codebook);
    return notes.whole(
        blocks.fold(
            new ClusterPass(codebook, scales, ClusterPass.Collect.SUMS, draw, from, notes)));
  }

  private PassReport report(int pass, double error, long[] counts, int revived) {
    double loss = error / blocks.count() / blocks.dimensions();
    return new PassReport(
        number, pass, loss, counts.length, Usage.used(counts), Usage.perplexity(counts), revived);
  }

  private ClusterPass.Share share(int pass, int part) {
    return new ClusterPass.Share(Hashing.mix(seed, pass), part, training.miniBatches());
  }

  /** Vectors drawn by their squared distance from their nearest codes. */
  private List<float[]> drawn(
      Codebook codebook, ClusterPass.Scales scales, ClusterPass.Draw draw, ClusterPass.Share from) {
    ClusterPass pass =
        new ClusterPass(codebook, scales, ClusterPass.Collect.NOTHING, draw, from, notes);
    return ((ClusterPass.Totals) blocks.fold(pass).get(ClusterPass.TOTALS)).draws().vectors();
  }

  private ClusterPass.Draw draw(int round, int codes) {
    return new ClusterPass.Draw(
        Hashing.mix(seed, 1000L + round), Math.min(codes, 1024 + codes / 16));
  }

  /** Moves each code towards the mean of its vectors, by their share of its weight. */
  private static Codebook update(
      Codebook codebook,
      long[] weights,
      Map<Integer, VectorBlocks.Part> parts,
      ClusterPass.Scales scales) {
    int dimensions = codebook.dimensions();
    int codesPerPart = ClusterPass.codesPerPart(dimensions);
    float[] values = codebook.values().clone();
    parts.forEach(
        (key, part) -> {
          if (key == ClusterPass.TOTALS) {
            return;
          }
          ClusterPass.Sums sums = (ClusterPass.Sums) part;
          for (int i = 0; i < sums.counts().length; i++) {
            long count = sums.counts()[i];
            if (count > 0) {
              int code = key * codesPerPart + i;
              weights[code] += count;
              double share = (double) count / weights[code];
              for (int d = 0; d < dimensions; d++) {
                double mean = sums.sums()[i * dimensions + d] / scales.value() / count;
                double old = values[code * dimensions + d];
                values[code * dimensions + d] =
                    (float) (share == 1 ? mean : old + (mean - old) * share);
              }
            }
          }
        });
    return codebook.moved(values);
  }

  /** A codebook in which codes without vectors were moved. */
  private record Revival(Codebook codebook, int number) {}

  private static Revival revive(Codebook codebook, long[] counts, List<float[]> drawn) {
    int dimensions = codebook.dimensions();
    float[] values = codebook.values().clone();
    int revived = 0;
    for (int code = 0; code < counts.length && revived < drawn.size(); code++) {
      if (counts[code] == 0) {
        System.arraycopy(drawn.get(revived), 0, values, code * dimensions, dimensions);
        revived++;
      }
    }
    return new Revival(codebook.moved(values), revived);
  }

  /** Measures the final codes, and moves those that are not used until all are. */
  private Codebook finish(KMeansState last, ClusterPass.Scales scales) {
    Codebook codebook = last.codebook();
    if (training.miniBatches() > 1) {
      notes = Notes.of(blocks, codebook);
    }
    int revived = 0;
    for (int repair = 0; ; repair++) {
      Map<Integer, VectorBlocks.Part> parts =
          fold(codebook, scales, ClusterPass.Draw.NONE, ClusterPass.Share.ALL);
      long[] counts = counts(parts, codebook);
      int used = Usage.used(counts);
      if (used == codebook.codes() || repair == REPAIRS) {
        double error = ((ClusterPass.Totals) parts.get(ClusterPass.TOTALS)).error();
        listener.accept(report(last.passes().size(), error, counts, revived));
        return codebook;
      }
      ClusterPass.Draw draw = draw(training.passes() + repair + 1_000_000, codebook.codes());
      List<float[]> drawn = drawn(codebook, scales, draw, ClusterPass.Share.ALL);
      Revival revival = revive(codebook, counts, drawn);
      codebook = revival.codebook;
      revived += revival.number;
    }
  }

  /** The number of vectors of each code. */
  static long[] counts(Map<Integer, VectorBlocks.Part> parts, Codebook codebook) {
    long[] counts = new long[codebook.codes()];
    int codesPerPart = ClusterPass.codesPerPart(codebook.dimensions());
    parts.forEach(
        (key, part) -> {
          if (key != ClusterPass.TOTALS) {
            long[] from = ((ClusterPass.Sums) part).counts();
            System.arraycopy(from, 0, counts, key * codesPerPart, from.length);
          }
        });
    return counts;
  }
}
