package org.tessera.udf.isolate;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/** A worker process, seen from its parent. Used by one thread at a time. */
final class Worker implements AutoCloseable {
  /** Starting a Java process may take long on a busy machine. */
  private static final long START_MILLIS = 120_000;

  private final Process process;
  private final DataInputStream in;
  private final DataOutputStream out;
  private final ScheduledExecutorService watch;
  private final long timeoutMillis;
  private volatile boolean cutOff;

  Worker(WorkerCommand command, String manifest, Limits limits, ScheduledExecutorService watch)
      throws IOException {
    this.watch = watch;
    this.timeoutMillis = limits.timeoutMillis();
    ProcessBuilder builder = new ProcessBuilder(command.command());
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    this.process = builder.start();
    this.in = new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16));
    this.out = new DataOutputStream(new BufferedOutputStream(process.getOutputStream(), 1 << 16));
    Future<?> cut = cutAfter(START_MILLIS);
    try {
      Wire.writeText(out, manifest);
      Wire.writeLimits(out, limits);
      out.flush();
      if (in.read() != Wire.READY) {
        throw new IOException("it ended with code " + exitCode());
      }
    } catch (IOException e) {
      close();
      throw new IOException(
          "Cannot start a worker process to decode in: "
              + e.getMessage()
              + " (check that "
              + command.command().get(0)
              + " runs here, and the memory)",
          e);
    } finally {
      cut.cancel(false);
    }
  }

  boolean lives() {
    return process.isAlive() && !cutOff;
  }

  /** Gives the worker a file; its segments are asked for one by one. */
  void open(SampleInput input) throws SampleException {
    try {
      out.writeByte(Wire.OPEN);
      Wire.writeText(out, input.name());
      Wire.writeBytes(out, input.content());
      out.flush();
    } catch (IOException e) {
      throw died();
    }
  }

  /** The next segment of the open file; null after the last. */
  Segment next(SampleInput input) throws SampleException {
    Future<?> cut = cutAfter(timeoutMillis);
    try {
      out.writeByte(Wire.NEXT);
      out.flush();
      while (true) {
        int answer = in.read();
        switch (answer) {
          case Wire.SEGMENT:
            return Wire.readSegment(in);
          case Wire.END:
            return null;
          case Wire.REJECTED:
            throw Wire.readRejection(in);
          case Wire.FAILED:
            throw SampleException.of(
                Phase.DECODE,
                RejectCode.DECODER_FAULT,
                "Cannot decode: the decoder failed with "
                    + Wire.readText(in)
                    + " (please report it with this file)");
          case Wire.COMPANION:
            companion(input, Wire.readText(in));
            break;
          default:
            throw died();
        }
      }
    } catch (IOException e) {
      throw died();
    } finally {
      cut.cancel(false);
    }
  }

  /** Lets go of the open file; returns whether the worker can take another. */
  boolean finish() {
    if (!lives()) {
      return false;
    }
    try {
      out.writeByte(Wire.CLOSE);
      out.flush();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void companion(SampleInput input, String name) throws IOException {
    Optional<ByteSource> found;
    try {
      found = input.companions().find(name);
    } catch (SampleException e) {
      out.writeByte(Wire.REJECTED);
      Wire.writeRejection(out, e);
      out.flush();
      return;
    }
    if (found.isEmpty()) {
      out.writeByte(Wire.ABSENT);
    } else {
      out.writeByte(Wire.FOUND);
      try {
        Wire.writeBytes(out, found.get());
      } catch (SampleException e) {
        throw new IOException("Cannot read companion " + name, e);
      }
    }
    out.flush();
  }

  private Future<?> cutAfter(long millis) {
    return watch.schedule(
        () -> {
          cutOff = true;
          process.destroyForcibly();
        },
        millis,
        TimeUnit.MILLISECONDS);
  }

  private SampleException died() {
    boolean byUs = cutOff;
    int code = exitCode();
    close();
    if (byUs) {
      return SampleException.passing(
          Phase.DECODE,
          RejectCode.TIMEOUT,
          "Cannot decode within "
              + timeoutMillis
              + " ms (raise limits.timeout if such files are wanted)");
    }
    return SampleException.of(
        Phase.DECODE,
        RejectCode.CRASHED,
        "Cannot decode: the decoder crashed its process, which ended with code "
            + code
            + " (please report it with this file)");
  }

  private int exitCode() {
    try {
      return process.waitFor(10, TimeUnit.SECONDS) ? process.exitValue() : -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
