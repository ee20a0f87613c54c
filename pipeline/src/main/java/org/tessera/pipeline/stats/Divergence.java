package org.tessera.pipeline.stats;

/**
 * How far two histograms of one codebook are apart. With P the shares of the baseline, Q those of
 * the candidate, n and m their totals:
 *
 * <ul>
 *   <li>total variation {@code ½ Σ |p - q|}, 0 to 1
 *   <li>Jensen-Shannon divergence {@code ½ Σ p log2(p / a) + ½ Σ q log2(q / a)}, a the mean of
 *       both, in bits, 0 to 1
 *   <li>chi-square of the 2 × K table, {@code Σ over codes used by either of (√(m / n) c - √(n / m)
 *       d)² / (c + d)}, c and d the counts; its degrees of freedom are those codes less one
 *   <li>population stability index {@code Σ (q - p) ln(q / p)} with {@code (count + ½) / (total + K
 *       / 2)} for the shares, so that a code that one side lacks is finite
 * </ul>
 *
 * Ids of finite samples of one source differ too; the {@code noise} of each says by how much when
 * the ids are independent, which those of one image are not quite.
 *
 * @param baseline how many ids the baseline has
 * @param candidate how many the candidate has
 * @param codes codes that either uses
 * @param appeared codes that only the candidate uses
 * @param vanished codes that only the baseline uses
 * @param totalVariation 0 to 1
 * @param totalVariationNoise what that would be about, were both drawn from one source
 * @param jensenShannon bits
 * @param chiSquare of the table
 * @param psi population stability index
 */
public record Divergence(
    long baseline,
    long candidate,
    long codes,
    long appeared,
    long vanished,
    double totalVariation,
    double totalVariationNoise,
    double jensenShannon,
    double chiSquare,
    double psi) {

  /** The degrees of freedom of {@link #chiSquare}. */
  public long degreesOfFreedom() {
    return Math.max(0, codes - 1);
  }

  /** Cramér's V of the 2 × K table: {@code √(χ² / (n + m))}, 0 to 1 whatever the totals. */
  public double cramersV() {
    return Math.sqrt(chiSquare / (baseline + candidate));
  }

  /** What {@link #jensenShannon} would be about, were both drawn from one source. */
  public double jensenShannonNoise() {
    return degreesOfFreedom() * perDraw() / (8 * Math.log(2));
  }

  /** What {@link #psi} would be about, were both drawn from one source. */
  public double psiNoise() {
    return degreesOfFreedom() * perDraw();
  }

  /** What {@link #cramersV} would be about, were both drawn from one source. */
  public double cramersVNoise() {
    return Math.sqrt((double) degreesOfFreedom() / (baseline + candidate));
  }

  private double perDraw() {
    return 1.0 / baseline + 1.0 / candidate;
  }

  /** Adds up code by code. Not thread-safe. */
  public static final class Sum {
    private final long baseline;
    private final long candidate;
    private final double smoothBaseline;
    private final double smoothCandidate;
    private final long radix;
    private long seen;
    private long used;
    private long appeared;
    private long vanished;
    private double totalVariation;
    private double noise;
    private double jensenShannon;
    private double chiSquare;
    private double psi;

    /**
     * Nothing added yet.
     *
     * @param baseline all ids of the baseline, at least 1
     * @param candidate all ids of the candidate, at least 1
     * @param radix the number of codes
     */
    public Sum(long baseline, long candidate, long radix) {
      if (baseline < 1 || candidate < 1 || radix < 1) {
        throw new IllegalArgumentException(
            String.format(
                "Cannot compare %d ids with %d of %d codes (both need ids)",
                candidate, baseline, radix));
      }
      this.baseline = baseline;
      this.candidate = candidate;
      this.radix = radix;
      this.smoothBaseline = baseline + radix / 2.0;
      this.smoothCandidate = candidate + radix / 2.0;
    }

    /** One code's counts; codes that neither uses may be left out. */
    public void add(long baselineCount, long candidateCount) {
      seen++;
      if (baselineCount == 0 && candidateCount == 0) {
        addUnused(1);
        return;
      }
      used++;
      appeared += baselineCount == 0 ? 1 : 0;
      vanished += candidateCount == 0 ? 1 : 0;
      double p = (double) baselineCount / baseline;
      double q = (double) candidateCount / candidate;
      totalVariation += Math.abs(p - q) / 2;
      double both = (double) (baselineCount + candidateCount) / (baseline + candidate);
      noise += Math.sqrt(both * (1 - both));
      jensenShannon += (half(p, q) + half(q, p)) / 2;
      double ratio = Math.sqrt((double) candidate / baseline);
      double difference = ratio * baselineCount - candidateCount / ratio;
      chiSquare += difference * difference / (baselineCount + candidateCount);
      addPsi((baselineCount + 0.5) / smoothBaseline, (candidateCount + 0.5) / smoothCandidate, 1);
    }

    private static double half(double own, double other) {
      return own == 0 ? 0 : own * Math.log(2 * own / (own + other)) / Math.log(2);
    }

    private void addUnused(long times) {
      addPsi(0.5 / smoothBaseline, 0.5 / smoothCandidate, times);
    }

    private void addPsi(double p, double q, long times) {
      psi += times * (q - p) * Math.log(q / p);
    }

    /** What was added, with the codes that were left out as unused ones. */
    public Divergence done() {
      addUnused(radix - seen);
      seen = radix;
      return new Divergence(
          baseline,
          candidate,
          used,
          appeared,
          vanished,
          totalVariation,
          noise * Math.sqrt((1.0 / baseline + 1.0 / candidate) / (2 * Math.PI)),
          Math.max(0, jensenShannon),
          chiSquare,
          psi);
    }
  }

  /** Compares two histograms. */
  public static Divergence between(CodebookCounts baseline, CodebookCounts candidate) {
    Sum sum = new Sum(baseline.total(), candidate.total(), baseline.codes());
    for (int code = 0; code < baseline.codes(); code++) {
      sum.add(baseline.count(code), candidate.count(code));
    }
    return sum.done();
  }
}
