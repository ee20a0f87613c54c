package org.tessera.udf.audio.decode;

import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_SIZE;
import static org.bytedeco.ffmpeg.global.avformat.avio_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avio_context_free;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EXTERNAL;
import static org.bytedeco.ffmpeg.global.avutil.av_free;
import static org.bytedeco.ffmpeg.global.avutil.av_malloc;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.Read_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.avformat.Seek_Pointer_long_int;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.SampleException;

/**
 * A byte source as FFmpeg's input, read and sought from native code, without a temporary file. Used
 * by one thread; closed by its owner after the demuxer.
 *
 * <p>The native side knows a source by a number: JavaCPP makes only a few native entry points for
 * each callback class, so one constant pair of callbacks serves all open sources, and {@link #OPEN}
 * maps the numbers to them for as long as they are open.
 */
final class NativeSource implements AutoCloseable {
  private static final int BUFFER = 1 << 16;
  private static final Map<Long, NativeSource> OPEN = new ConcurrentHashMap<>();
  private static final AtomicLong NEXT = new AtomicLong(1);
  private static final Read READ = new Read();
  private static final Seek SEEK = new Seek();

  private final Handle handle;
  private final ByteSource source;
  private final long size;
  private final Deadline deadline;
  private final byte[] block = new byte[BUFFER];
  private final AVIOContext context;
  private long position;
  private SampleException failure;
  private RuntimeException error;

  /**
   * @param size how many of the source's bytes FFmpeg sees
   */
  NativeSource(ByteSource source, long size, Deadline deadline) {
    this.source = source;
    this.size = size;
    this.deadline = deadline;
    this.handle = new Handle(NEXT.getAndIncrement());
    OPEN.put(handle.address(), this);
    BytePointer buffer = new BytePointer(av_malloc(BUFFER)).capacity(BUFFER);
    this.context = avio_alloc_context(buffer, BUFFER, 0, handle, READ, null, SEEK);
  }

  AVIOContext context() {
    return context;
  }

  /** Throws what went wrong while native code was reading, if anything did. */
  void rethrow() throws SampleException {
    if (error != null) {
      throw error;
    }
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void close() {
    OPEN.remove(handle.address());
    av_free(context.buffer());
    context.buffer(null);
    avio_context_free(context);
  }

  private int read(BytePointer target, int length) {
    try {
      deadline.check();
      int wanted = (int) Math.min(Math.min(length, block.length), size - position);
      int count = wanted <= 0 ? -1 : source.read(position, block, 0, wanted);
      if (count < 0) {
        return AVERROR_EOF;
      }
      target.put(block, 0, count);
      position += count;
      return count;
    } catch (SampleException e) {
      failure = e;
    } catch (RuntimeException e) {
      error = e;
    }
    return AVERROR_EXTERNAL;
  }

  private long seek(long offset, int whence) {
    if (whence == AVSEEK_SIZE) {
      return size;
    }
    // SEEK_SET, SEEK_CUR, SEEK_END of the C library; a flag may be set above them.
    long base = (whence & 3) == 0 ? 0 : (whence & 3) == 1 ? position : size;
    long target = base + offset;
    if (target < 0) {
      return -1;
    }
    position = target;
    return target;
  }

  /** A number in the shape of an address that nobody follows. */
  private static final class Handle extends Pointer {
    private static final long serialVersionUID = 1L;

    Handle(long number) {
      super((Pointer) null);
      address = number;
    }
  }

  private static final class Read extends Read_packet_Pointer_BytePointer_int {
    private static final long serialVersionUID = 1L;

    @Override
    public int call(Pointer opaque, BytePointer buffer, int length) {
      NativeSource source = OPEN.get(opaque.address());
      return source == null ? AVERROR_EXTERNAL : source.read(buffer, length);
    }
  }

  private static final class Seek extends Seek_Pointer_long_int {
    private static final long serialVersionUID = 1L;

    @Override
    public long call(Pointer opaque, long offset, int whence) {
      NativeSource source = OPEN.get(opaque.address());
      return source == null ? -1 : source.seek(offset, whence);
    }
  }
}
