package org.tessera.udf.points.read;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tessera.udf.sample.Sha256;

/** Digests as the recipes make them. */
final class Digests {
  private Digests() {}

  /** SHA-256 of all coordinates as little-endian doubles. */
  static String xyz(PointCloud cloud) {
    ByteBuffer bytes = ByteBuffer.allocate(24 * cloud.size()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 3 * cloud.size(); i++) {
      bytes.putDouble(cloud.xyz()[i]);
    }
    return Sha256.hex(bytes.array());
  }

  /** SHA-256 of one part's values as little-endian floats. */
  static String part(PointCloud cloud, Part part) {
    int n = part.channels();
    ByteBuffer bytes = ByteBuffer.allocate(4 * n * cloud.size()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < cloud.size(); i++) {
      for (int c = 0; c < n; c++) {
        bytes.putFloat(cloud.attributes()[i * cloud.channels() + cloud.channel(part) + c]);
      }
    }
    return Sha256.hex(bytes.array());
  }

  /** SHA-256 of all triangles as little-endian ints. */
  static String triangles(PointCloud cloud) {
    ByteBuffer bytes =
        ByteBuffer.allocate(4 * cloud.triangles().length).order(ByteOrder.LITTLE_ENDIAN);
    for (int corner : cloud.triangles()) {
      bytes.putInt(corner);
    }
    return Sha256.hex(bytes.array());
  }
}
