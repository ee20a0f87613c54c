package org.tessera.udf.image;

/** How close two 8-bit images are. */
final class ImageMetrics {
  /** The PSNR, in dB, that stands for identical images, whose exact value is infinite. */
  static final double IDENTICAL_PSNR = 100;

  private static final int RADIUS = 5;
  private static final double SIGMA = 1.5;
  private static final double C1 = Math.pow(0.01 * 255, 2);
  private static final double C2 = Math.pow(0.03 * 255, 2);

  private ImageMetrics() {}

  /** Mean squared error over all values, in squared 8-bit levels. */
  static double mse(byte[] a, byte[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      int difference = (a[i] & 0xff) - (b[i] & 0xff);
      sum += difference * difference;
    }
    return sum / a.length;
  }

  /** Mean absolute error over all values, in 8-bit levels. */
  static double mae(byte[] a, byte[] b) {
    long sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((a[i] & 0xff) - (b[i] & 0xff));
    }
    return (double) sum / a.length;
  }

  /**
   * The root of the mean squared error by the variance of the original, over all values.
   *
   * @return 0 or more, 1 for the original's mean; NaN for an original of one level
   */
  static double vrmse(byte[] original, double mse) {
    long sum = 0;
    long squares = 0;
    for (byte value : original) {
      int level = value & 0xff;
      sum += level;
      squares += level * level;
    }
    double mean = (double) sum / original.length;
    double variance = (double) squares / original.length - mean * mean;
    return variance <= 0 ? Double.NaN : Math.sqrt(mse / variance);
  }

  /** {@code 10 log10(255^2 / mse)} in dB, at most {@link #IDENTICAL_PSNR}. */
  static double psnr(double mse) {
    return mse == 0 ? IDENTICAL_PSNR : Math.min(IDENTICAL_PSNR, 10 * Math.log10(255 * 255 / mse));
  }

  /**
   * Structural similarity (Wang et al. 2004): Gaussian window of 11x11, sigma 1.5, population
   * covariance, the mean over the pixels whose window lies inside the image and over the channels.
   * Equal to scikit-image's {@code structural_similarity(gaussian_weights=True, sigma=1.5,
   * use_sample_covariance=False, data_range=255)}.
   *
   * @param a interleaved channels, row-major
   * @return the mean similarity; NaN when a side is shorter than the window
   */
  static double ssim(byte[] a, byte[] b, int width, int height, int channels) {
    if (width <= 2 * RADIUS || height <= 2 * RADIUS) {
      return Double.NaN;
    }
    double sum = 0;
    for (int c = 0; c < channels; c++) {
      sum += ssim(plane(a, c, channels), plane(b, c, channels), width, height);
    }
    return sum / channels;
  }

  private static double ssim(double[] x, double[] y, int width, int height) {
    double[] meanX = blur(x, width, height);
    double[] meanY = blur(y, width, height);
    double[] meanXx = blur(product(x, x), width, height);
    double[] meanYy = blur(product(y, y), width, height);
    double[] meanXy = blur(product(x, y), width, height);
    double sum = 0;
    for (int i = 0; i < meanX.length; i++) {
      double ux = meanX[i];
      double uy = meanY[i];
      double varianceX = meanXx[i] - ux * ux;
      double varianceY = meanYy[i] - uy * uy;
      double covariance = meanXy[i] - ux * uy;
      sum +=
          (2 * ux * uy + C1)
              * (2 * covariance + C2)
              / ((ux * ux + uy * uy + C1) * (varianceX + varianceY + C2));
    }
    return sum / meanX.length;
  }

  private static double[] plane(byte[] data, int channel, int channels) {
    double[] plane = new double[data.length / channels];
    for (int i = 0; i < plane.length; i++) {
      plane[i] = data[i * channels + channel] & 0xff;
    }
    return plane;
  }

  private static double[] product(double[] a, double[] b) {
    double[] product = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      product[i] = a[i] * b[i];
    }
    return product;
  }

  /** The Gaussian mean at each pixel whose window lies inside the image. */
  private static double[] blur(double[] image, int width, int height) {
    double[] kernel = kernel();
    int innerWidth = width - 2 * RADIUS;
    int innerHeight = height - 2 * RADIUS;
    double[] rows = new double[innerHeight * width];
    for (int y = 0; y < innerHeight; y++) {
      for (int k = 0; k < kernel.length; k++) {
        double weight = kernel[k];
        int from = (y + k) * width;
        int to = y * width;
        for (int x = 0; x < width; x++) {
          rows[to + x] += weight * image[from + x];
        }
      }
    }
    double[] means = new double[innerHeight * innerWidth];
    for (int y = 0; y < innerHeight; y++) {
      for (int k = 0; k < kernel.length; k++) {
        double weight = kernel[k];
        int from = y * width + k;
        int to = y * innerWidth;
        for (int x = 0; x < innerWidth; x++) {
          means[to + x] += weight * rows[from + x];
        }
      }
    }
    return means;
  }

  private static double[] kernel() {
    double[] kernel = new double[2 * RADIUS + 1];
    double sum = 0;
    for (int i = 0; i < kernel.length; i++) {
      int distance = i - RADIUS;
      kernel[i] = Math.exp(-0.5 * distance * distance / (SIGMA * SIGMA));
      sum += kernel[i];
    }
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] /= sum;
    }
    return kernel;
  }
}
