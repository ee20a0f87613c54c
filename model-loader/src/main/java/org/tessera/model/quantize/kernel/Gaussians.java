package org.tessera.model.quantize.kernel;

/**
 * Normal random numbers that are the same on every machine and in every version: SplitMix64 (Steele
 * et al. 2014) gives the bits, the Box-Muller transform with {@link StrictMath} the numbers, in
 * 64-bit floats rounded to 32 at the end. Each pair of uniform numbers {@code u, v} gives {@code
 * √(-2 ln u) cos(2πv)}, then {@code √(-2 ln u) sin(2πv)}; {@code u = (top 53 bits + 1)/2^53} and
 * {@code v = (top 53 bits)/2^53}. Not thread-safe.
 */
public final class Gaussians {
  private long state;

  /** Numbers that follow from a seed. */
  public Gaussians(long seed) {
    this.state = seed;
  }

  /** The next {@code count} numbers, an odd one out being thrown away, times {@code deviation}. */
  public float[] next(int count, double deviation) {
    float[] values = new float[count];
    for (int i = 0; i < count; i += 2) {
      double u = ((bits() >>> 11) + 1) * 0x1p-53;
      double v = (bits() >>> 11) * 0x1p-53;
      double radius = deviation * StrictMath.sqrt(-2 * StrictMath.log(u));
      values[i] = (float) (radius * StrictMath.cos(2 * Math.PI * v));
      if (i + 1 < count) {
        values[i + 1] = (float) (radius * StrictMath.sin(2 * Math.PI * v));
      }
    }
    return values;
  }

  private long bits() {
    state += 0x9e3779b97f4a7c15L;
    long z = state;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
