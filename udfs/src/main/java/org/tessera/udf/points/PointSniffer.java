package org.tessera.udf.points;

import java.util.Optional;
import org.tessera.udf.points.read.PointFormat;

/** Tells point clouds and meshes by their first bytes. */
public final class PointSniffer {
  /** How many first bytes {@link #format} wants to see; fewer when the file is shorter. */
  public static final int HEAD_BYTES = PointFormat.HEAD_BYTES;

  private PointSniffer() {}

  /**
   * The format, e.g. {@code ply}, or empty when the content is no point format known here. The
   * content decides; the name's extension counts only for formats without a mark of their own:
   * {@code .xyz .txt .asc .pts .ptx .csv .tsv} for text with one point a line, {@code .bin} for
   * KITTI, {@code .stl} for binary STL, {@code .npz} for a zip of arrays.
   */
  public static Optional<String> format(byte[] head, String name) {
    return PointFormat.sniff(head, name).map(PointFormat::id);
  }
}
