package org.tessera.udf.points.read;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Enumeration;
import java.util.List;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;
import org.tessera.model.npy.NpyException;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/**
 * NPY: an array of shape (points, columns), columns as the request names them. NPZ: the array named
 * {@code points}, {@code xyz}, {@code pos} or {@code arr_0}, the first of these that is there, or
 * else the only one. Nothing is ever unpickled.
 */
final class NumpyReader {
  private static final List<String> NAMES = List.of("points", "xyz", "pos", "arr_0");

  private final Bytes in;
  private final ReadRequest request;

  private NumpyReader(Bytes in, ReadRequest request) {
    this.in = in;
    this.request = request;
  }

  static PointCloud npy(Bytes in, ReadRequest request) throws SampleException {
    NumpyReader reader = new NumpyReader(in, request);
    try {
      NpyArray array = Npy.read(new SourceStream(in), "the array");
      return reader.cloud(array, in.size() - (long) array.size() * array.type().bytes());
    } catch (SourceStream.SourceFailure e) {
      throw e.fault;
    } catch (IOException | NpyException | ArithmeticException e) {
      throw reader.bad(e);
    }
  }

  static PointCloud npz(Bytes in, byte[] file, ReadRequest request) throws SampleException {
    NumpyReader reader = new NumpyReader(in, request);
    try (ZipFile zip =
            ZipFile.builder().setSeekableByteChannel(new SeekableInMemoryByteChannel(file)).get();
        InputStream stream = reader.bounded(zip.getInputStream(reader.choose(zip)))) {
      return reader.cloud(Npy.read(stream, "the array"), 0);
    } catch (TooManyBytes e) {
      throw SampleException.of(Phase.DECODE, RejectCode.TOO_LARGE, e.getMessage());
    } catch (IOException | IllegalArgumentException | ArithmeticException e) {
      throw reader.bad(e);
    }
  }

  private ZipArchiveEntry choose(ZipFile zip) throws SampleException {
    for (String name : NAMES) {
      ZipArchiveEntry entry = zip.getEntry(name + ".npy");
      if (entry != null) {
        return entry;
      }
    }
    Enumeration<ZipArchiveEntry> entries = zip.getEntries();
    ZipArchiveEntry only = entries.hasMoreElements() ? entries.nextElement() : null;
    if (only == null || entries.hasMoreElements()) {
      throw Bad.unsupported(
          in.format(), "none of its arrays is named points, xyz, pos or arr_0 (rename it)", -1);
    }
    return only;
  }

  /** More bytes came out of the archive than the limit allows. */
  private static final class TooManyBytes extends IOException {
    private static final long serialVersionUID = 1L;

    TooManyBytes(long limit) {
      super("Cannot unpack the array: it has more than " + limit + " bytes (raise limits.bytes)");
    }
  }

  private InputStream bounded(InputStream stream) {
    return new FilterInputStream(stream) {
      private long left = request.limits().bytes();

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        int count = super.read(target, offset, length);
        left -= Math.max(0, count);
        if (left < 0) {
          throw new TooManyBytes(request.limits().bytes());
        }
        return count;
      }
    };
  }

  /**
   * The points of an array.
   *
   * @param offset where its values begin in the file
   */
  private PointCloud cloud(NpyArray array, long offset) throws SampleException {
    int[] shape = array.shape();
    if (shape.length != 2 || shape[1] < 3) {
      throw Bad.malformed(
          in.format(),
          "its shape is " + java.util.Arrays.toString(shape) + ", not (points, 3 or more)",
          0);
    }
    int width = shape[1];
    Columns columns = Columns.of(request, width);
    if (columns.last() >= width) {
      throw Bad.malformed(in.format(), "it has " + width + " columns, and more are named", 0);
    }
    CloudBuilder cloud = new CloudBuilder(request, in.format(), columns.parts());
    cloud.expect(shape[0], 0);
    int[] attributes = columns.attributes(cloud);
    double[] values = array.toDoubles();
    for (int i = 0; i < shape[0]; i++) {
      int at = i * width;
      cloud.add(
          values[at + columns.x()], values[at + columns.y()], values[at + columns.z()], offset);
      for (int a = 0; a < attributes.length; a++) {
        cloud.attribute(a, values[at + attributes[a]], offset);
      }
    }
    return cloud.build();
  }

  private SampleException bad(Exception e) {
    String message = String.valueOf(e.getMessage());
    String what = message.replaceFirst("^Cannot read the array: ", "");
    boolean ended = what.contains(" ends ") || e instanceof java.io.EOFException;
    return ended
        ? Bad.truncated(in.format(), what, in.size())
        : Bad.malformed(in.format(), what, Math.min(in.position(), in.size()));
  }
}
