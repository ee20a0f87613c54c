package org.tessera.jobs.doctor;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** What was found on the driver, on each executor and of each storage. */
public final class Doctor {
  private final List<Check> driver;
  private final List<Check> storages;
  private final SortedMap<String, ExecutorProbe.Executor> executors;

  private Doctor(
      List<Check> driver,
      List<Check> storages,
      SortedMap<String, ExecutorProbe.Executor> executors) {
    this.driver = driver;
    this.storages = storages;
    this.executors = executors;
  }

  /** Looks at everything. */
  public static Doctor look(SparkSession session, List<String> storages) throws IOException {
    List<Check> found = new ArrayList<>();
    for (String uri : storages) {
      found.addAll(StorageChecks.run(uri, session.sparkContext().hadoopConfiguration()));
    }
    return new Doctor(
        MachineChecks.run(),
        found,
        ExecutorProbe.run(JavaSparkContext.fromSparkContext(session.sparkContext())));
  }

  /** Whether nothing has to be changed. */
  public boolean ready() {
    return driver.stream().allMatch(Doctor::runs)
        && storages.stream().allMatch(Doctor::runs)
        && executors.values().stream().allMatch(e -> e.checks().stream().allMatch(Doctor::runs));
  }

  private static boolean runs(Check check) {
    return check.state() != Check.State.CHANGE;
  }

  /**
   * For people: a line for each check of the driver and the storages, and one for each executor.
   */
  public String text() {
    StringBuilder text = new StringBuilder();
    driver.forEach(check -> text.append(check.line()).append('\n'));
    storages.forEach(check -> text.append(check.line()).append('\n'));
    for (Map.Entry<String, ExecutorProbe.Executor> executor : executors.entrySet()) {
      text.append(line(executor.getKey(), executor.getValue())).append('\n');
    }
    return text.append(ready() ? "Ready." : "Not ready: do what the lines with CHANGE say.")
        .toString();
  }

  private static String line(String id, ExecutorProbe.Executor executor) {
    String name = "executor " + id;
    List<Check> wrong =
        executor.checks().stream().filter(check -> check.state() != Check.State.OK).toList();
    if (!wrong.isEmpty()) {
      boolean runs = wrong.stream().allMatch(Doctor::runs);
      String what =
          wrong.stream()
              .map(check -> check.name() + ": " + check.found() + " - " + check.change())
              .collect(Collectors.joining("; "));
      return String.format(
          "%-12s %-7s on %s: %s", name, runs ? "NOTE" : "CHANGE", executor.host(), what);
    }
    String all =
        executor.checks().stream()
            .map(check -> check.name() + " " + check.found())
            .collect(Collectors.joining("; "));
    return String.format("%-12s %-7s on %s: %s", name, "ok", executor.host(), all);
  }

  /** As JSON. */
  public ObjectNode toNode() {
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("command", "doctor");
    node.put("ready", ready());
    put(node.putArray("driver"), driver);
    put(node.putArray("storage"), storages);
    ArrayNode array = node.putArray("executors");
    executors.forEach(
        (id, executor) ->
            put(
                array
                    .addObject()
                    .put("executor", id)
                    .put("host", executor.host())
                    .putArray("checks"),
                executor.checks()));
    return node;
  }

  private static void put(ArrayNode array, List<Check> checks) {
    checks.forEach(check -> array.add(check.toNode()));
  }
}
