package org.tessera.jobs.command;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.tessera.jobs.ExitCodes;
import org.tessera.jobs.doctor.Doctor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tessera doctor}: is this machine, or cluster, ready. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Says whether this machine and cluster are ready: Java, memory, temporary space, native",
      "libraries, GPU, RAPIDS, clocks, and the storage with its committer. Each line says ok, or",
      "what to change; each executor has a line."
    },
    footer = {
      "",
      "Examples:",
      "  tessera doctor",
      "  tessera doctor --storage s3a://corpus/tokens",
      "  tessera-submit --master yarn -- doctor --storage s3a://corpus/tokens",
      "",
      "Exit codes: 0 ready, 1 something must be changed, 2 usage"
    })
public final class DoctorCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Option(
      names = "--storage",
      paramLabel = "URI",
      description = "An output's storage to try: writes, reads, lists and removes; repeatable.")
  private final List<String> storages = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    Doctor doctor;
    try (SparkSession session = SparkSessions.open("doctor", common)) {
      doctor = Doctor.look(session, storages);
    }
    common.print(doctor.toNode(), doctor.text());
    return doctor.ready() ? ExitCodes.OK : ExitCodes.FAILED;
  }
}
