package org.tessera.udf.image.demo;

import java.util.SplittableRandom;

/**
 * Paints pictures with the statistics that tokenizers meet: smooth shades, hard edges, fine and
 * coarse texture, repeated patterns. Not thread-safe.
 */
final class Painter {
  private final SplittableRandom random;
  private final Canvas canvas;
  private final Noise noise;

  Painter(Canvas canvas, long seed) {
    this.canvas = canvas;
    this.random = new SplittableRandom(seed);
    this.noise = new Noise(random.nextLong());
  }

  /** A background, some figures on it, and texture over all. */
  void paint() {
    switch (random.nextInt(5)) {
      case 0 -> gradient();
      case 1 -> clouds();
      case 2 -> waves();
      case 3 -> cells();
      default -> board();
    }
    int figures = random.nextInt(2, 9);
    for (int i = 0; i < figures; i++) {
      if (random.nextBoolean()) {
        disc();
      } else {
        bar();
      }
    }
    grain();
  }

  private float[] colour() {
    return new float[] {
      (float) random.nextDouble(), (float) random.nextDouble(), (float) random.nextDouble()
    };
  }

  private void gradient() {
    float[] from = colour();
    float[] to = colour();
    double angle = random.nextDouble(2 * Math.PI);
    double length = Math.hypot(canvas.width(), canvas.height());
    each(
        (x, y) -> {
          double along = (x * Math.cos(angle) + y * Math.sin(angle)) / length;
          canvas.blend(x, y, from, 1);
          canvas.blend(x, y, to, 0.5 + 0.5 * along);
        });
  }

  private void clouds() {
    float[] low = colour();
    float[] high = colour();
    double scale = random.nextDouble(20, 120);
    each(
        (x, y) -> {
          canvas.blend(x, y, low, 1);
          canvas.blend(x, y, high, noise.fractal(x / scale, y / scale, 5));
        });
  }

  private void waves() {
    float[] low = colour();
    float[] high = colour();
    double fx = random.nextDouble(0.01, 0.35);
    double fy = random.nextDouble(0.01, 0.35);
    double bend = random.nextDouble(0, 4);
    each(
        (x, y) -> {
          double phase = x * fx + bend * Math.sin(y * fy);
          canvas.blend(x, y, low, 1);
          canvas.blend(x, y, high, 0.5 + 0.5 * Math.sin(phase));
        });
  }

  /** Voronoi cells: flat areas with straight borders. */
  private void cells() {
    int count = random.nextInt(8, 40);
    double[] cx = new double[count];
    double[] cy = new double[count];
    float[][] colours = new float[count][];
    for (int i = 0; i < count; i++) {
      cx[i] = random.nextDouble(canvas.width());
      cy[i] = random.nextDouble(canvas.height());
      colours[i] = colour();
    }
    each(
        (x, y) -> {
          int nearest = 0;
          double least = Double.MAX_VALUE;
          for (int i = 0; i < count; i++) {
            double distance = (x - cx[i]) * (x - cx[i]) + (y - cy[i]) * (y - cy[i]);
            if (distance < least) {
              least = distance;
              nearest = i;
            }
          }
          canvas.blend(x, y, colours[nearest], 1);
        });
  }

  private void board() {
    float[] one = colour();
    float[] other = colour();
    int size = random.nextInt(4, 40);
    each((x, y) -> canvas.blend(x, y, (x / size + y / size) % 2 == 0 ? one : other, 1));
  }

  /** A disc with a smooth edge, shaded like a ball half the time. */
  private void disc() {
    float[] colour = colour();
    double cx = random.nextDouble(canvas.width());
    double cy = random.nextDouble(canvas.height());
    double radius = random.nextDouble(5, Math.min(canvas.width(), canvas.height()) / 3.0);
    boolean ball = random.nextBoolean();
    each(
        (x, y) -> {
          double distance = Math.hypot(x - cx, y - cy);
          double cover = radius - distance;
          canvas.blend(x, y, colour, cover);
          if (ball && cover > 0) {
            double lit = Math.hypot(x - cx + radius / 3, y - cy + radius / 3) / (1.5 * radius);
            canvas.shade(x, y, 1 - 0.6 * Math.min(1, lit * lit));
          }
        });
  }

  /** A straight bar with smooth edges, at any angle. */
  private void bar() {
    float[] colour = colour();
    double angle = random.nextDouble(Math.PI);
    double width = random.nextDouble(1, 24);
    double px = random.nextDouble(canvas.width());
    double py = random.nextDouble(canvas.height());
    each(
        (x, y) -> {
          double across = Math.abs((x - px) * Math.sin(angle) - (y - py) * Math.cos(angle));
          canvas.blend(x, y, colour, width / 2 - across);
        });
  }

  /** Fine texture, as paper or a sensor has. */
  private void grain() {
    double strength = random.nextDouble(0, 0.12);
    double scale = random.nextDouble(0.8, 3);
    each(
        (x, y) ->
            canvas.shade(x, y, 1 + strength * (noise.fractal(x / scale, y / scale, 2) - 0.5)));
  }

  private void each(Pixel pixel) {
    for (int y = 0; y < canvas.height(); y++) {
      for (int x = 0; x < canvas.width(); x++) {
        pixel.paint(x, y);
      }
    }
  }

  @FunctionalInterface
  private interface Pixel {
    void paint(int x, int y);
  }
}
