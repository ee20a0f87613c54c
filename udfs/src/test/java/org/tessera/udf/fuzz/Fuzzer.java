package org.tessera.udf.fuzz;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.Sha256;

/** Reads many damaged files and reports every one that was neither read nor rejected. */
public final class Fuzzer {
  private static final Path FOLDER = Path.of("target/fuzz");
  private static final int SHORT_RUN = 6_000;
  private static final int MOST_FAILURES = 10;

  private final String name;
  private final List<byte[]> seeds;
  private final Reader reader;
  private final long timeoutMillis;

  /** Reads one file to its end; what it makes is dropped. */
  @FunctionalInterface
  public interface Reader {
    void read(byte[] content) throws SampleException;
  }

  /**
   * A fuzzer of one decoder.
   *
   * @param name for the files of failures
   * @param seeds good files, best under some kilobytes
   * @param timeoutMillis the most processor time that one mutant may take; ten times as much where
   *     it waits
   */
  public Fuzzer(String name, List<byte[]> seeds, Reader reader, long timeoutMillis) {
    this.name = name;
    this.seeds = List.copyOf(seeds);
    this.reader = reader;
    this.timeoutMillis = timeoutMillis;
  }

  /** How many mutants this build's run has: {@code -Dfuzz.mutants}, else a short run. */
  public static int mutants() {
    return Integer.getInteger("tessera.fuzz.mutants", SHORT_RUN);
  }

  /** What became of the mutants. */
  public record Result(int read, Map<RejectCode, Integer> rejected, List<String> failures) {}

  /** Reads {@link #mutants} mutants; stops early after many failures. */
  public Result run() throws IOException {
    Files.createDirectories(FOLDER);
    Path current = FOLDER.resolve(name + "-current.bin");
    Mutator mutator = new Mutator(Long.getLong("tessera.fuzz.seed", 1));
    Map<RejectCode, Integer> rejected = new EnumMap<>(RejectCode.class);
    List<String> failures = new ArrayList<>();
    int read = 0;
    // Loading libraries counts for no mutant.
    seeds.forEach(this::outcome);
    try (Trace trace = new Trace(current)) {
      Worker worker = new Worker(timeoutMillis);
      for (int i = 0; i < mutants() && failures.size() < MOST_FAILURES; i++) {
        byte[] mutant = mutator.mutate(seeds);
        trace.write(mutant);
        try {
          RejectCode code = worker.run(() -> outcome(mutant));
          if (code == null) {
            read++;
          } else {
            rejected.merge(code, 1, Integer::sum);
          }
        } catch (ExecutionException e) {
          failures.add(keep(mutant, e.getCause()));
        } catch (TimeoutException e) {
          failures.add(keep(mutant, e));
          worker = new Worker(timeoutMillis);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          failures.add("interrupted");
          break;
        }
      }
      worker.stop();
    }
    Files.deleteIfExists(current);
    return new Result(read, rejected, failures);
  }

  /** Null when read, the code when rejected. */
  private RejectCode outcome(byte[] mutant) {
    try {
      reader.read(mutant);
      return null;
    } catch (SampleException e) {
      if (e.code() == RejectCode.CRASHED || e.phase() == null || e.getMessage() == null) {
        throw new IllegalStateException("Cannot accept this rejection", e);
      }
      return e.code();
    }
  }

  private String keep(byte[] mutant, Throwable failure) throws IOException {
    String id = name + "-" + Sha256.hex(mutant).substring(0, 12);
    Files.write(FOLDER.resolve(id + ".bin"), mutant);
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace, true));
    Files.writeString(FOLDER.resolve(id + ".txt"), trace.toString());
    return id + ".bin: " + failure;
  }
}
