package org.tessera.pipeline.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Inputs and outputs that lie in one another, or that this user may not read or write. */
class RefusedPathsIT {
  @TempDir private Path temp;
  private Path images;
  private Corpus corpus;

  @BeforeEach
  void images() throws Exception {
    corpus = new Corpus(TinyImageBundle.write(temp.resolve("tiny.bundle"), "tiny"));
    images = temp.resolve("images");
    Corpus.images(images, 4);
  }

  @Test
  void anInputIsNoOutput() throws Exception {
    for (String output : List.of(images.toString(), images + "/", "file:" + images)) {
      assertThatThrownBy(() -> tokenize(output, images.toString()))
          .hasMessage(
              "Cannot write to file:"
                  + images
                  + ": it is an input (give another --output; a folder in the input is left out of"
                  + " it)");
    }
    try (var files = Files.list(images)) {
      assertThat(files).hasSize(4);
    }
  }

  @Test
  void anOutputInAnInputIsNotRead() throws Exception {
    Path output = images.resolve("tokens");
    for (String input : List.of(images.toString(), images + "/*")) {
      tokenize(output.toString(), input);
      assertThat(tokenize(output.toString(), input).run().inputs()).isZero();
    }

    assertThat(corpus.rejects(output)).isEmpty();
    assertThat(corpus.tokens(output)).hasSize(4);
    assertThat(corpus.verify(output)).isEmpty();
  }

  @Test
  void aFolderThatMayNotBeListedIsAnError() throws Exception {
    Corpus.images(images.resolve("b/locked"), 1);
    String input = "denied:" + images;

    assertThatThrownBy(() -> tokenize(temp.resolve("out").toString(), input))
        .hasMessageStartingWith(
            "Cannot list input " + input + ": access is denied (grant it): Permission denied:")
        .hasMessageEndingWith("/b/locked");
    assertThat(temp.resolve("out/tokens")).doesNotExist();
  }

  @Test
  void anOutputThatMayNotBeWrittenIsAnError() throws Exception {
    Path folder = Files.createDirectory(temp.resolve("read-only"));

    assertThatThrownBy(() -> tokenize("denied:" + folder + "/out", images.toString()))
        .hasMessageStartingWith("Cannot write to denied:" + folder + "/out: Permission denied:")
        .hasMessageEndingWith(
            "(check the address, the credentials, the permission to write, and free space)");
    assertThat(folder).isEmptyDirectory();
  }

  private TokenizeResult tokenize(String output, String input) throws Exception {
    return corpus.tokenize(corpus.request(output, 10, RunRules.DEFAULT, input));
  }
}
