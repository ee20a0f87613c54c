package org.tessera.udf.points;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.tessera.udf.points.geometry.SplitMix64;

/**
 * A small generated corpus of point clouds and meshes: spheres, tori, boxes, cones, tables and
 * noise as PLY, PCD, XYZ, LAS, OBJ and STL, and one damaged file. Thread-safe.
 */
public final class DemoPoints {
  private static final List<String> FORMATS = List.of("ply", "pcd", "xyz", "las", "obj", "stl");
  private static final int POINTS = 4096;
  private static final int MORE = 4096;

  private DemoPoints() {}

  /**
   * Writes {@code count} good files and one that is cut short, {@code cut.ply}. Equal arguments
   * give equal bytes.
   *
   * @param dir the folder; it is made when it is not there
   * @throws IOException when the folder cannot be written
   */
  public static void write(Path dir, int count, long seed) throws IOException {
    Files.createDirectories(dir);
    for (int i = 0; i < count; i++) {
      String shape = DemoShapes.NAMES.get(i % DemoShapes.NAMES.size());
      String format = FORMATS.get((i + i / FORMATS.size()) % FORMATS.size());
      if (shape.equals("noise") && FORMATS.indexOf(format) > 3) {
        format = "ply";
      }
      SplitMix64 random = new SplitMix64(seed + i);
      String name = String.format(Locale.ROOT, "%s_%03d.%s", shape, i, format);
      Files.write(dir.resolve(name), file(shape, format, random));
    }
    byte[] whole = file("sphere", "ply", new SplitMix64(seed - 1));
    Files.write(dir.resolve("cut.ply"), Arrays.copyOf(whole, whole.length / 2));
  }

  private static byte[] file(String shape, String format, SplitMix64 random) {
    int points = POINTS + random.below(MORE);
    DemoShapes.Mesh mesh = shape.equals("noise") ? null : DemoShapes.mesh(shape, random);
    if (format.equals("obj")) {
      return DemoFiles.obj(mesh);
    }
    if (format.equals("stl")) {
      return DemoFiles.stl(mesh);
    }
    double[] xyz =
        mesh == null ? DemoShapes.noise(points, random) : DemoShapes.points(mesh, points, random);
    return switch (format) {
      case "ply" -> DemoFiles.ply(xyz);
      case "pcd" -> DemoFiles.pcd(xyz);
      case "xyz" -> DemoFiles.xyz(xyz);
      default -> DemoFiles.las(xyz);
    };
  }
}
