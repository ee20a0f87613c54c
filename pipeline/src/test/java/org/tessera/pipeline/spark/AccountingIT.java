package org.tessera.pipeline.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.pipeline.ledger.RejectLimit;
import org.tessera.pipeline.spark.RunRules.Change;
import org.tessera.pipeline.spark.RunRules.Copies;
import org.tessera.pipeline.spark.RunRules.Retry;

/** Each input has rows once, whatever happens to it between and during runs. */
class AccountingIT {
  @TempDir private static Path shared;
  private static Corpus corpus;

  @TempDir private Path temp;

  @BeforeAll
  static void bundle() throws Exception {
    corpus = new Corpus(TinyImageBundle.write(shared.resolve("tiny.bundle"), "tiny"));
  }

  @Test
  void aChangedObjectReplacesItsRows() throws Exception {
    Path images = temp.resolve("images");
    Path out = temp.resolve("out");
    Corpus.images(images, 4);
    corpus.tokenize(corpus.request(out, 2, RunRules.DEFAULT, images.toString()));
    Corpus.image(images.resolve("a-001.png"), 240);
    Files.setLastModifiedTime(images.resolve("a-001.png"), FileTime.fromMillis(1_000_000_000_000L));

    TokenizeResult second =
        corpus.tokenize(corpus.request(out, 2, RunRules.DEFAULT, images.toString()));

    assertThat(second.run().replaces()).isEqualTo(1);
    assertThat(corpus.tokens(out))
        .containsExactly("a-000.png 0", "a-001.png 15", "a-002.png 2", "a-003.png 3");
    assertThat(corpus.verify(out)).isEmpty();
    assertThat(new VerifyFlow(SparkForTests.session(), out.toString()).run().counts().value("rows"))
        .isEqualTo(4);
  }

  @Test
  void objectsThatChangeAfterThePlanAreRejectedAndTakenByTheNextRun() throws Exception {
    Path images = temp.resolve("images");
    Path out = temp.resolve("out");
    Corpus.images(images, 4);
    TokenizeRequest request = corpus.request(out, 10, RunRules.DEFAULT, images.toString());
    corpus.tokenize(
        request,
        Corpus.whenPlanned(
            () -> {
              Corpus.image(images.resolve("a-001.png"), 240);
              Files.setLastModifiedTime(
                  images.resolve("a-001.png"), FileTime.fromMillis(1_000_000_000_000L));
              Files.delete(images.resolve("a-002.png"));
            }));
    assertThat(corpus.rejects(out)).containsExactly("a-001.png CHANGED", "a-002.png MISSING");
    assertThat(corpus.tokens(out)).containsExactly("a-000.png 0", "a-003.png 3");
    assertThat(corpus.verify(out)).isEmpty();

    corpus.tokenize(request);

    assertThat(corpus.rejects(out)).containsExactly("a-002.png MISSING");
    assertThat(corpus.tokens(out)).containsExactly("a-000.png 0", "a-001.png 15", "a-003.png 3");
    assertThat(corpus.verify(out)).isEmpty();
  }

  @Test
  void rejectedSamplesAreReadAgainAndLeaveTheRejects() throws Exception {
    Path images = temp.resolve("images");
    Path out = temp.resolve("out");
    Corpus.images(images, 4);
    Files.writeString(images.resolve("b.png"), "no image");
    Path away = temp.resolve("away.png");
    TokenizeRequest request = corpus.request(out, 10, RunRules.DEFAULT, images.toString());
    corpus.tokenize(
        request, Corpus.whenPlanned(() -> Files.move(images.resolve("a-002.png"), away)));
    assertThat(corpus.rejects(out)).containsExactly("a-002.png MISSING", "b.png UNKNOWN_FORMAT");
    Files.move(away, images.resolve("a-002.png"));

    TokenizeResult retried =
        corpus.tokenize(
            corpus.request(
                out, 10, RunRules.DEFAULT.withRetry(Retry.TRANSIENT), images.toString()));

    assertThat(retried.counts().value("samples")).isEqualTo(1);
    assertThat(corpus.rejects(out)).containsExactly("b.png UNKNOWN_FORMAT");
    assertThat(corpus.tokens(out)).contains("a-002.png 2").hasSize(4);
    assertThat(corpus.verify(out)).isEmpty();

    TokenizeResult all =
        corpus.tokenize(corpus.request(out, 10, RunRules.DEFAULT.withRetry(Retry.ALL)));

    assertThat(all.counts().rejects()).isEqualTo(java.util.Map.of("decode/UNKNOWN_FORMAT", 1L));
    assertThat(corpus.rejects(out)).containsExactly("b.png UNKNOWN_FORMAT");
    assertThat(corpus.verify(out)).isEmpty();
  }

  @Test
  void aReplacementThatDiedIsFinished() throws Exception {
    Path images = temp.resolve("images");
    Path out = temp.resolve("out");
    Corpus.images(images, 4);
    corpus.tokenize(corpus.request(out, 10, RunRules.DEFAULT, images.toString()));
    Corpus.image(images.resolve("a-001.png"), 240);
    Files.setLastModifiedTime(images.resolve("a-001.png"), FileTime.fromMillis(1_000_000_000_000L));
    TokenizeRequest request = corpus.request(out, 10, RunRules.DEFAULT, images.toString());
    corpus.tokenize(request);
    // As if it had died after it copied the file and before the record: one more unlisted file.
    Files.delete(out.resolve("_tessera/runs/run-0002/replaced.json"));
    Path wave = out.resolve("tokens/modality=image/tokenizer=tiny/run=run-0001/wave=1");
    try (var files = Files.list(wave)) {
      Path part = files.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow();
      Files.copy(part, wave.resolve("part-kept-dead.parquet"));
    }
    assertThat(corpus.verify(out)).isNotEmpty();

    corpus.tokenize(request);

    assertThat(corpus.tokens(out)).hasSize(4).contains("a-001.png 15");
    assertThat(corpus.verify(out)).isEmpty();
  }

  @Test
  void touchedFilesAreLeftAloneByContent() throws Exception {
    Path images = temp.resolve("images");
    Path out = temp.resolve("out");
    Corpus.images(images, 4);
    corpus.tokenize(corpus.request(out, 10, RunRules.DEFAULT, images.toString()));
    Files.setLastModifiedTime(images.resolve("a-001.png"), FileTime.fromMillis(1_000_000_000_000L));
    Corpus.image(images.resolve("a-003.png"), 240);
    Files.setLastModifiedTime(images.resolve("a-003.png"), FileTime.fromMillis(1_000_000_000_000L));

    TokenizeResult second =
        corpus.tokenize(
            corpus.request(
                out, 10, RunRules.DEFAULT.withChange(Change.BY_CONTENT), images.toString()));

    assertThat(second.run().inputs()).isEqualTo(1);
    assertThat(second.run().unchanged()).isEqualTo(3);
    assertThat(corpus.tokens(out)).hasSize(4).contains("a-001.png 1", "a-003.png 15");
    assertThat(corpus.verify(out)).isEmpty();
    assertThat(
            corpus
                .tokenize(corpus.request(out, 10, RunRules.DEFAULT, images.toString()))
                .wavesDone())
        .isZero();
  }

  @Test
  void copiesShareOneReading() throws Exception {
    Path images = temp.resolve("images");
    Path out = temp.resolve("out");
    Corpus.images(images, 3);
    for (int i = 0; i < 5; i++) {
      Files.copy(images.resolve("a-002.png"), images.resolve("copy-" + i + ".png"));
    }
    Files.writeString(images.resolve("x.png"), "no image");
    Files.writeString(images.resolve("y.png"), "no image");

    TokenizeResult result =
        corpus.tokenize(
            corpus.request(out, 2, RunRules.DEFAULT.withCopies(Copies.SHARE), images.toString()));

    assertThat(corpus.tokens(out))
        .contains("a-002.png 2", "copy-0.png 2", "copy-4.png 2")
        .hasSize(8);
    assertThat(corpus.rejects(out)).containsExactly("x.png UNKNOWN_FORMAT", "y.png UNKNOWN_FORMAT");
    assertThat(result.counts().value("samples")).isEqualTo(10);
    // What was read: one of each content.
    long bytes = 0;
    for (String name : List.of("a-000.png", "a-001.png", "a-002.png", "x.png")) {
      bytes += Files.size(images.resolve(name));
    }
    assertThat(result.counts().value("bytes")).isEqualTo(bytes);
    assertThat(corpus.verify(out)).isEmpty();
  }

  @Test
  void onePartOfTheInputCanStopARun() throws Exception {
    Path images = temp.resolve("images");
    Path out = temp.resolve("out");
    Corpus.images(images.resolve("good"), 40);
    for (int i = 0; i < 10; i++) {
      Files.createDirectories(images.resolve("bad"));
      Files.writeString(images.resolve("bad/" + i + ".png"), "no image");
    }
    RunRules rules = RunRules.DEFAULT.withLimit(new RejectLimit(1, 0.2, 5));

    TokenizeResult result = corpus.tokenize(corpus.request(out, 10, rules, images.toString()));

    assertThat(result.stopped().orElseThrow())
        .matches("10 of 10 samples of .*/images/bad are rejected, which is more than 20 %");
    assertThat(result.wavesDone()).isEqualTo(1);
    assertThat(corpus.tokenize(corpus.request(out, 10, rules, images.toString())).wavesDone())
        .as("the limit holds before another wave is run")
        .isZero();
  }

  @Test
  void aDryRunWritesNothingAndSaysWhatWouldGo() throws Exception {
    Path images = temp.resolve("images");
    Path out = temp.resolve("out");
    Corpus.images(images, 4);
    TokenizeRequest request = corpus.request(out, 2, RunRules.DEFAULT, images.toString());
    assertThat(new TokenizeFlow(SparkForTests.session(), request, TokenizeListener.NONE).dryRun())
        .satisfies(
            dry -> {
              assertThat(dry.run().inputs()).isEqualTo(4);
              assertThat(dry.wavesLeft()).isEqualTo(2);
              assertThat(dry.removed()).isEmpty();
            });
    assertThat(out).doesNotExist();
    corpus.tokenize(request);
    Path stray = out.resolve("tokens/modality=image/tokenizer=tiny/run=run-0001/wave=7");
    Files.createDirectories(stray);
    Corpus.image(images.resolve("a-001.png"), 240);
    Files.setLastModifiedTime(images.resolve("a-001.png"), FileTime.fromMillis(1_000_000_000_000L));
    TreeSet<String> before = tree(out);

    DryRun dry = new TokenizeFlow(SparkForTests.session(), request, TokenizeListener.NONE).dryRun();

    assertThat(dry.removed())
        .containsExactly(
            "tokens/modality=image/tokenizer=tiny/run=run-0001/wave=7",
            "wave 1 of run-0001: the replaced rows");
    assertThat(tree(out)).isEqualTo(before);
  }

  private static TreeSet<String> tree(Path folder) throws Exception {
    try (var files = Files.walk(folder)) {
      return new TreeSet<>(files.map(Path::toString).toList());
    }
  }

  @Test
  void aWaveWhoseFilesGetLostIsRunAgain() throws Exception {
    Path images = temp.resolve("images");
    Corpus.images(images, 4);
    TokenizeRequest request =
        corpus.request(temp.resolve("out"), 10, RunRules.DEFAULT, images.toString());

    whenCommitsLoseAFile(2, () -> corpus.tokenize(request));

    assertThat(corpus.tokens(temp.resolve("out")))
        .containsExactly("a-000.png 0", "a-001.png 1", "a-002.png 2", "a-003.png 3");
    assertThat(corpus.verify(temp.resolve("out"))).isEmpty();
  }

  @Test
  void aStorageThatLosesFilesAgainAndAgainStopsTheRun() throws Exception {
    Path images = temp.resolve("images");
    Corpus.images(images, 4);
    TokenizeRequest request =
        corpus.request(temp.resolve("out"), 10, RunRules.DEFAULT, images.toString());

    assertThatThrownBy(() -> whenCommitsLoseAFile(3, () -> corpus.tokenize(request)))
        .hasMessageContaining("Cannot commit wave 1: these files are missing after the commit");
    corpus.tokenize(request);

    assertThat(corpus.tokens(temp.resolve("out"))).hasSize(4);
    assertThat(corpus.verify(temp.resolve("out"))).isEmpty();
  }

  private static void whenCommitsLoseAFile(int jobs, Callable<?> work) throws Exception {
    Configuration configuration = SparkForTests.session().sparkContext().hadoopConfiguration();
    configuration.set(
        "mapreduce.outputcommitter.factory.scheme.file", ForgetfulCommitter.class.getName());
    ForgetfulCommitter.JOBS_LEFT.set(jobs);
    try {
      work.call();
      assertThat(ForgetfulCommitter.JOBS_LEFT).hasValue(0);
    } finally {
      configuration.unset("mapreduce.outputcommitter.factory.scheme.file");
      ForgetfulCommitter.JOBS_LEFT.set(0);
    }
  }
}
