package org.tessera.udf.points.read;

import java.util.Set;
import org.tessera.udf.sample.SampleException;

/**
 * KITTI's velodyne {@code .bin}: x, y, z in metres and the reflectance as little-endian floats,
 * nothing else. Since it has no mark of its own, it is believed only when its size is a multiple of
 * 16 and every value is a finite number within a million.
 */
final class KittiReader {
  private static final int POINT = 16;
  private static final double FARTHEST = 1e6;

  private KittiReader() {}

  static PointCloud read(Bytes in, ReadRequest request) throws SampleException {
    if (in.size() % POINT != 0) {
      throw Bad.truncated(
          in.format(), "its " + in.size() + " bytes are no multiple of " + POINT, in.size());
    }
    CloudBuilder cloud = new CloudBuilder(request, in.format(), Set.of(Part.INTENSITY));
    long count = in.size() / POINT;
    cloud.expect(count, 0);
    boolean intensity = cloud.wants(Part.INTENSITY);
    for (long left = count; left > 0; ) {
      int rows = in.records(POINT, left, "a point");
      byte[] array = in.array();
      for (int row = 0; row < rows; row++) {
        int at = in.at() + row * POINT;
        float x = Bytes.f32(array, at);
        float y = Bytes.f32(array, at + 4);
        float z = Bytes.f32(array, at + 8);
        float reflectance = Bytes.f32(array, at + 12);
        if (Math.max(
                Math.max(Math.abs(x), Math.abs(y)), Math.max(Math.abs(z), Math.abs(reflectance)))
            > FARTHEST) {
          throw Bad.malformed(
              in.format(),
              "the values "
                  + x
                  + ", "
                  + y
                  + ", "
                  + z
                  + ", "
                  + reflectance
                  + " are no point in metres",
              in.offset(at));
        }
        cloud.add(x, y, z, in.offset(at));
        if (intensity) {
          cloud.attribute(0, reflectance, in.offset(at));
        }
      }
      in.skip(rows * POINT);
      left -= rows;
    }
    return cloud.build();
  }
}
