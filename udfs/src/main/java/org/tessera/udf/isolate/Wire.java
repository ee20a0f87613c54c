package org.tessera.udf.isolate;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.model.engine.ElementType;
import org.tessera.udf.frontend.ByteFeatures;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.frontend.FloatFeatures;
import org.tessera.udf.frontend.IntFeatures;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** What goes through the pipes between a process and its workers. */
final class Wire {
  /** From the parent: a file to open, the next segment, the end of a file. */
  static final int OPEN = 1;

  static final int NEXT = 2;
  static final int CLOSE = 3;

  /** From the worker: ready, a segment, no more, a rejection, a companion that it needs. */
  static final int READY = 11;

  static final int SEGMENT = 12;
  static final int END = 13;
  static final int REJECTED = 14;
  static final int COMPANION = 15;
  static final int FAILED = 16;

  /** From the parent: the companion, or that there is none. */
  static final int FOUND = 21;

  static final int ABSENT = 22;

  private static final int CHUNK = 1 << 16;
  private static final ObjectMapper JSON = new ObjectMapper();

  private Wire() {}

  static void writeText(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  static String readText(DataInputStream in) throws IOException {
    return new String(readExactly(in, in.readInt()), StandardCharsets.UTF_8);
  }

  static void writeBytes(DataOutputStream out, ByteSource source)
      throws IOException, SampleException {
    out.writeLong(source.size());
    byte[] chunk = new byte[CHUNK];
    long done = 0;
    while (done < source.size()) {
      int count = source.read(done, chunk, 0, (int) Math.min(CHUNK, source.size() - done));
      if (count < 0) {
        throw new EOFException("Cannot read byte " + done + " of " + source.size());
      }
      out.write(chunk, 0, count);
      done += count;
    }
  }

  static void writeRejection(DataOutputStream out, SampleException rejection) throws IOException {
    writeText(out, rejection.phase().name());
    writeText(out, rejection.code().name());
    writeText(out, rejection.getMessage());
    out.writeLong(rejection.offset());
    out.writeBoolean(rejection.isTransient());
  }

  static SampleException readRejection(DataInputStream in) throws IOException {
    Phase phase = Phase.valueOf(readText(in));
    RejectCode code = RejectCode.valueOf(readText(in));
    String message = readText(in);
    long offset = in.readLong();
    if (in.readBoolean()) {
      return SampleException.passing(phase, code, message);
    }
    return offset >= 0
        ? SampleException.at(phase, code, message, offset)
        : SampleException.of(phase, code, message);
  }

  static void writeSegment(DataOutputStream out, Segment segment) throws IOException {
    out.writeInt(segment.index());
    out.writeInt(segment.channel());
    out.writeDouble(segment.startS());
    out.writeDouble(segment.endS());
    out.writeInt(segment.inputs().size());
    for (Map.Entry<String, Features> input : segment.inputs().entrySet()) {
      writeText(out, input.getKey());
      Features features = input.getValue();
      writeText(out, features.type().name());
      out.writeInt(features.shape().length);
      for (int extent : features.shape()) {
        out.writeInt(extent);
      }
      byte[] values = features.toBytes();
      out.writeInt(values.length);
      out.write(values);
    }
    writeText(out, JSON.writeValueAsString(segment.geometry()));
    writeText(out, JSON.writeValueAsString(segment.labels()));
  }

  static Segment readSegment(DataInputStream in) throws IOException {
    int index = in.readInt();
    int channel = in.readInt();
    double start = in.readDouble();
    double end = in.readDouble();
    SortedMap<String, Features> inputs = new TreeMap<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      inputs.put(readText(in), readFeatures(in));
    }
    SortedMap<String, Object> geometry =
        JSON.readValue(readText(in), new TypeReference<TreeMap<String, Object>>() {});
    SortedMap<String, String> labels =
        JSON.readValue(readText(in), new TypeReference<TreeMap<String, String>>() {});
    return new Segment(index, channel, start, end, inputs, geometry, labels);
  }

  private static Features readFeatures(DataInputStream in) throws IOException {
    ElementType type = ElementType.valueOf(readText(in));
    int[] shape = new int[in.readInt()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = in.readInt();
    }
    byte[] values = readExactly(in, in.readInt());
    ByteBuffer bytes = ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN);
    switch (type) {
      case UINT8:
        return new ByteFeatures(values, shape);
      case FLOAT32:
        float[] floats = new float[values.length / 4];
        bytes.asFloatBuffer().get(floats);
        return new FloatFeatures(floats, shape);
      case INT32:
        int[] ints = new int[values.length / 4];
        bytes.asIntBuffer().get(ints);
        return new IntFeatures(ints, shape);
      default:
        throw new IOException("Cannot read features of type " + type);
    }
  }

  static void writeLimits(DataOutputStream out, Limits limits) throws IOException {
    out.writeLong(limits.bytes());
    out.writeLong(limits.pixels());
    out.writeLong(limits.samples());
    out.writeDouble(limits.seconds());
    out.writeInt(limits.channels());
    out.writeLong(limits.points());
    out.writeInt(limits.nesting());
    out.writeLong(limits.timeoutMillis());
  }

  static Limits readLimits(DataInputStream in) throws IOException {
    return new Limits(
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readDouble(),
        in.readInt(),
        in.readLong(),
        in.readInt(),
        in.readLong());
  }

  private static byte[] readExactly(DataInputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("The pipe ended after " + bytes.length + " of " + length + " bytes");
    }
    return bytes;
  }
}
