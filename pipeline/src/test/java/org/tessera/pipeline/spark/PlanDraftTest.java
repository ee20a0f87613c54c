package org.tessera.pipeline.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.pipeline.ledger.Ledger;
import org.tessera.pipeline.plan.InputDigest;
import org.tessera.pipeline.plan.PlanTable;
import org.tessera.pipeline.plan.PlannedInput;
import org.tessera.pipeline.plan.PlannedInput.ObjectState;
import org.tessera.pipeline.plan.WavePacker;
import org.tessera.pipeline.spark.RunRules.Copies;
import org.tessera.pipeline.storage.Storage;

class PlanDraftTest {
  private static final int MANY = 600_000;

  @TempDir private Path temp;

  @Test
  void copiesAreInTheWaveOfTheFirstAndPointToIt() throws Exception {
    List<PlanTable.Row> rows = new ArrayList<>();
    try (PlanDraft draft = draft(temp, 3, rows::add)) {
      for (String name : List.of("a1", "b1", "a2", "c1", "a3", "unreadable", "b2", "long")) {
        draft.accept(input(name, name.equals("long") ? 50 : 10));
      }
      draft.finish(PlanDraftTest::hashByFirstLetter);
    }

    assertThat(rows.stream().map(PlanDraftTest::show))
        .containsExactly(
            "1 a1",
            "1 a2 = a1",
            "1 a3 = a1",
            "2 b1",
            "2 b2 = b1",
            "2 c1",
            "3 unreadable",
            "3 long");
  }

  /** In a process with little memory, since that is what a plan of millions must not need. */
  @Test
  void inputsThatWaitAreNotHeldInMemory() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-Djava.io.tmpdir=" + temp,
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName(),
                temp.toString())
            .redirectErrorStream(true)
            .redirectOutput(temp.resolve("log").toFile())
            .start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(java.nio.file.Files.readString(temp.resolve("log"))).endsWith("planned 600000\n");
  }

  /** Drafts a plan of many inputs that all may be copies of each other; each tenth is one. */
  static final class Program {
    public static void main(String[] args) throws Exception {
      long[] copies = new long[1];
      try (PlanDraft draft =
          draft(
              Path.of(args[0]),
              10_000,
              row -> copies[0] += row.input().copyOf().isEmpty() ? 0 : 1)) {
        for (int i = 0; i < MANY; i++) {
          draft.accept(input(String.format("a/long/name/of/a/folder/%08d.jpg", i), 10));
        }
        draft.finish(Program::hash);
        if (copies[0] != MANY / 10) {
          throw new IllegalStateException("copies: " + copies[0]);
        }
        System.out.println("planned " + draft.inputs());
      }
    }

    private static Map<String, String> hash(List<PlannedInput> inputs) {
      Map<String, String> hashes = new HashMap<>();
      for (PlannedInput input : inputs) {
        String uri = input.object().uri();
        int number = Integer.parseInt(uri.replaceAll("\\D", ""));
        int content = number % 10 == 9 ? number - 1 : number;
        InputDigest digest = InputDigest.ofUri(Integer.toString(content));
        hashes.put(uri, String.format("%016x%016x", digest.high(), digest.low()).repeat(2));
      }
      return hashes;
    }
  }

  private static PlanDraft draft(Path folder, int waveInputs, PlanDraft.RowSink rows)
      throws Exception {
    Configuration configuration = new Configuration();
    Storage storage = new Storage(folder.resolve("out").toString(), configuration);
    return new PlanDraft(
        KnownInputs.of("none", storage, new Ledger(storage), configuration),
        RunRules.DEFAULT.withCopies(Copies.SHARE),
        new WavePacker(waveInputs, 1L << 40),
        rows);
  }

  private static PlannedInput input(String name, long size) {
    return new PlannedInput(
        new ObjectState("s3a://bucket/" + name, size, 1, ""), List.of(), new TreeMap<>());
  }

  private static Map<String, String> hashByFirstLetter(List<PlannedInput> inputs) {
    Map<String, String> hashes = new HashMap<>();
    for (PlannedInput input : inputs) {
      String name = name(input.object().uri());
      if (!name.equals("unreadable")) {
        hashes.put(input.object().uri(), String.valueOf(name.charAt(0)).repeat(64));
      }
    }
    return hashes;
  }

  private static String show(PlanTable.Row row) {
    String copy = row.input().copyOf();
    return row.wave()
        + " "
        + name(row.input().object().uri())
        + (copy.isEmpty() ? "" : " = " + name(copy));
  }

  private static String name(String uri) {
    return uri.substring(uri.lastIndexOf('/') + 1);
  }
}
