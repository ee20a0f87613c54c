package org.tessera.jobs.chaos;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.tessera.jobs.ExitCodes;
import org.tessera.jobs.Tessera;

/**
 * Tokenizes onto a small file system that gets full at different moments, and again when there is
 * space: {@code SMALL_DISK INPUT BUNDLE QUIET_OUTPUT}. Prints what it saw; ends with 0 when all was
 * right.
 */
final class FullDiskProgram {
  private static final int PAGE = 4096;

  /**
   * Shares of an output's size: the disk gets full in the plan, in the first waves, in the last.
   */
  private static final List<Double> SHARES = List.of(0.02, 0.1, 0.25, 0.5, 0.8, 0.97);

  private final Path disk;
  private final String input;
  private final String bundle;

  private FullDiskProgram(Path disk, String input, String bundle) {
    this.disk = disk;
    this.input = input;
    this.bundle = bundle;
  }

  public static void main(String[] args) throws IOException {
    FullDiskProgram program = new FullDiskProgram(Path.of(args[0]), args[1], args[2]);
    Configuration local = new Configuration();
    SortedMap<String, String> expected = TableRows.of(args[3], local);
    long size = size(Path.of(args[3]));
    for (double share : SHARES) {
      program.run(expected, Math.round(share * size), local);
    }
    System.out.println("all right");
  }

  private void run(SortedMap<String, String> expected, long space, Configuration local)
      throws IOException {
    Path ballast = disk.resolve("ballast");
    Path output = disk.resolve("out-" + space);
    fill(ballast, space);
    StringBuilder log = new StringBuilder();
    int code = tokenize(output, log);
    check(code == ExitCodes.FAILED, "exit code " + code + " on a full disk", log);
    check(log.indexOf("No space left on device") >= 0, "the cause is not said", log);
    SortedMap<String, String> rows = TableRows.of(output.toString(), local);
    check(expected.entrySet().containsAll(rows.entrySet()), "rows that do not belong there", log);
    System.out.println(space + " bytes: " + rows.size() + " rows of " + expected.size());

    Files.delete(ballast);
    log.setLength(0);
    code = tokenize(output, log);
    check(code == 0, "exit code " + code + " with space", log);
    check(TableRows.of(output.toString(), local).equals(expected), "other rows", log);
    code = Tessera.run("verify", "--tokens", output.toString(), "--conf", "spark.master=local[2]");
    check(code == 0, "verify: exit code " + code, log);
    delete(output);
  }

  private int tokenize(Path output, StringBuilder log) {
    PrintStream before = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      return Tessera.run(arguments(input, bundle, output.toString()));
    } finally {
      System.setErr(before);
      log.append(bytes.toString(StandardCharsets.UTF_8));
    }
  }

  /** The call that is made on the small disk, and on a large one for the rows to expect. */
  static String[] arguments(String input, String bundle, String output) {
    return new String[] {
      "tokenize",
      "--input",
      input,
      "--tokenizer",
      bundle,
      "--output",
      output,
      "--wave-inputs",
      "12",
      "--run-id",
      "once",
      "--conf",
      "spark.master=local[2]"
    };
  }

  /** Leaves so many bytes of the disk. */
  private void fill(Path ballast, long space) throws IOException {
    FileStore store = Files.getFileStore(disk);
    byte[] page = new byte[PAGE];
    try (OutputStream out = Files.newOutputStream(ballast)) {
      while (store.getUsableSpace() - PAGE >= space) {
        out.write(page);
      }
    }
  }

  /** What the files take on a disk of whole pages. */
  private static long size(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      return tree.filter(Files::isRegularFile)
          .mapToLong(file -> (file.toFile().length() + PAGE - 1) / PAGE * PAGE)
          .sum();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      tree.sorted(Comparator.reverseOrder())
          .forEach(
              path -> {
                try {
                  Files.delete(path);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }

  private static void check(boolean right, String problem, StringBuilder log) {
    if (!right) {
      throw new IllegalStateException(problem + "\n" + log);
    }
  }
}
