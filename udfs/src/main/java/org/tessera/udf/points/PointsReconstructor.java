package org.tessera.udf.points;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.points.geometry.Chamfer;
import org.tessera.udf.points.geometry.FloatPoints;
import org.tessera.udf.reconstruct.Reconstructor;

/**
 * Decoded points as binary PLY, in the coordinates of the original file; and how far they are from
 * what the model read, in the model's unit: {@code chamfer_l1_x1000} and {@code chamfer_l2_x1000}
 * (see {@link Chamfer}, times 1000) and {@code f_score} at the distance 0.01. Patches become the
 * union of their points. Thread-safe.
 */
public final class PointsReconstructor implements Reconstructor {
  private static final double F_SCORE_DISTANCE = 0.01;
  private static final List<String> COLORS = List.of("red", "green", "blue");

  @Override
  public String extension() {
    return "ply";
  }

  @Override
  public boolean writes(SortedMap<String, Object> geometry) {
    return true;
  }

  @Override
  public byte[] file(float[] values, int[] shape, SortedMap<String, Object> geometry) {
    PointGeometry record = PointGeometry.of(geometry);
    float[] rows = rows(values, shape, record);
    List<String> channels = record.channels();
    int n = rows.length / channels.size();
    StringBuilder header =
        new StringBuilder("ply\nformat binary_little_endian 1.0\nelement vertex " + n + "\n");
    int stride = 0;
    for (int c = 0; c < channels.size(); c++) {
      String type = c < 3 ? "double" : COLORS.contains(channels.get(c)) ? "uchar" : "float";
      stride += c < 3 ? 8 : type.equals("uchar") ? 1 : 4;
      header.append("property ").append(type).append(' ').append(channels.get(c)).append('\n');
    }
    byte[] head = header.append("end_header\n").toString().getBytes(StandardCharsets.US_ASCII);
    ByteBuffer file =
        ByteBuffer.allocate(Math.addExact(head.length, Math.multiplyExact(n, stride)))
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(head);
    double[] place = new double[3];
    for (int i = 0; i < n; i++) {
      int at = i * channels.size();
      for (int axis = 0; axis < 3; axis++) {
        place[axis] = rows[at + axis];
      }
      for (double coordinate : record.inFile(place)) {
        file.putDouble(coordinate);
      }
      for (int c = 3; c < channels.size(); c++) {
        if (COLORS.contains(channels.get(c))) {
          long level = Math.round(rows[at + c] / record.colorMax() * 255);
          file.put((byte) Math.max(0, Math.min(255, level)));
        } else {
          file.putFloat(rows[at + c]);
        }
      }
    }
    return file.array();
  }

  @Override
  public SortedMap<String, Double> compare(
      Features original, float[] values, int[] shape, SortedMap<String, Object> geometry) {
    PointGeometry record = PointGeometry.of(geometry);
    int channels = record.channels().size();
    Chamfer chamfer =
        Chamfer.between(
            points(rows(original.toFloats(), original.shape(), record), channels),
            points(rows(values, shape, record), channels),
            F_SCORE_DISTANCE);
    SortedMap<String, Double> metrics = new TreeMap<>();
    metrics.put("chamfer_l1_x1000", 1000 * chamfer.l1());
    metrics.put("chamfer_l2_x1000", 1000 * chamfer.l2());
    metrics.put("f_score", chamfer.fScore());
    return metrics;
  }

  /** The values point by point, with the patches' centres added. */
  private static float[] rows(float[] values, int[] shape, PointGeometry record) {
    int channels = record.channels().size();
    int groups = record.centers().length / 3;
    // A patch that is a segment of its own has no axis for patches.
    boolean single = groups == 1 && shape.length == 2 && shape[1] == channels;
    long size = 1;
    for (int extent : shape) {
      size *= extent;
    }
    boolean fits =
        groups == 0
            ? shape.length == 2 && shape[record.channelsFirst() ? 0 : 1] == channels
            : single
                || shape.length >= 2
                    && shape[0] == groups
                    && size % ((long) groups * channels) == 0;
    if (size != values.length || !fits || size == 0) {
      throw new IllegalArgumentException(
          "Cannot read points of the shape "
              + java.util.Arrays.toString(shape)
              + " (the model must give "
              + (groups == 0
                  ? "(points, " + channels + ")"
                  : "(" + groups + ", points of a patch × " + channels + ")")
              + ")");
    }
    float[] rows = values.clone();
    int n = values.length / channels;
    for (int i = 0; record.channelsFirst() && groups == 0 && i < n; i++) {
      for (int c = 0; c < channels; c++) {
        rows[i * channels + c] = values[c * n + i];
      }
    }
    for (int i = 0; groups > 0 && i < n; i++) {
      int patch = (int) ((long) i * groups / n);
      float radius = record.radii().length == 0 ? 1 : record.radii()[patch];
      for (int axis = 0; axis < 3; axis++) {
        int at = i * channels + axis;
        rows[at] = rows[at] * radius + record.centers()[3 * patch + axis];
      }
    }
    return rows;
  }

  private static FloatPoints points(float[] rows, int channels) {
    int n = rows.length / channels;
    float[] x = new float[n];
    float[] y = new float[n];
    float[] z = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = rows[i * channels];
      y[i] = rows[i * channels + 1];
      z[i] = rows[i * channels + 2];
    }
    return new FloatPoints(x, y, z);
  }
}
