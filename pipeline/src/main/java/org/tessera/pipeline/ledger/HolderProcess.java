package org.tessera.pipeline.ledger;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** Names a process so that others on the same machine can tell whether it still lives. */
final class HolderProcess {
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path PIDS = Path.of("/proc/self/ns/pid");

  private HolderProcess() {}

  /** This process: its machine, id and start. */
  static String self() {
    ProcessHandle process = ProcessHandle.current();
    return machine() + "/" + process.pid() + "/" + start(process);
  }

  /** Whether a process lives; empty when it is on another machine, or this cannot be told. */
  static Optional<Boolean> lives(String name) {
    String[] parts = name.split("/");
    if (parts.length != 3 || !parts[0].equals(machine())) {
      return Optional.empty();
    }
    return Optional.of(
        ProcessHandle.of(Long.parseLong(parts[1]))
            .filter(ProcessHandle::isAlive)
            .filter(process -> start(process) == Long.parseLong(parts[2]))
            .isPresent());
  }

  private static long start(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  /** Process ids mean the same where this is the same: one boot of one kernel, one id space. */
  private static String machine() {
    try {
      if (Files.exists(BOOT) && Files.exists(PIDS)) {
        return Files.readString(BOOT).strip() + "-" + Files.readSymbolicLink(PIDS);
      }
      return InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      return "unknown-" + ProcessHandle.current().pid();
    }
  }
}
