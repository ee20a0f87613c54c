package org.tessera.udf.points.read;

import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/** Reads a file of any supported format. Thread-safe. */
public final class PointClouds {
  private PointClouds() {}

  /**
   * The format of a file.
   *
   * @throws SampleException when it is empty, or of no format known here
   */
  public static PointFormat format(SampleInput input) throws SampleException {
    ByteSource content = input.content();
    if (content.size() == 0) {
      throw SampleException.at(
          Phase.DECODE,
          RejectCode.EMPTY,
          "Cannot read points of " + input.name() + ": it has no bytes (fetch it again)",
          0);
    }
    byte[] head = new byte[(int) Math.min(content.size(), PointFormat.HEAD_BYTES)];
    for (int done = 0; done < head.length; ) {
      int got = content.read(done, head, done, head.length - done);
      if (got < 0) {
        throw Bad.truncated(input.name(), "it became shorter while it was read", done);
      }
      done += got;
    }
    return PointFormat.sniff(head, input.name())
        .orElseThrow(
            () ->
                SampleException.at(
                    Phase.DECODE,
                    RejectCode.UNKNOWN_FORMAT,
                    "Cannot read points of "
                        + input.name()
                        + ": its content is of no known point format (convert it to PLY; text and"
                        + " KITTI files need their extension)",
                    0));
  }

  /**
   * Reads the points.
   *
   * @throws SampleException when the file is bad, with the byte offset of the fault
   */
  public static PointCloud read(SampleInput input, PointFormat format, ReadRequest request)
      throws SampleException {
    if (input.content().size() > request.limits().bytes()) {
      throw SampleException.of(
          Phase.DECODE,
          RejectCode.TOO_LARGE,
          "Cannot read "
              + input.content().size()
              + " bytes: the limit is "
              + request.limits().bytes()
              + " (raise limits.bytes)");
    }
    return read(
        new Bytes(input.content(), format.title(), request.deadline()), input, format, request);
  }

  static PointCloud read(Bytes in, SampleInput input, PointFormat format, ReadRequest request)
      throws SampleException {
    return switch (format) {
      case PLY -> PlyReader.read(in, request);
      case PCD -> PcdReader.read(in, request);
      case LAS, LAZ -> LasReader.read(in, request);
      case OFF -> OffReader.read(in, request);
      case OBJ -> ObjReader.read(in, request);
      case STL -> StlReader.read(in, request);
      case XYZ, CSV -> TextCloudReader.separated(in, request);
      case PTS -> TextCloudReader.pts(in, request);
      case PTX -> TextCloudReader.ptx(in, request);
      case KITTI -> KittiReader.read(in, request);
      case NPY -> NumpyReader.npy(in, request);
      case NPZ -> NumpyReader.npz(in, input.content().readAll(request.limits().bytes()), request);
      case E57 -> E57Reader.read(in, request);
      case DRACO, BPF ->
          throw Bad.unsupported(
              format.title(), "this format is not decoded here (convert it to PLY)", 0);
    };
  }
}
