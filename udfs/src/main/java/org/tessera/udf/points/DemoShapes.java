package org.tessera.udf.points;

import java.util.ArrayList;
import java.util.List;
import org.tessera.udf.points.geometry.SplitMix64;
import org.tessera.udf.points.geometry.SurfaceSampler;

/** Meshes of plain shapes, about two units wide, turned, stretched and moved at random. */
final class DemoShapes {
  static final List<String> NAMES = List.of("sphere", "torus", "box", "cone", "table", "noise");

  private static final int RINGS = 24;

  private final List<double[]> vertices = new ArrayList<>();
  private final List<int[]> triangles = new ArrayList<>();

  private DemoShapes() {}

  /** A mesh: x, y, z of each vertex and three indices of each triangle. */
  record Mesh(double[] xyz, int[] triangles) {}

  /** A place on a surface for two parameters from 0 to 1. */
  private interface Surface {
    double[] at(double u, double v);
  }

  /** A shape of {@link #NAMES} other than noise. */
  static Mesh mesh(String name, SplitMix64 random) {
    DemoShapes shape = new DemoShapes();
    double turn = 2 * Math.PI;
    switch (name) {
      case "sphere" ->
          shape.grid(
              (u, v) -> {
                double r = Math.sin(Math.PI * v);
                return new double[] {
                  r * Math.cos(turn * u), r * Math.sin(turn * u), Math.cos(Math.PI * v)
                };
              });
      case "torus" -> {
        double tube = 0.2 + 0.3 * random.unit();
        shape.grid(
            (u, v) -> {
              double r = 1 + tube * Math.cos(turn * v);
              return new double[] {
                r * Math.cos(turn * u), r * Math.sin(turn * u), tube * Math.sin(turn * v)
              };
            });
      }
      case "cone" -> {
        shape.grid(
            (u, v) -> new double[] {v * Math.cos(turn * u), v * Math.sin(turn * u), 1 - 2 * v});
        shape.grid((u, v) -> new double[] {v * Math.cos(turn * u), v * Math.sin(turn * u), -1});
      }
      case "box" -> shape.box(-1, -0.7, -0.5, 1, 0.7, 0.5);
      case "table" -> {
        shape.box(-1, -0.7, 0.4, 1, 0.7, 0.5);
        for (int leg = 0; leg < 4; leg++) {
          double x = leg % 2 == 0 ? -0.95 : 0.85;
          double y = leg / 2 == 0 ? -0.65 : 0.55;
          shape.box(x, y, -0.8, x + 0.1, y + 0.1, 0.4);
        }
      }
      default -> throw new IllegalArgumentException("Cannot make the shape " + name);
    }
    return shape.placed(random);
  }

  /** Points evenly on the mesh, a little off it. */
  static double[] points(Mesh mesh, int count, SplitMix64 random) {
    SurfaceSampler places = SurfaceSampler.draw(mesh.xyz(), mesh.triangles(), count, random);
    double[] xyz = new double[3 * count];
    for (int i = 0; i < count; i++) {
      int t = 3 * places.triangles()[i];
      for (int axis = 0; axis < 3; axis++) {
        double a = mesh.xyz()[3 * mesh.triangles()[t] + axis];
        double b = mesh.xyz()[3 * mesh.triangles()[t + 1] + axis];
        double c = mesh.xyz()[3 * mesh.triangles()[t + 2] + axis];
        xyz[3 * i + axis] = places.mix(i, a, b, c) + 0.01 * (random.unit() - 0.5);
      }
    }
    return xyz;
  }

  /** Points anywhere in a ball. */
  static double[] noise(int count, SplitMix64 random) {
    double[] xyz = new double[3 * count];
    for (int i = 0; i < count; ) {
      double x = 2 * random.unit() - 1;
      double y = 2 * random.unit() - 1;
      double z = 2 * random.unit() - 1;
      if (x * x + y * y + z * z <= 1) {
        xyz[3 * i] = x;
        xyz[3 * i + 1] = y;
        xyz[3 * i + 2] = z;
        i++;
      }
    }
    return xyz;
  }

  private void grid(Surface surface) {
    int first = vertices.size();
    for (int i = 0; i <= RINGS; i++) {
      for (int j = 0; j <= RINGS; j++) {
        vertices.add(surface.at((double) i / RINGS, (double) j / RINGS));
      }
    }
    for (int i = 0; i < RINGS; i++) {
      for (int j = 0; j < RINGS; j++) {
        int a = first + i * (RINGS + 1) + j;
        quad(a, a + RINGS + 1, a + RINGS + 2, a + 1);
      }
    }
  }

  private void box(double x0, double y0, double z0, double x1, double y1, double z1) {
    int first = vertices.size();
    for (int i = 0; i < 8; i++) {
      vertices.add(
          new double[] {(i & 1) == 0 ? x0 : x1, (i & 2) == 0 ? y0 : y1, (i & 4) == 0 ? z0 : z1});
    }
    int[][] faces = {
      {0, 2, 3, 1}, {4, 5, 7, 6}, {0, 1, 5, 4}, {2, 6, 7, 3}, {0, 4, 6, 2}, {1, 3, 7, 5}
    };
    for (int[] face : faces) {
      quad(first + face[0], first + face[1], first + face[2], first + face[3]);
    }
  }

  private void quad(int a, int b, int c, int d) {
    triangles.add(new int[] {a, b, c});
    triangles.add(new int[] {a, c, d});
  }

  private Mesh placed(SplitMix64 random) {
    double angle = 2 * Math.PI * random.unit();
    double[] stretch = {
      0.6 + 0.8 * random.unit(), 0.6 + 0.8 * random.unit(), 0.6 + 0.8 * random.unit()
    };
    double size = 0.5 + 4 * random.unit();
    double[] shift = {20 * random.unit(), 20 * random.unit(), 20 * random.unit()};
    double[] xyz = new double[3 * vertices.size()];
    for (int i = 0; i < vertices.size(); i++) {
      double x = stretch[0] * vertices.get(i)[0];
      double y = stretch[1] * vertices.get(i)[1];
      double z = stretch[2] * vertices.get(i)[2];
      xyz[3 * i] = shift[0] + size * (x * Math.cos(angle) - y * Math.sin(angle));
      xyz[3 * i + 1] = shift[1] + size * (x * Math.sin(angle) + y * Math.cos(angle));
      xyz[3 * i + 2] = shift[2] + size * z;
    }
    int[] corners = new int[3 * triangles.size()];
    for (int i = 0; i < corners.length; i++) {
      corners[i] = triangles.get(i / 3)[i % 3];
    }
    return new Mesh(xyz, corners);
  }
}
