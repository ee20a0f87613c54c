package org.tessera.udf.eeg.read;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;

/**
 * Unpacks a MAT 5 file and checks every length and count in it against the bytes that are there, so
 * that the reading library never allocates what a header only claims. Objects of MATLAB's classes,
 * of which no recording is made and not all are known to the library, become arrays of bytes.
 */
final class Mat5Check {
  private static final int HEADER = 128;
  private static final int MATRIX = 14;
  private static final int COMPRESSED = 15;

  /** The class of objects, that of arrays of bytes, and where the values of such an array begin. */
  private static final int OBJECT = 17;

  private static final int UINT8_ARRAY = 9;
  private static final int BYTES_AT = 48;

  private static final int[] WIDTHS = {0, 1, 1, 2, 2, 4, 4, 4, 0, 8, 0, 0, 8, 8, 0, 0, 1, 2, 4};

  private final Limits limits;
  private final ByteOrder order;
  private final boolean unpacked;
  private final long base;

  /** Start and end of the content of each object, from the start of the element. */
  private final List<int[]> objects = new ArrayList<>();

  private Mat5Check(Limits limits, ByteOrder order, boolean unpacked, long base) {
    this.limits = limits;
    this.order = order;
    this.unpacked = unpacked;
    this.base = base;
  }

  /**
   * The file without compression.
   *
   * @throws SampleException where a length does not fit, or too much comes out
   */
  static byte[] unpack(byte[] file, Limits limits) throws SampleException {
    if (file.length < HEADER) {
      throw Faults.truncated(
          "Cannot read MAT: its header has 128 bytes and the file " + file.length, file.length);
    }
    ByteOrder order = order(file);
    ByteArrayOutputStream out = new ByteArrayOutputStream(file.length);
    out.write(file, 0, HEADER);
    ByteBuffer bytes = ByteBuffer.wrap(file).order(order);
    for (int at = HEADER; at < file.length; ) {
      if (file.length - at < 8) {
        throw Faults.truncated("Cannot read MAT: it ends in the middle of a tag", file.length);
      }
      int type = bytes.getInt(at);
      long size = Integer.toUnsignedLong(bytes.getInt(at + 4));
      if (size > file.length - at - 8) {
        throw Faults.truncated(
            "Cannot read MAT: the element at "
                + at
                + " has "
                + size
                + " bytes and the file ends at "
                + file.length,
            file.length);
      }
      int start = at + 8;
      int length = (int) size;
      if (type == COMPRESSED) {
        byte[] element = inflate(file, start, length, limits.bytes() - out.size());
        Mat5Check check = new Mat5Check(limits, order, true, at);
        check.top(ByteBuffer.wrap(element).order(order));
        out.writeBytes(check.hidden(element));
      } else if (type == MATRIX) {
        Mat5Check check = new Mat5Check(limits, order, false, at);
        check.top(bytes.slice(at, length + 8).order(order));
        if (check.objects.isEmpty()) {
          out.write(file, at, length + 8);
        } else {
          out.writeBytes(check.hidden(Arrays.copyOfRange(file, at, at + length + 8)));
        }
      } else {
        throw Faults.malformed("Cannot read MAT: the element at " + at + " is of type " + type, at);
      }
      at = start + length;
    }
    return out.toByteArray();
  }

  private static ByteOrder order(byte[] file) throws SampleException {
    if (file[126] == 'I' && file[127] == 'M') {
      return ByteOrder.LITTLE_ENDIAN;
    }
    if (file[126] == 'M' && file[127] == 'I') {
      return ByteOrder.BIG_ENDIAN;
    }
    throw Faults.malformed("Cannot read MAT: its header names no byte order", 126);
  }

  private static byte[] inflate(byte[] file, int start, int length, long most)
      throws SampleException {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(file, start, length);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] buffer = new byte[1 << 16];
      while (!inflater.finished()) {
        int count = inflater.inflate(buffer);
        if (count == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
          throw Faults.truncated(
              "Cannot read MAT: the compressed element at " + (start - 8) + " ends early",
              start + length);
        }
        if (out.size() + (long) count > Math.min(most, Integer.MAX_VALUE - 1024)) {
          throw Faults.tooLarge(
              "Cannot unpack MAT: more than " + most + " bytes come out (raise limits.bytes)",
              start - 8);
        }
        out.write(buffer, 0, count);
      }
      return out.toByteArray();
    } catch (DataFormatException e) {
      throw Faults.malformed(
          "Cannot unpack MAT: the compressed element at "
              + (start - 8)
              + " is damaged ("
              + e.getMessage()
              + ")",
          start - 8);
    } finally {
      inflater.end();
    }
  }

  /** One element of the file, which must be one matrix and nothing more. */
  private void top(ByteBuffer element) throws SampleException {
    if (element.remaining() < 8 || element.getInt(0) != MATRIX) {
      throw fault("an element is no matrix", 0);
    }
    long size = Integer.toUnsignedLong(element.getInt(4));
    if (size != element.limit() - 8) {
      throw fault("a matrix says it has " + size + " bytes, not " + (element.limit() - 8), 4);
    }
    element.position(8);
    matrix(element, element.limit(), 0);
  }

  /** Walks over the content of a matrix, from the position to {@code end}. */
  private void matrix(ByteBuffer bytes, int end, int depth) throws SampleException {
    if (bytes.position() == end) {
      return; // an empty array
    }
    if (depth > 32 + limits.nesting()) {
      throw fault("arrays are nested too deep", bytes.position());
    }
    int start = bytes.position();
    int[] flags = tag(bytes, end);
    if (flags[0] != 6 || flags[1] != 8) {
      throw fault("a matrix does not start with its flags", bytes.position());
    }
    int kind = bytes.getInt(flags[2]) & 0xff;
    skip(bytes, flags);
    if (kind < 16) {
      sized(bytes, end, kind, depth);
    } else {
      // Function handles and objects of new classes: only what is nested can be checked.
      while (bytes.position() < end) {
        nestedOrData(bytes, end, depth);
      }
      if (kind == OBJECT && end - start >= BYTES_AT && (end - start) % 8 == 0) {
        objects.add(new int[] {start, end});
      }
    }
  }

  /** Writes the head of an array of bytes over the head of every object. */
  private byte[] hidden(byte[] element) {
    ByteBuffer bytes = ByteBuffer.wrap(element).order(order);
    for (int[] object : objects) {
      int length = object[1] - object[0] - BYTES_AT;
      int[] head = {6, 8, UINT8_ARRAY, 0, 5, 8, 1, length, 1, 0, 2, length};
      for (int i = 0; i < head.length; i++) {
        bytes.putInt(object[0] + 4 * i, head[i]);
      }
    }
    return element;
  }

  private void sized(ByteBuffer bytes, int end, int kind, int depth) throws SampleException {
    int[] extents = tag(bytes, end);
    long count = 1;
    if (extents[0] != 5 || extents[1] < 8 || extents[1] % 4 != 0 || extents[1] > 128) {
      throw fault("the extents of an array are wrong", bytes.position());
    }
    for (int i = 0; i < extents[1]; i += 4) {
      int extent = bytes.getInt(extents[2] + i);
      count *= extent;
      if (extent < 0 || count > Integer.MAX_VALUE) {
        throw fault("an array claims an extent of " + extent, extents[2] + i);
      }
    }
    skip(bytes, extents);
    skip(bytes, tag(bytes, end)); // the name
    if (kind == 1) {
      nested(bytes, end, count, depth);
    } else if (kind == 2 || kind == 3) {
      if (kind == 3) {
        skip(bytes, tag(bytes, end)); // the class
      }
      nested(bytes, end, count * fields(bytes, end), depth);
    } else {
      numbers(bytes, end, kind, count);
    }
  }

  private long fields(ByteBuffer bytes, int end) throws SampleException {
    int[] width = tag(bytes, end);
    int longest = width[1] == 4 ? bytes.getInt(width[2]) : 0;
    if (longest < 1 || longest > 4096) {
      throw fault("the names of fields have " + longest + " characters", width[2]);
    }
    skip(bytes, width);
    int[] names = tag(bytes, end);
    if (names[1] % longest != 0) {
      throw fault("the names of fields are cut", names[2]);
    }
    skip(bytes, names);
    return names[1] / longest;
  }

  private void nested(ByteBuffer bytes, int end, long count, int depth) throws SampleException {
    if (count > (end - bytes.position()) / 8) {
      throw fault(
          count + " elements are claimed in " + (end - bytes.position()) + " bytes",
          bytes.position());
    }
    for (long i = 0; i < count; i++) {
      if (nestedOrData(bytes, end, depth) != MATRIX) {
        throw fault("an element of an array is no array", bytes.position());
      }
    }
  }

  private int nestedOrData(ByteBuffer bytes, int end, int depth) throws SampleException {
    int[] element = tag(bytes, end);
    if (element[0] == MATRIX) {
      bytes.position(element[2]);
      matrix(bytes, element[2] + element[1], depth + 1);
      bytes.position(element[2] + element[1]);
    } else {
      skip(bytes, element);
    }
    return element[0];
  }

  private void numbers(ByteBuffer bytes, int end, int kind, long count) throws SampleException {
    while (bytes.position() < end) {
      int[] data = tag(bytes, end);
      int width = data[0] > 0 && data[0] < WIDTHS.length ? WIDTHS[data[0]] : 0;
      if (width == 0) {
        throw fault("numbers are of type " + data[0], data[2]);
      }
      // Sparse arrays keep rows and column starts beside the numbers, which have counts of their
      // own.
      if (kind > 5 && (long) data[1] / width != count) {
        throw fault(count + " numbers are claimed in " + data[1] + " bytes", data[2]);
      }
      skip(bytes, data);
    }
  }

  /** Type, size, start of the data and start of what follows; the position stays. */
  private int[] tag(ByteBuffer bytes, int end) throws SampleException {
    int at = bytes.position();
    if (end - at < 8) {
      throw fault("a tag reaches past its array", at);
    }
    int first = bytes.getInt(at);
    if (first >>> 16 != 0) {
      int size = first >>> 16;
      if (size > 4) {
        throw fault("a small element has " + size + " bytes", at);
      }
      return new int[] {first & 0xffff, size, at + 4, at + 8};
    }
    long size = Integer.toUnsignedLong(bytes.getInt(at + 4));
    if (size > end - at - 8) {
      throw fault("an element has " + size + " bytes and its array " + (end - at - 8), at + 4);
    }
    int length = (int) size;
    int padded = first == MATRIX ? length : length + (8 - length % 8) % 8;
    return new int[] {first, length, at + 8, Math.min(end, at + 8 + padded)};
  }

  private static void skip(ByteBuffer bytes, int[] tag) {
    bytes.position(tag[3]);
  }

  private SampleException fault(String what, int at) {
    return Faults.malformed(
        "Cannot read MAT: " + what + (unpacked ? " (unpacked byte " + at + ")" : ""),
        unpacked ? base : base + at);
  }
}
