package org.tessera.udf.points.read;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which column holds what. Names are compared without case; {@code -1} stands for a column that is
 * not there.
 */
final class Columns {
  private static final List<List<String>> NAMES =
      List.of(
          List.of("x", "//x", "cartesianx"),
          List.of("y", "cartesiany"),
          List.of("z", "cartesianz"),
          List.of("intensity", "i", "scalar_intensity", "reflectance", "remission"),
          List.of("red", "r", "diffuse_red", "colorred"),
          List.of("green", "g", "diffuse_green", "colorgreen"),
          List.of("blue", "b", "diffuse_blue", "colorblue"),
          List.of("nx", "normal_x", "normalx"),
          List.of("ny", "normal_y", "normaly"),
          List.of("nz", "normal_z", "normalz"));

  private final int[] index = new int[10];

  private Columns() {
    Arrays.fill(index, -1);
  }

  /** By name; the first column of a name counts. */
  static Columns named(List<String> names) {
    Columns columns = new Columns();
    for (int i = names.size() - 1; i >= 0; i--) {
      String name = names.get(i).strip().toLowerCase(Locale.ROOT);
      for (int role = 0; role < NAMES.size(); role++) {
        if (NAMES.get(role).contains(name)) {
          columns.index[role] = i;
        }
      }
    }
    return columns;
  }

  /** By position: a column for each of {@code xyz irgb nxnynz} as far as given, -1 for none. */
  static Columns at(int... places) {
    Columns columns = new Columns();
    System.arraycopy(places, 0, columns.index, 0, places.length);
    return columns;
  }

  /** By the request's names, or x, y, z and the intensity when there are four columns. */
  static Columns of(ReadRequest request, int count) {
    if (!request.columns().isEmpty()) {
      return named(request.columns());
    }
    return count == 4 ? at(0, 1, 2, 3) : at(0, 1, 2);
  }

  boolean hasCoordinates() {
    return index[0] >= 0 && index[1] >= 0 && index[2] >= 0;
  }

  /** The parts that have all their columns. */
  Set<Part> parts() {
    Set<Part> parts = EnumSet.noneOf(Part.class);
    for (Part part : List.of(Part.INTENSITY, Part.COLOR, Part.NORMALS)) {
      boolean all = true;
      for (int i = 0; i < part.channels(); i++) {
        all &= index[first(part) + i] >= 0;
      }
      if (all) {
        parts.add(part);
      }
    }
    return parts;
  }

  int x() {
    return index[0];
  }

  int y() {
    return index[1];
  }

  int z() {
    return index[2];
  }

  /** The columns of the attributes that the builder reads, in its order. */
  int[] attributes(CloudBuilder cloud) {
    int[] places = new int[cloud.channels()];
    for (Part part : List.of(Part.INTENSITY, Part.COLOR, Part.NORMALS)) {
      int channel = cloud.channel(part);
      for (int i = 0; channel >= 0 && i < part.channels(); i++) {
        places[channel + i] = index[first(part) + i];
      }
    }
    return places;
  }

  /** The column of a part's first value, or -1. */
  int first(CloudBuilder cloud, Part part) {
    return cloud.wants(part) ? index[first(part)] : -1;
  }

  /** The highest column that is used. */
  int last() {
    return Arrays.stream(index).max().orElse(-1);
  }

  private static int first(Part part) {
    return switch (part) {
      case INTENSITY -> 3;
      case COLOR -> 4;
      case NORMALS -> 7;
      case FACES -> throw new IllegalArgumentException("Cannot use faces as a column");
    };
  }
}
