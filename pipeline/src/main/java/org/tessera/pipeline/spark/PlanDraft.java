package org.tessera.pipeline.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.tessera.pipeline.plan.InputDigest;
import org.tessera.pipeline.plan.PlanTable;
import org.tessera.pipeline.plan.PlannedInput;
import org.tessera.pipeline.plan.PlannedInput.Claim;
import org.tessera.pipeline.plan.WavePacker;
import org.tessera.pipeline.spark.RunRules.Change;
import org.tessera.pipeline.spark.RunRules.Copies;

/**
 * A plan in the making: drops what is done, marks what replaces earlier rows, and writes the rest
 * row by row. Used by one thread.
 */
final class PlanDraft implements Consumer<PlannedInput> {
  /** Where rows go: a file, or nowhere when the plan is only to be shown. */
  @FunctionalInterface
  interface RowSink {
    void write(PlanTable.Row row) throws IOException;
  }

  /** Digests of inputs' bytes by URI. */
  @FunctionalInterface
  interface Hasher {
    Map<String, String> hash(List<PlannedInput> inputs);
  }

  private final KnownInputs known;
  private final RunRules rules;
  private final WavePacker packer;
  private final RowSink rows;
  private final Set<InputDigest> states = new HashSet<>();
  private final Set<InputDigest> uris = new HashSet<>();
  private final List<PlannedInput> touched = new ArrayList<>();
  private final List<PlannedInput> held = new ArrayList<>();
  private long inputs;
  private long bytes;
  private long unchanged;
  private long replaces;

  PlanDraft(KnownInputs known, RunRules rules, WavePacker packer, RowSink rows) {
    this.known = known;
    this.rules = rules;
    this.packer = packer;
    this.rows = rows;
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
        touched.add(input.withClaim(Claim.OBJECT));
      } else {
        add(input.withClaim(Claim.OBJECT));
      }
    }
  }

  /** Takes inputs whose rejected samples are to be read again. */
  void retry(List<PlannedInput> rejected) {
    for (PlannedInput input : rejected) {
      if (uris.add(InputDigest.ofUri(input.object().uri()))) {
        add(input);
      }
    }
  }

  /** Touched inputs, whose state is new: those with the digest of their rows are unchanged. */
  void compare(Map<String, String> rowDigests, Hasher hasher) {
    Map<String, String> now = hasher.hash(touched);
    for (PlannedInput input : touched) {
      String uri = input.object().uri();
      if (now.containsKey(uri) && now.get(uri).equals(rowDigests.get(uri))) {
        unchanged++;
        write(PlanTable.UNCHANGED, input.withClaim(Claim.NOTHING));
      } else {
        add(input);
      }
    }
    touched.clear();
  }

  /** The inputs that {@link #compare} is about. */
  List<PlannedInput> touched() {
    return List.copyOf(touched);
  }

  /** Writes what was held to find copies: each group in one wave, the one that is read first. */
  void finish(Hasher hasher) {
    Map<Long, Integer> sizes = new TreeMap<>();
    held.forEach(input -> sizes.merge(input.object().size(), 1, Integer::sum));
    Map<String, String> hashes =
        hasher.hash(held.stream().filter(input -> mayBeCopy(input, sizes)).toList());
    Map<String, List<PlannedInput>> groups = new LinkedHashMap<>();
    for (PlannedInput input : held) {
      String hash = hashes.getOrDefault(input.object().uri(), input.object().uri());
      groups.computeIfAbsent(hash, key -> new ArrayList<>()).add(input);
    }
    for (List<PlannedInput> group : groups.values()) {
      PlannedInput first = group.get(0);
      plan(packer.add(first.bytes()), first);
      for (PlannedInput copy : group.subList(1, group.size())) {
        plan(packer.addToLast(0), copy.asCopyOf(first.object().uri()));
      }
    }
    held.clear();
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
      held.add(input);
    } else {
      plan(packer.add(input.bytes()), input);
    }
  }

  private static boolean mayBeCopy(PlannedInput input, Map<Long, Integer> sizes) {
    return input.companions().isEmpty()
        && input.object().size() > 0
        && sizes.get(input.object().size()) > 1;
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
}
