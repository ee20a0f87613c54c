package org.tessera.pipeline.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.tessera.pipeline.plan.DigestMap;
import org.tessera.pipeline.plan.DigestSet;
import org.tessera.pipeline.plan.InputDigest;
import org.tessera.pipeline.plan.InputSpool;
import org.tessera.pipeline.plan.PlanTable;
import org.tessera.pipeline.plan.PlannedInput;
import org.tessera.pipeline.plan.PlannedInput.Claim;
import org.tessera.pipeline.plan.WavePacker;
import org.tessera.pipeline.spark.RunRules.Change;
import org.tessera.pipeline.spark.RunRules.Copies;

/**
 * A plan in the making: drops what is done, marks what replaces earlier rows, and writes the rest
 * row by row. Inputs that must wait do so on disk; some 150 bytes of memory are held for each. Used
 * by one thread; close it.
 */
final class PlanDraft implements Consumer<PlannedInput>, AutoCloseable {
  /** How many inputs are hashed in one Spark job. */
  private static final int HASHED_AT_ONCE = 50_000;

  /** Where rows go: a file, or nowhere when the plan is only to be shown. */
  @FunctionalInterface
  interface RowSink {
    void write(PlanTable.Row row) throws IOException;
  }

  /** Digests of inputs' bytes by URI, in hex. */
  @FunctionalInterface
  interface Hasher {
    Map<String, String> hash(List<PlannedInput> inputs);
  }

  private final KnownInputs known;
  private final RunRules rules;
  private final WavePacker packer;
  private final RowSink rows;
  private final DigestSet states = new DigestSet();
  private final DigestSet uris = new DigestSet();
  private final DigestSet touchedUris = new DigestSet();
  private final InputSpool touched;
  private final InputSpool held;
  private long inputs;
  private long bytes;
  private long unchanged;
  private long replaces;

  PlanDraft(KnownInputs known, RunRules rules, WavePacker packer, RowSink rows) throws IOException {
    this.known = known;
    this.rules = rules;
    this.packer = packer;
    this.rows = rows;
    this.touched = new InputSpool();
    this.held = new InputSpool();
  }

  /** Takes an input from a listing or a manifest. */
  @Override
  public void accept(PlannedInput input) {
    if (known.done(input)) {
      unchanged++;
    } else if (states.add(InputDigest.ofState(input))
        && uris.add(InputDigest.ofUri(input.object().uri()))) {
      if (!known.seen(input.object().uri())) {
        add(input);
      } else if (rules.change() == Change.BY_CONTENT && input.companions().isEmpty()) {
        touchedUris.add(InputDigest.ofUri(input.object().uri()));
        spool(touched, input.withClaim(Claim.OBJECT));
      } else {
        add(input.withClaim(Claim.OBJECT));
      }
    }
  }

  /** Takes an input whose rejected samples are to be read again. */
  void retry(PlannedInput rejected) {
    if (uris.add(InputDigest.ofUri(rejected.object().uri()))) {
      add(rejected);
    }
  }

  /** Whether {@link #compare} asks for an object's digest. */
  boolean isTouched(String uri) {
    return touchedUris.contains(InputDigest.ofUri(uri));
  }

  /** Whether {@link #compare} has anything to do. */
  boolean anyTouched() {
    return touched.size() > 0;
  }

  /**
   * Touched inputs, whose state is new: those with the digest of their rows are unchanged.
   *
   * @param rowDigests of the bytes that the objects' rows were made of, by the digest of the URI
   */
  void compare(DigestMap rowDigests, Hasher hasher) throws IOException {
    for (int from = 0; from < touched.size(); from += HASHED_AT_ONCE) {
      List<PlannedInput> part = new ArrayList<>();
      for (int i = from; i < Math.min(touched.size(), from + HASHED_AT_ONCE); i++) {
        part.add(touched.get(i));
      }
      Map<String, String> now = hasher.hash(part);
      for (PlannedInput input : part) {
        String hex = now.get(input.object().uri());
        InputDigest before = rowDigests.get(InputDigest.ofUri(input.object().uri()));
        if (hex != null && InputDigest.ofSha256(hex).equals(before)) {
          unchanged++;
          write(PlanTable.UNCHANGED, input.withClaim(Claim.NOTHING));
        } else {
          add(input);
        }
      }
    }
  }

  /** Writes what was held to find copies: each group in one wave, the one that is read first. */
  void finish(Hasher hasher) throws IOException {
    CopyGroups groups = new CopyGroups(held.size());
    hash(hasher, groups);
    for (int first = 0; first < held.size(); first++) {
      if (groups.isFirst(first)) {
        PlannedInput input = held.get(first);
        plan(packer.add(input.bytes()), input);
        for (int copy = groups.next(first); copy >= 0; copy = groups.next(copy)) {
          plan(packer.addToLast(0), held.get(copy).asCopyOf(input.object().uri()));
        }
      }
    }
  }

  /** Only inputs whose size another one has are read for their digest. */
  private void hash(Hasher hasher, CopyGroups groups) throws IOException {
    long[] sizes = new long[held.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = held.get(i).object().size();
    }
    Arrays.sort(sizes);
    List<PlannedInput> part = new ArrayList<>();
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < held.size(); i++) {
      PlannedInput input = held.get(i);
      if (mayBeCopy(input, sizes)) {
        part.add(input);
        numbers.add(i);
      }
      if (part.size() == HASHED_AT_ONCE || i == held.size() - 1) {
        Map<String, String> hashes = hasher.hash(part);
        for (int j = 0; j < part.size(); j++) {
          String hex = hashes.get(part.get(j).object().uri());
          if (hex != null) {
            groups.add(numbers.get(j), InputDigest.ofSha256(hex));
          }
        }
        part.clear();
        numbers.clear();
      }
    }
  }

  private static boolean mayBeCopy(PlannedInput input, long[] sizes) {
    long size = input.object().size();
    int at = input.companions().isEmpty() && size > 0 ? Arrays.binarySearch(sizes, size) : -1;
    return at >= 0
        && ((at > 0 && sizes[at - 1] == size) || (at < sizes.length - 1 && sizes[at + 1] == size));
  }

  long inputs() {
    return inputs;
  }

  long bytes() {
    return bytes;
  }

  long unchanged() {
    return unchanged;
  }

  long replaces() {
    return replaces;
  }

  int waves() {
    return packer.waves();
  }

  private void add(PlannedInput input) {
    if (rules.copies() == Copies.SHARE && input.claim().kind() != Claim.Kind.REJECTS) {
      spool(held, input);
    } else {
      plan(packer.add(input.bytes()), input);
    }
  }

  private static void spool(InputSpool spool, PlannedInput input) {
    try {
      spool.add(input);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot keep the plan's inputs in "
              + System.getProperty("java.io.tmpdir")
              + ": "
              + e.getMessage()
              + " (free some space there)",
          e);
    }
  }

  private void plan(int wave, PlannedInput input) {
    inputs++;
    bytes += input.bytes();
    if (input.claim().kind() != Claim.Kind.NOTHING) {
      replaces++;
    }
    write(wave, input);
  }

  private void write(int wave, PlannedInput input) {
    try {
      rows.write(new PlanTable.Row(wave, input));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the plan: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    touched.close();
    held.close();
  }
}
