package org.tessera.udf.fuzz;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The mutant that is being read, in a file that outlives a crash of the JVM: four bytes of length,
 * then the mutant. The file is mapped, so writing it waits for no disk.
 */
final class Trace implements AutoCloseable {
  private static final int ROOM = 4 << 20;

  private final FileChannel channel;
  private final MappedByteBuffer buffer;

  Trace(Path file) throws IOException {
    channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    buffer = channel.map(FileChannel.MapMode.READ_WRITE, 0, ROOM);
  }

  void write(byte[] mutant) {
    int length = Math.min(mutant.length, ROOM - 4);
    buffer.putInt(0, length);
    buffer.put(4, mutant, 0, length);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
