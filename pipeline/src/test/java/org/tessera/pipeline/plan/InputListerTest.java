package org.tessera.pipeline.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.Modality;
import org.tessera.pipeline.read.ObjectReader;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

class InputListerTest {
  @TempDir private Path folder;

  private final InputLister lister =
      new InputLister(new Configuration(), NameFilter.ALL, Modality.IMAGE);

  @Test
  void loopsOfLinksEndAndLinksElsewhereAreFollowed() throws IOException {
    write("a/x.png");
    write("b/y.png");
    Files.createSymbolicLink(folder.resolve("a/up"), folder);
    Files.createSymbolicLink(folder.resolve("a/self"), folder.resolve("a"));
    Files.createSymbolicLink(folder.resolve("a/other"), folder.resolve("b"));
    Files.createDirectory(folder.resolve(".hidden"));
    Files.createSymbolicLink(folder.resolve(".hidden/up"), folder);

    assertThat(list(folder.toString())).containsExactly("a/x.png", "a/other/y.png", "b/y.png");
    assertThat(lister.skipped()).isZero();
  }

  @Test
  void linksToNothingAreListedAndFoundMissing() throws IOException {
    write("x.png");
    Files.createSymbolicLink(folder.resolve("gone.png"), folder.resolve("nothing.png"));
    Files.createSymbolicLink(folder.resolve("loop.png"), folder.resolve("loop.png"));
    List<PlannedInput> inputs = new ArrayList<>();
    lister.list(folder.toString(), inputs::add);

    assertThat(inputs).hasSize(3);
    for (PlannedInput input : inputs.subList(0, 2)) {
      assertThatThrownBy(() -> reader().read(input.object()))
          .isInstanceOfSatisfying(
              SampleException.class,
              rejected -> assertThat(rejected.code()).isEqualTo(RejectCode.MISSING))
          .hasMessageContaining("restore it, then --retry-rejected");
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void namesThatAreNoTextAreListedAndFoundMissing() throws Exception {
    Process process =
        new ProcessBuilder(
                "sh", "-c", "touch \"$(printf 'bad\\377.png')\" \"$(printf 'bad\\376.png')\"")
            .directory(folder.toFile())
            .start();
    assertThat(process.waitFor()).isZero();
    List<PlannedInput> inputs = new ArrayList<>();
    lister.list(folder.toString(), inputs::add);

    assertThat(inputs)
        .extracting(input -> input.object().uri().substring(input.object().uri().length() - 10))
        .containsExactly("bad%FE.png", "bad%FF.png");
    assertThatThrownBy(() -> reader().read(inputs.get(0).object()))
        .isInstanceOf(SampleException.class)
        .hasMessageContaining("a name that is no text");
  }

  @Test
  void everyNameThatAFileMayHaveIsListedAndRead() throws Exception {
    List<String> names =
        Stream.of(
                "10:20:30.png",
                "100%.png",
                "[1].png",
                "a b.png",
                "a#b.png",
                "a%20b.png",
                "a*b.png",
                "back\\slash.png",
                "new\nline.png",
                "quo'te\".png",
                "what?.png",
                "{x,y}.png",
                "漢字.png")
            .sorted()
            .toList();
    for (String name : names) {
      write("in #1: 5%/" + name);
    }
    List<PlannedInput> inputs = new ArrayList<>();
    lister.list(folder.toString(), inputs::add);

    assertThat(inputs)
        .extracting(input -> new org.apache.hadoop.fs.Path(input.object().uri()).getName())
        .containsExactlyElementsOf(names);
    for (int i = 0; i < names.size(); i++) {
      byte[] content = reader().read(inputs.get(i).object()).source().readAll(1 << 20);
      assertThat(new String(content, StandardCharsets.UTF_8))
          .isEqualTo("in #1: 5%/" + names.get(i));
    }
  }

  @Test
  void aFolderThatIsWrittenToIsLeftOut() throws IOException {
    write("x.png");
    write("tokens/tokens/part.parquet");
    lister.without(new org.apache.hadoop.fs.Path("file:" + folder.resolve("tokens")));

    assertThat(list(folder.toString())).containsExactly("x.png");
    assertThat(lister.skipped()).isZero();
  }

  @Test
  void anInputThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> list(folder + "/no*.png"))
        .hasMessage(
            "Cannot list input "
                + folder
                + "/no*.png: nothing is there (check the path or the glob)");
    assertThatThrownBy(() -> list(folder + "/[a.png"))
        .hasMessageStartingWith("Cannot list input " + folder + "/[a.png: nothing is there, and it")
        .hasMessageContaining("Unclosed character class");
    assertThatThrownBy(() -> list("10:20:30.png"))
        .hasMessageContaining("begin a local path with ./ or /");
  }

  private List<String> list(String input) throws IOException {
    List<String> names = new ArrayList<>();
    String base = "file:" + folder + "/";
    lister.list(input, planned -> names.add(planned.object().uri().substring(base.length())));
    return names;
  }

  private void write(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, name);
  }

  private static ObjectReader reader() {
    return new ObjectReader(new Configuration(), 1 << 20, 1 << 20);
  }
}
