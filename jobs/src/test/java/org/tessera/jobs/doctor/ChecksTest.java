package org.tessera.jobs.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChecksTest {
  private static final long GIB = 1L << 30;

  @TempDir private Path temp;

  @Test
  void memoryBesideTheHeapIsAsked() {
    assertThat(MachineChecks.memory(2 * GIB, 4 * GIB).state()).isEqualTo(Check.State.OK);

    Check tight = MachineChecks.memory(3 * GIB, 4 * GIB);
    assertThat(tight.state()).isEqualTo(Check.State.CHANGE);
    assertThat(tight.line())
        .contains("heap up to 3.0 GiB of 4.0 GiB")
        .contains("raise spark.executor.memoryOverhead");
  }

  @Test
  void theLocaleMustKnowTheNamesOfFiles() {
    assertThat(MachineChecks.names("UTF-8", true).state()).isEqualTo(Check.State.OK);

    Check ascii = MachineChecks.names("ANSI_X3.4-1968", false);
    assertThat(ascii.state()).isEqualTo(Check.State.NOTE);
    assertThat(ascii.line()).contains("ANSI_X3.4-1968 - for local files of other names start it");
  }

  @Test
  void aTemporaryFolderMustBeWritable() throws Exception {
    Path file = Files.createFile(temp.resolve("file"));

    assertThat(MachineChecks.temporary(temp).found()).startsWith(temp + ", ");
    Check wrong = MachineChecks.temporary(file);
    assertThat(wrong.state()).isEqualTo(Check.State.CHANGE);
    assertThat(wrong.line()).contains("cannot write to " + file).contains("java.io.tmpdir");
  }

  @Test
  void nativesOfThisPlatformLoad() {
    List<Check> checks = NativeChecks.run();

    assertThat(checks)
        .extracting(Check::name)
        .containsExactly("tensorflow", "onnxruntime", "opencv", "ffmpeg", "gpu");
    assertThat(checks).noneMatch(check -> check.state() == Check.State.CHANGE);
    assertThat(checks.get(0).found()).startsWith("2.");
  }

  @Test
  void aLibraryThatCannotBeLoadedIsToldWithItsReason() {
    Check check =
        NativeChecks.library(
            "opencv",
            () -> {
              throw new UnsatisfiedLinkError("no jniopencv_core in java.library.path");
            });

    assertThat(check.state()).isEqualTo(Check.State.CHANGE);
    assertThat(check.line())
        .contains("no jniopencv_core")
        .contains("use a release for this platform");
  }

  @Test
  void rapidsIsLookedForOnlyWhenItIsAskedFor() {
    assertThat(MachineChecks.rapids("").state()).isEqualTo(Check.State.OK);
    assertThat(MachineChecks.rapids("com.nvidia.spark.SQLPlugin").change())
        .isEqualTo("add rapids-4-spark with --jars");
  }

  @Test
  void aStorageIsTriedAndLeftAsItWas() throws Exception {
    List<Check> checks = StorageChecks.run(temp.toUri().toString(), new Configuration());

    assertThat(checks).extracting(Check::name).containsExactly("storage", "clock", "committer");
    assertThat(checks).allMatch(check -> check.state() == Check.State.OK);
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void aStorageThatIsNotThereIsSaid() {
    List<Check> checks = StorageChecks.run("nosuchscheme://bucket/out", new Configuration());

    assertThat(checks).hasSize(1);
    assertThat(checks.get(0).state()).isEqualTo(Check.State.CHANGE);
    assertThat(checks.get(0).line())
        .contains("nosuchscheme://bucket/out")
        .contains("check the address, the credentials and their rights");
  }

  @Test
  void clocksMayDifferByAMinute() {
    assertThat(StorageChecks.skew(1_000_000, 1_000_500, 1_001_000)).isZero();
    assertThat(StorageChecks.skew(900_000, 1_000_000, 1_001_000)).isEqualTo(-100_000);
    assertThat(StorageChecks.skew(1_101_000, 1_000_000, 1_001_000)).isEqualTo(100_000);
    assertThat(StorageChecks.clock("its clock", 59_000).state()).isEqualTo(Check.State.OK);
    assertThat(StorageChecks.clock("its clock", -61_000).line())
        .contains("its clock differs by -61,000 ms from the driver's")
        .contains("NTP");
  }

  @Test
  void checksSurviveTheWayFromAnExecutor() {
    Check check = Check.note("gpu", "there, and not used", "build with -Pgpu");

    assertThat(Check.fromNode(check.toNode())).isEqualTo(check);
    assertThat(check.line())
        .isEqualTo("gpu          NOTE    there, and not used - build with -Pgpu");
  }
}
