package org.tessera.udf.image;

import java.util.Arrays;
import java.util.List;
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.image.codec.Raster;

/** Steps that change colours. */
final class ColourSteps {
  private ColourSteps() {}

  /**
   * {@code alpha(policy)}, always the first step: {@code drop} forgets alpha, as Pillow's {@code
   * convert("RGB")}; {@code composite} lays the image on {@code color} (three levels of 0 to 255,
   * white when not given), as Pillow's {@code alpha_composite}.
   */
  static ImageStep alpha(Step step) {
    StepParameters parameters = new StepParameters(step);
    String policy = parameters.choice("policy", "drop", List.of("drop", "composite"));
    double[] color = parameters.numbers("color");
    parameters.finish();
    int[] levels = levels(step, color);
    if (policy.equals("drop")) {
      return ImageStep.single(view -> view.with(rgb(view.raster())));
    }
    return ImageStep.single(view -> view.with(composite(view.raster(), levels)));
  }

  private static int[] levels(Step step, double[] color) {
    if (color.length == 0) {
      return new int[] {255, 255, 255};
    }
    int[] levels = new int[color.length];
    for (int i = 0; i < color.length; i++) {
      levels[i] = (int) color[i];
      if (color.length != 3 || levels[i] != color[i] || levels[i] < 0 || levels[i] > 255) {
        throw new IllegalArgumentException(
            "Cannot use "
                + step.name()
                + ".color: "
                + Arrays.toString(color)
                + " (give three whole numbers of 0 to 255)");
      }
    }
    return levels;
  }

  /** The colours without alpha. */
  static Raster rgb(Raster raster) {
    if (raster.channels() == Raster.RGB) {
      return raster;
    }
    Raster target = Raster.blank(raster.width(), raster.height(), Raster.RGB);
    byte[] from = raster.data();
    byte[] to = target.data();
    for (int i = 0, at = 0; at < to.length; i += 4, at += 3) {
      to[at] = from[i];
      to[at + 1] = from[i + 1];
      to[at + 2] = from[i + 2];
    }
    return target;
  }

  /**
   * Over an opaque colour, with the fixed-point arithmetic of Pillow's {@code AlphaComposite.c}.
   */
  private static Raster composite(Raster raster, int[] color) {
    if (raster.channels() != Raster.RGBA) {
      return raster;
    }
    Raster target = Raster.blank(raster.width(), raster.height(), Raster.RGB);
    byte[] from = raster.data();
    byte[] to = target.data();
    for (int i = 0, at = 0; at < to.length; i += 4, at += 3) {
      int alpha = from[i + 3] & 0xff;
      int over = alpha << 7;
      int under = (255 - alpha) << 7;
      for (int c = 0; c < 3; c++) {
        int value = (from[i + c] & 0xff) * over + color[c] * under;
        to[at + c] = (byte) (alpha == 0 ? color[c] : shift(value + (0x80 << 7)) >> 7);
      }
    }
    return target;
  }

  private static int shift(int value) {
    return ((value >> 8) + value) >> 8;
  }

  /**
   * {@code gray}: one channel, {@code (19595 R + 38470 G + 7471 B + 32768) / 65536} rounded down
   * (ITU-R 601), as Pillow's {@code convert("L")}.
   */
  static ImageStep gray(Step step) {
    new StepParameters(step).finish();
    return ImageStep.single(view -> view.with(gray(view.raster())));
  }

  private static Raster gray(Raster raster) {
    if (raster.channels() == Raster.GRAY) {
      return raster;
    }
    Raster target = Raster.blank(raster.width(), raster.height(), Raster.GRAY);
    byte[] from = raster.data();
    byte[] to = target.data();
    for (int i = 0, at = 0; at < to.length; i += 3, at++) {
      int sum =
          (from[i] & 0xff) * 19595 + (from[i + 1] & 0xff) * 38470 + (from[i + 2] & 0xff) * 7471;
      to[at] = (byte) ((sum + 0x8000) >> 16);
    }
    return target;
  }
}
