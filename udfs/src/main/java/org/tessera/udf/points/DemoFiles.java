package org.tessera.udf.points;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Point clouds and meshes as files of several formats. */
final class DemoFiles {
  private static final int LAS_HEADER = 227;
  private static final int LAS_POINT = 20;
  private static final double LAS_SCALE = 0.001;

  private DemoFiles() {}

  static byte[] ply(double[] xyz) {
    int n = xyz.length / 3;
    String header =
        "ply\nformat binary_little_endian 1.0\nelement vertex "
            + n
            + "\nproperty float x\nproperty float y\nproperty float z\nend_header\n";
    return floats(header, xyz);
  }

  static byte[] pcd(double[] xyz) {
    int n = xyz.length / 3;
    String header =
        "# .PCD v0.7 - Point Cloud Data file format\nVERSION 0.7\nFIELDS x y z\nSIZE 4 4 4\n"
            + "TYPE F F F\nCOUNT 1 1 1\nWIDTH "
            + n
            + "\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS "
            + n
            + "\nDATA binary\n";
    return floats(header, xyz);
  }

  private static byte[] floats(String header, double[] xyz) {
    byte[] head = header.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer file = little(head.length + 4 * xyz.length).put(head);
    for (double value : xyz) {
      file.putFloat((float) value);
    }
    return file.array();
  }

  static byte[] xyz(double[] xyz) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < xyz.length; i += 3) {
      text.append(String.format(Locale.ROOT, "%.4f %.4f %.4f\n", xyz[i], xyz[i + 1], xyz[i + 2]));
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** LAS 1.2, point format 0, coordinates in thousandths. */
  static byte[] las(double[] xyz) {
    int n = xyz.length / 3;
    ByteBuffer file = little(LAS_HEADER + LAS_POINT * n);
    file.put("LASF".getBytes(StandardCharsets.US_ASCII));
    file.put(24, (byte) 1).put(25, (byte) 2);
    file.putShort(94, (short) LAS_HEADER).putInt(96, LAS_HEADER);
    file.putShort(105, (short) LAS_POINT).putInt(107, n).putInt(111, n);
    for (int axis = 0; axis < 3; axis++) {
      double least = Double.POSITIVE_INFINITY;
      double most = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < n; i++) {
        int stored = (int) Math.round(xyz[3 * i + axis] / LAS_SCALE);
        file.putInt(LAS_HEADER + LAS_POINT * i + 4 * axis, stored);
        least = Math.min(least, stored * LAS_SCALE);
        most = Math.max(most, stored * LAS_SCALE);
      }
      file.putDouble(131 + 8 * axis, LAS_SCALE);
      file.putDouble(179 + 16 * axis, most).putDouble(187 + 16 * axis, least);
    }
    for (int i = 0; i < n; i++) {
      file.put(LAS_HEADER + LAS_POINT * i + 14, (byte) 0b001001);
    }
    return file.array();
  }

  static byte[] obj(DemoShapes.Mesh mesh) {
    StringBuilder text = new StringBuilder("# a generated mesh\n");
    double[] xyz = mesh.xyz();
    for (int i = 0; i < xyz.length; i += 3) {
      text.append(String.format(Locale.ROOT, "v %.5f %.5f %.5f\n", xyz[i], xyz[i + 1], xyz[i + 2]));
    }
    int[] corners = mesh.triangles();
    for (int i = 0; i < corners.length; i += 3) {
      text.append("f ").append(corners[i] + 1);
      text.append(' ').append(corners[i + 1] + 1);
      text.append(' ').append(corners[i + 2] + 1).append('\n');
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** Binary STL; the triangles' normals are left zero, as the format allows. */
  static byte[] stl(DemoShapes.Mesh mesh) {
    int n = mesh.triangles().length / 3;
    ByteBuffer file = little(84 + 50 * n);
    file.put("a generated mesh".getBytes(StandardCharsets.US_ASCII)).putInt(80, n);
    for (int i = 0; i < 3 * n; i++) {
      int at = 84 + 50 * (i / 3) + 12 + 12 * (i % 3);
      for (int axis = 0; axis < 3; axis++) {
        file.putFloat(at + 4 * axis, (float) mesh.xyz()[3 * mesh.triangles()[i] + axis]);
      }
    }
    return file.array();
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
