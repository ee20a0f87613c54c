package org.tessera.pipeline.plan;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Inputs that wait on this machine's disk, numbered from 0; 8 bytes of memory each. All are added
 * before the first is read. Not thread-safe; close it, which deletes the file.
 */
public final class InputSpool implements AutoCloseable {
  private final Path file;
  private final DataOutputStream out;
  private FileChannel in;
  private long[] starts = new long[1024];
  private long length;
  private int size;

  /** Opens a spool in the folder for temporary files. */
  public InputSpool() throws IOException {
    file = Files.createTempFile("tessera-plan-", ".tmp");
    out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16));
  }

  /** Adds an input. */
  public void add(PlannedInput input) throws IOException {
    byte[] bytes = input.toJson().getBytes(StandardCharsets.UTF_8);
    if (size + 1 >= starts.length) {
      starts = Arrays.copyOf(starts, starts.length + (starts.length >> 1));
    }
    out.write(bytes);
    length += bytes.length;
    starts[++size] = length;
  }

  /** How many there are. */
  public int size() {
    return size;
  }

  /** An input by its number. */
  public PlannedInput get(int number) throws IOException {
    if (in == null) {
      out.close();
      in = FileChannel.open(file, StandardOpenOption.READ);
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) (starts[number + 1] - starts[number]));
    while (bytes.hasRemaining()) {
      if (in.read(bytes, starts[number] + bytes.position()) < 0) {
        throw new EOFException("Cannot read " + file + ": it became shorter (plan again)");
      }
    }
    return PlannedInput.fromJson(new String(bytes.array(), StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws IOException {
    out.close();
    if (in != null) {
      in.close();
    }
    Files.deleteIfExists(file);
  }
}
