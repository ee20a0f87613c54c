package org.tessera.udf.eeg.signal;

/**
 * A symmetric filter without delay, by multiplication of spectra in blocks (overlap-save). Not
 * thread-safe.
 */
public final class FirFilter {
  private static final int SMALLEST = 4096;

  private final int reach;
  private final int blockFrames;
  private final Fft fft;
  private final double[] response;
  private final double[] spectrum;
  private final double[] work;

  /**
   * Prepares a filter.
   *
   * @param taps an odd number of taps
   */
  public FirFilter(double[] taps) {
    if (taps.length % 2 == 0) {
      throw new IllegalArgumentException(
          "Cannot use " + taps.length + " taps (give an odd number)");
    }
    reach = taps.length / 2;
    int size = Math.max(SMALLEST, Integer.highestOneBit(2 * taps.length - 1) * 2);
    blockFrames = size - taps.length + 1;
    fft = new Fft(size);
    response = new double[2 * fft.bins()];
    spectrum = new double[2 * fft.bins()];
    work = new double[size];
    System.arraycopy(taps, 0, work, 0, taps.length);
    fft.forward(work, response);
  }

  /** How many frames before and after a frame its filtered value depends on. */
  public int reach() {
    return reach;
  }

  /** How many frames one call filters. */
  public int blockFrames() {
    return blockFrames;
  }

  /**
   * Filters one block.
   *
   * @param input {@code blockFrames + 2 · reach} frames, the first {@code reach} before the block
   * @param output {@code blockFrames} frames, written
   */
  public void block(double[] input, double[] output) {
    System.arraycopy(input, 0, work, 0, work.length);
    fft.forward(work, spectrum);
    for (int k = 0; k < spectrum.length; k += 2) {
      double re = spectrum[k] * response[k] - spectrum[k + 1] * response[k + 1];
      double im = spectrum[k] * response[k + 1] + spectrum[k + 1] * response[k];
      spectrum[k] = re;
      spectrum[k + 1] = im;
    }
    fft.inverse(spectrum, work);
    System.arraycopy(work, 2 * reach, output, 0, blockFrames);
  }
}
