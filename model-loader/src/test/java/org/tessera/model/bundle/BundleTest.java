package org.tessera.model.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleTest {
  @TempDir Path temporary;
  private Path target;

  @BeforeEach
  void chooseTarget() {
    target = temporary.resolve("tiny.bundle");
  }

  private Bundle write(Path to) throws IOException {
    try (BundleWriter writer = BundleWriter.to(to)) {
      Files.createDirectories(writer.directory().resolve("model"));
      Files.writeString(writer.directory().resolve("model/saved_model.pb"), "graph");
      return writer.finish(TestBundles.manifest());
    }
  }

  @Test
  void readsBackWhatWasWritten() throws Exception {
    Bundle written = write(target);
    Bundle read = Bundle.open(target);
    assertThat(read.manifest()).isEqualTo(written.manifest());
    assertThat(read.fingerprint()).isEqualTo(written.fingerprint()).hasSize(64);
    assertThat(read.manifest().files())
        .containsOnly(
            java.util.Map.entry(
                "model/saved_model.pb",
                // sha256sum of the five letters
                "eef93e1d14482804277fca0172464032d1a4fdbcc338524059fa1e861454ad4d"));
  }

  @Test
  void zippedBundleHasTheSameFingerprintAndLeavesNothingBehind() throws Exception {
    String fingerprint = write(target).fingerprint();
    Bundle zipped = write(temporary.resolve("tiny.zip"));
    Path unpacked = zipped.root();
    assertThat(zipped.fingerprint()).isEqualTo(fingerprint);
    assertThat(unpacked).exists();
    zipped.close();
    assertThat(unpacked).doesNotExist();
  }

  @Test
  void leavesNothingWhenNotFinished() throws Exception {
    try (BundleWriter writer = BundleWriter.to(target)) {
      Files.writeString(writer.directory().resolve("x"), "x");
    }
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void reportsChangedMissingAndUnlistedFilesTogether() throws Exception {
    try (BundleWriter writer = BundleWriter.to(target)) {
      Files.createDirectories(writer.directory().resolve("model"));
      Files.writeString(writer.directory().resolve("model/saved_model.pb"), "graph");
      Files.writeString(writer.directory().resolve("codebook.npy"), "codes");
      writer.finish(TestBundles.manifest());
    }
    Files.writeString(target.resolve("model/saved_model.pb"), "grapH");
    Files.delete(target.resolve("codebook.npy"));
    Files.writeString(target.resolve("evil.sh"), "rm");
    assertThatThrownBy(() -> Bundle.open(target))
        .isInstanceOf(BundleException.class)
        .hasMessageContaining("3 problems")
        .hasMessageContaining("codebook.npy: the manifest lists it but it is missing")
        .hasMessageContaining("model/saved_model.pb: its SHA-256 is")
        .hasMessageContaining("evil.sh: the manifest does not list it (remove the file)");
  }

  @Test
  void refusesLinks() throws Exception {
    write(target);
    Files.delete(target.resolve("model/saved_model.pb"));
    Files.createSymbolicLink(target.resolve("model/saved_model.pb"), Path.of("/etc/hostname"));
    assertThatThrownBy(() -> Bundle.open(target))
        .isInstanceOf(BundleException.class)
        .hasMessageContaining("model/saved_model.pb is no regular file");
  }

  @Test
  void reportsEveryProblemOfAManifestAtOnce() throws Exception {
    write(target);
    Path file = target.resolve(TokenizerManifest.FILE_NAME);
    String text = Files.readString(file);
    Files.writeString(
        file,
        text.replace("\"modality\" : \"image\"", "\"modality\" : \"imagee\"")
            .replace("\"layout\"", "\"layuot\"")
            .replace("\"engine\" : \"tensorflow\"", "\"engin\" : \"tensorflow\"")
            .replace("\"version\" : \"2\"", "\"version\" : 2"));
    assertThatThrownBy(() -> Bundle.open(target))
        .isInstanceOfSatisfying(
            BundleException.class,
            e ->
                assertThat(e.problems())
                    .containsExactlyInAnyOrder(
                        "layuot: unknown key (did you mean layout?)",
                        "version: give text, not 2 (write \"2\")",
                        "modality: unknown value imagee (did you mean image?)",
                        "models[0].engin: unknown key (did you mean engine?)",
                        "models[0].engine: missing (add it)",
                        "layout: missing (add it)"));
  }

  @Test
  void refusesDuplicateKeysWithTheLine() throws Exception {
    write(target);
    Path file = target.resolve(TokenizerManifest.FILE_NAME);
    Files.writeString(file, Files.readString(file).replaceFirst("\\{", "{\n\"name\": \"other\","));
    assertThatThrownBy(() -> Bundle.open(target))
        .isInstanceOf(BundleException.class)
        .hasMessageContaining("Duplicate field 'name' (line ");
  }

  @Test
  void refusesToOverwrite() throws Exception {
    write(target);
    assertThatThrownBy(() -> BundleWriter.to(target))
        .isInstanceOf(BundleException.class)
        .hasMessageEndingWith("it exists (give another path, or remove it first)");
  }

  @Test
  void refusesWhatIsNoBundle() throws Exception {
    assertThatThrownBy(() -> Bundle.open(target))
        .hasMessage("Cannot open bundle " + target + ": no such directory or zip file");
    assertThatThrownBy(() -> Bundle.open(temporary))
        .hasMessageContaining("it has no tokenizer.json");
    Path text = Files.writeString(temporary.resolve("x.zip"), "not a zip");
    assertThatThrownBy(() -> Bundle.open(text)).hasMessageContaining("Cannot unpack bundle");
  }

  @Test
  void unpacksNothingOutside() throws Exception {
    for (String name : List.of("../evil", "/evil", "a/../../evil", "a\\..\\evil", "C:evil")) {
      Path zip = temporary.resolve("evil.zip");
      try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
        out.putNextEntry(new ZipEntry(name));
        out.write(1);
      }
      assertThatThrownBy(() -> Bundle.open(zip))
          .isInstanceOf(BundleException.class)
          .hasMessageContaining("cannot use path");
      assertThat(temporary.resolveSibling("evil")).doesNotExist();
    }
  }

  @Test
  void countsBytesWhileUnpacking() throws Exception {
    Path zip = temporary.resolve("bomb.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new ZipEntry("zeros"));
      out.write(new byte[1 << 20]);
    }
    assertThatThrownBy(() -> Bundle.open(zip, new BundleLimits(10, 1 << 16, 1 << 16)))
        .isInstanceOf(BundleException.class)
        .hasMessageContaining("it unpacks to more than 65536 bytes");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (int i = 0; i < 20; i++) {
        out.putNextEntry(new ZipEntry("f" + i));
      }
    }
    assertThatThrownBy(() -> Bundle.open(zip, new BundleLimits(10, 1 << 16, 1 << 16)))
        .hasMessageContaining("it has 20 entries (at most 10)");
  }
}
