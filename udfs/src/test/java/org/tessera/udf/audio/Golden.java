package org.tessera.udf.audio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Raw little-endian floats made by the recipes beside them. */
public final class Golden {
  private Golden() {}

  /**
   * All floats of a resource in this folder of the test resources, e.g. {@code signal/input.f32}.
   */
  public static float[] floats(String name) throws IOException {
    try (InputStream in = Golden.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new AssertionError("Cannot find the golden file " + name);
      }
      ByteBuffer bytes = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
      float[] floats = new float[bytes.remaining() / 4];
      bytes.asFloatBuffer().get(floats);
      return floats;
    }
  }

  /** The largest absolute difference of two arrays of the same length. */
  public static double gap(float[] a, float[] b) {
    if (a.length != b.length) {
      throw new AssertionError("lengths " + a.length + " and " + b.length);
    }
    double gap = 0;
    for (int i = 0; i < a.length; i++) {
      gap = Math.max(gap, Math.abs((double) a[i] - b[i]));
    }
    return gap;
  }
}
