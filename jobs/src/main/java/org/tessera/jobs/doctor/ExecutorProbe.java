package org.tessera.jobs.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;

/** Looks at every executor: more short tasks than there are cores, so that each gets some. */
final class ExecutorProbe implements FlatMapFunction<Iterator<Integer>, String> {
  private static final long serialVersionUID = 1;
  private static final int ROUNDS = 4;
  private static final long PAUSE_NANOS = 300_000_000;

  /** What was found on the executors, by their id; empty where the driver does the work. */
  static SortedMap<String, Executor> run(JavaSparkContext context) throws IOException {
    int tasks = Math.max(1, context.defaultParallelism()) * ROUNDS;
    long before = System.currentTimeMillis();
    List<String> reports =
        context
            .parallelize(Collections.nCopies(tasks, 0), tasks)
            .mapPartitions(new ExecutorProbe())
            .collect();
    long after = System.currentTimeMillis();
    SortedMap<String, Executor> executors = new TreeMap<>();
    for (String report : reports) {
      JsonNode node = new ObjectMapper().readTree(report);
      String id = node.path("executor").asText();
      if (id.equals("driver")) {
        continue;
      }
      List<Check> checks = new ArrayList<>();
      node.path("checks").forEach(check -> checks.add(Check.fromNode(check)));
      checks.add(
          StorageChecks.clock(
              "its clock", StorageChecks.skew(node.path("time").asLong(), before, after)));
      executors.putIfAbsent(id, new Executor(node.path("host").asText(), checks));
    }
    return executors;
  }

  /** One executor's machine and checks. */
  record Executor(String host, List<Check> checks) {}

  @Override
  public Iterator<String> call(Iterator<Integer> ignored) throws IOException {
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("executor", SparkEnv.get().executorId());
    node.put("host", InetAddress.getLocalHost().getHostName());
    var checks = node.putArray("checks");
    MachineChecks.run().forEach(check -> checks.add(check.toNode()));
    node.put("time", System.currentTimeMillis());
    // Holds its core for a moment, so that the next task goes to another.
    LockSupport.parkNanos(PAUSE_NANOS);
    return List.of(node.toString()).iterator();
  }
}
