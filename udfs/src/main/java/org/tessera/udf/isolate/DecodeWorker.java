package org.tessera.udf.isolate;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.udf.frontend.FrontEnd;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.modality.FrontEnds;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.FileSource;
import org.tessera.udf.sample.HeapSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/**
 * The main class of a worker process: decodes one file at a time, as its parent asks through
 * standard input, and answers through standard output. It ends when its parent does.
 */
public final class DecodeWorker {
  private static final long HEAP_BYTES = 64L << 20;

  private final DataInputStream in;
  private final DataOutputStream out;
  private final FrontEnd frontEnd;

  private DecodeWorker(DataInputStream in, DataOutputStream out, FrontEnd frontEnd) {
    this.in = in;
    this.out = out;
    this.frontEnd = frontEnd;
  }

  /** Makes the front-end of a worker. */
  @FunctionalInterface
  public interface Maker {
    /** The front-end of a tokenizer's manifest. */
    FrontEnd make(TokenizerManifest manifest, Limits limits);
  }

  /** Serves the parent with the front-ends of this build. */
  public static void main(String[] args) throws IOException {
    serve(FrontEnds::of);
  }

  /** Serves the parent until the pipe ends. */
  public static void serve(Maker maker) throws IOException {
    DataInputStream in =
        new DataInputStream(
            new BufferedInputStream(new FileInputStream(FileDescriptor.in), 1 << 16));
    DataOutputStream out =
        new DataOutputStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16));
    // What decoders print must not get between the answers.
    System.setOut(System.err);
    TokenizerManifest manifest = TokenizerManifest.fromJson(Wire.readText(in));
    Limits limits = Wire.readLimits(in);
    DecodeWorker worker = new DecodeWorker(in, out, maker.make(manifest, limits));
    out.writeByte(Wire.READY);
    out.flush();
    int request = in.read();
    while (request >= 0) {
      if (request == Wire.OPEN) {
        worker.file();
      }
      request = in.read();
    }
  }

  /** One file: answers requests for its segments until it is closed. */
  private void file() throws IOException {
    String name = Wire.readText(in);
    Map<String, Content> open = new HashMap<>();
    try {
      Content content = readContent();
      open.put("", content);
      segments(new SampleInput(name, content.source, companion -> companion(companion, open)));
    } finally {
      for (Content content : open.values()) {
        content.close();
      }
    }
  }

  private void segments(SampleInput input) throws IOException {
    Segments segments = null;
    try {
      for (int request = in.read(); request == Wire.NEXT; request = in.read()) {
        Segment segment = null;
        SampleException rejection = null;
        try {
          if (segments == null) {
            segments = frontEnd.open(input);
          }
          segment = segments.next();
        } catch (SampleException e) {
          rejection = e;
        } catch (RuntimeException | StackOverflowError e) {
          out.writeByte(Wire.FAILED);
          Wire.writeText(out, e.toString());
          out.flush();
          continue;
        }
        if (rejection != null) {
          out.writeByte(Wire.REJECTED);
          Wire.writeRejection(out, rejection);
        } else if (segment == null) {
          out.writeByte(Wire.END);
        } else {
          out.writeByte(Wire.SEGMENT);
          Wire.writeSegment(out, segment);
        }
        out.flush();
      }
    } finally {
      if (segments != null) {
        segments.close();
      }
    }
  }

  private Optional<ByteSource> companion(String name, Map<String, Content> open)
      throws SampleException {
    try {
      out.writeByte(Wire.COMPANION);
      Wire.writeText(out, name);
      out.flush();
      int answer = in.read();
      if (answer == Wire.REJECTED) {
        throw Wire.readRejection(in);
      }
      if (answer != Wire.FOUND) {
        return Optional.empty();
      }
      Content content = readContent();
      Content before = open.put("/" + name, content);
      if (before != null) {
        before.close();
      }
      return Optional.of(content.source);
    } catch (IOException e) {
      throw SampleException.passing(
          Phase.FETCH,
          RejectCode.UNREADABLE,
          "Cannot read companion " + name + ": " + e.getMessage());
    }
  }

  private Content readContent() throws IOException {
    long size = in.readLong();
    if (size <= HEAP_BYTES) {
      byte[] bytes = in.readNBytes((int) size);
      return new Content(new HeapSource(bytes), null);
    }
    Path file = Files.createTempFile("tessera-worker-", ".bin");
    file.toFile().deleteOnExit();
    try (OutputStream target = Files.newOutputStream(file)) {
      byte[] chunk = new byte[1 << 16];
      long left = size;
      while (left > 0) {
        int count = in.read(chunk, 0, (int) Math.min(chunk.length, left));
        if (count < 0) {
          throw new IOException("The pipe ended " + left + " bytes too early");
        }
        target.write(chunk, 0, count);
        left -= count;
      }
    }
    return new Content(new FileSource(file), file);
  }

  /** A file's bytes, in memory or in a file. */
  private static final class Content {
    private final ByteSource source;
    private final Path file;

    Content(ByteSource source, Path file) {
      this.source = source;
      this.file = file;
    }

    void close() throws IOException {
      if (file != null) {
        ((FileSource) source).close();
        Files.deleteIfExists(file);
      }
    }
  }
}
