package org.tessera.udf.points.read;

import com.github.mreutegg.laszip4j.laszip.LASitem;
import com.github.mreutegg.laszip4j.laszip.LASpoint;
import com.github.mreutegg.laszip4j.laszip.LASquantizer;
import com.github.mreutegg.laszip4j.laszip.LASreadPoint;
import com.github.mreutegg.laszip4j.laszip.LASzip;
import java.nio.charset.StandardCharsets;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.SampleException;

/**
 * LAZ, through laszip4j's decoder. The header, the variable-length records and every size that the
 * decoder would allocate by are checked here first; of LAS 1.4's layers only those wanted are
 * decompressed.
 */
final class LazReader {
  private static final int LASZIP_RECORD = 22204;
  private static final int MOST_ITEMS = 64;
  private static final int CHECK_EVERY = 1 << 14;

  private final Bytes in;
  private final LasHeader header;
  private final LASzip laszip = new LASzip();

  private LazReader(Bytes in, LasHeader header) {
    this.in = in;
    this.header = header;
  }

  static PointCloud read(Bytes in, LasHeader header, ReadRequest request) throws SampleException {
    LazReader reader = new LazReader(in, header);
    reader.findItems();
    CloudBuilder cloud = LasReader.builder(in, header, request);
    if (Long.compareUnsigned(header.count, request.limits().points()) > 0) {
      throw Bad.tooMany(in.format(), header.count, request.limits().points(), header.countOffset);
    }
    if (header.count > 0) {
      reader.guarded(cloud, request);
    }
    return cloud.build();
  }

  /** Finds the record that tells how the points are compressed. */
  private void findItems() throws SampleException {
    in.seek(header.headerSize);
    for (long i = 0; i < header.vlrs && in.position() + 54 <= header.pointsAt; i++) {
      long at = in.position();
      in.need(54, "a variable-length record");
      String user =
          new String(in.array(), in.at() + 2, 16, StandardCharsets.ISO_8859_1).replace("\0", "");
      in.skip(18);
      int record = in.u16();
      int length = in.u16();
      in.skip(32);
      if (record == LASZIP_RECORD && user.equals("laszip encoded")) {
        items(length);
        return;
      }
      if (length > header.pointsAt - in.position()) {
        throw Bad.malformed(in.format(), "a variable-length record runs into the points", at);
      }
      in.seek(in.position() + length);
    }
    throw Bad.malformed(
        in.format(), "it has no record that says how its points are compressed", header.headerSize);
  }

  private void items(int length) throws SampleException {
    long at = in.position();
    in.need(34, "the compression record");
    laszip.compressor = (char) in.u16();
    laszip.coder = (char) in.u16();
    laszip.version_major = (byte) in.u8();
    laszip.version_minor = (byte) in.u8();
    laszip.version_revision = (char) in.u16();
    laszip.options = in.i32();
    laszip.chunk_size = in.i32();
    laszip.number_of_special_evlrs = in.i64();
    laszip.offset_to_special_evlrs = in.i64();
    int count = in.u16();
    if (count < 1 || count > MOST_ITEMS || 34 + 6 * count > length) {
      throw Bad.malformed(in.format(), "a point is said to have " + count + " parts", at + 32);
    }
    laszip.num_items = (char) count;
    laszip.items = new LASitem[count];
    int bytes = 0;
    for (int i = 0; i < count; i++) {
      in.need(6, "the compression record");
      int type = in.u16();
      if (type >= LASitem.Type.values().length) {
        throw Bad.malformed(in.format(), "a point has a part of type " + type, in.position() - 2);
      }
      LASitem item = new LASitem();
      item.type = LASitem.Type.values()[type];
      item.size = (char) in.u16();
      item.version = (char) in.u16();
      laszip.items[i] = item;
      bytes += item.size;
    }
    if (!laszip.check() || bytes != header.recordLength) {
      throw Bad.malformed(
          in.format(),
          laszip.get_error() == null
              ? "its compressed points have " + bytes + " bytes, not " + header.recordLength
              : laszip.get_error(),
          at);
    }
  }

  /** Runs the decoder: whatever it throws on damaged bytes becomes a fault of the sample. */
  private void guarded(CloudBuilder cloud, ReadRequest request) throws SampleException {
    in.seek(header.pointsAt);
    try {
      decode(cloud, request);
    } catch (LazStream.SourceFailure e) {
      throw e.fault;
    } catch (RuntimeException | AssertionError e) {
      throw Bad.malformed(
          in.format(), "its compressed points are damaged (" + e + ")", in.position());
    }
  }

  private void decode(CloudBuilder cloud, ReadRequest request) throws SampleException {
    checkChunkTable();
    LASreadPoint reader = new LASreadPoint(layers(cloud));
    LASpoint point = new LASpoint();
    LazStream stream = new LazStream(in);
    if (!reader.setup(laszip.num_items, laszip.items, laszip)
        || !reader.init(stream)
        || !point.init(new LASquantizer(), laszip.num_items, laszip.items, null)) {
      throw Bad.unsupported(
          in.format(), "its compression is unknown to this build (write LAS)", header.pointsAt);
    }
    int intensity = cloud.channel(Part.INTENSITY);
    int color = cloud.channel(Part.COLOR);
    for (long i = 0; i < header.count; i++) {
      if (i % CHECK_EVERY == 0) {
        request.deadline().check(Phase.DECODE);
      }
      if (!reader.read(point.PointRecords)) {
        throw in.remaining() == 0 || String.valueOf(reader.error()).startsWith("end-of-file")
            ? Bad.truncated(
                in.format(), "it holds " + i + " of " + header.count + " points", in.size())
            : Bad.malformed(in.format(), "point " + i + ": " + reader.error(), in.position());
      }
      long offset = in.position();
      cloud.add(
          point.get_X() * header.scale[0] + header.offset[0],
          point.get_Y() * header.scale[1] + header.offset[1],
          point.get_Z() * header.scale[2] + header.offset[2],
          offset);
      if (intensity >= 0) {
        cloud.attribute(intensity, point.get_intensity(), offset);
      }
      if (color >= 0) {
        cloud.attribute(color, point.get_R(), offset);
        cloud.attribute(color + 1, point.get_G(), offset);
        cloud.attribute(color + 2, point.get_B(), offset);
      }
    }
    if (reader.warning() != null) {
      throw Bad.truncated(in.format(), "its end is damaged: " + reader.warning(), in.size());
    }
    if (!reader.check_end()) {
      throw Bad.malformed(in.format(), String.valueOf(reader.error()), in.position());
    }
  }

  private static int layers(CloudBuilder cloud) {
    int layers =
        LASzip.LASZIP_DECOMPRESS_SELECTIVE_CHANNEL_RETURNS_XY
            | LASzip.LASZIP_DECOMPRESS_SELECTIVE_Z;
    if (cloud.wants(Part.INTENSITY)) {
      layers |= LASzip.LASZIP_DECOMPRESS_SELECTIVE_INTENSITY;
    }
    if (cloud.wants(Part.COLOR)) {
      layers |= LASzip.LASZIP_DECOMPRESS_SELECTIVE_RGB;
    }
    return layers;
  }

  /**
   * The table of chunks stands where the first 8 bytes of the points say; when they say -1, the
   * last 8 bytes of the file say it. A file without its table has been cut.
   */
  private void checkChunkTable() throws SampleException {
    if (laszip.compressor == LASzip.LASZIP_COMPRESSOR_POINTWISE) {
      return;
    }
    in.need(8, "the place of the chunk table");
    long table = Bytes.i64(in.array(), in.at());
    if (table == -1 && in.remaining() >= 16) {
      in.seek(in.size() - 8);
      table = in.i64();
    }
    if (table < header.pointsAt + 8 || table > in.size() - 8) {
      throw Bad.truncated(
          in.format(), "its chunk table is at byte " + table + " of " + in.size(), in.size());
    }
    in.seek(table + 4);
    long chunks = in.u32();
    if (chunks > header.count || chunks > in.size() - header.pointsAt) {
      throw Bad.malformed(in.format(), "it claims " + chunks + " chunks", table + 4);
    }
    in.seek(header.pointsAt);
  }
}
