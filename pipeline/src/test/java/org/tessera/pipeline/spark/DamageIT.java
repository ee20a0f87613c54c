package org.tessera.pipeline.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.pipeline.ledger.RejectLimit;
import org.tessera.pipeline.storage.ParquetSink;
import org.tessera.pipeline.tokens.TokenTable;

/** Damage is found and its wave named; a broken disk leaves nothing half done. */
class DamageIT {
  private static final String WAVE = "tokens/modality=image/tokenizer=tiny/run=run-0001/wave=2";

  @TempDir private static Path shared;
  private static Corpus corpus;

  @TempDir private Path temp;
  private Path out;
  private Path images;

  @BeforeAll
  static void bundle() throws Exception {
    corpus = new Corpus(TinyImageBundle.write(shared.resolve("tiny.bundle"), "tiny"));
  }

  @BeforeEach
  void paths() {
    out = temp.resolve("out");
    images = temp.resolve("images");
  }

  @Test
  void verifyNamesTheWaveOfEachDamage() throws Exception {
    Corpus.images(images, 6);
    corpus.tokenize(corpus.request(out, 3, RunRules.DEFAULT, images.toString()));
    assertThat(corpus.verify(out)).isEmpty();
    Path part = part();
    byte[] whole = Files.readAllBytes(part);

    Path copy = part.resolveSibling("part-copy.parquet");
    Files.copy(part, copy);
    assertFound("wave 2 of run-0001: .*part-copy.parquet is not in the ledger");
    Files.delete(copy);

    Files.delete(part);
    assertFound("wave 2 of run-0001: .*parquet is missing");

    rewrite(part, whole, 7);
    assertFound("wave 2 of run-0001: .* does not hold the rows that were written .*");

    rewrite(part, whole, 16);
    assertFound("wave 2 of run-0001: sample .*: has the id 16 at .0, 0., but the layout .*");
    Files.write(part, whole);

    Path record = out.resolve("_tessera/runs/run-0001/waves/000002.json");
    String text = Files.readString(record);
    Files.writeString(record, text.replace("\"tokenized\" : 3", "\"tokenized\" : 4"));
    assertFound("wave 2 of run-0001: the ledger counts 4 tokenized samples, the files 3");
    Files.writeString(record, text);
    assertThat(corpus.verify(out)).isEmpty();
  }

  @Test
  void halfGarbageStopsAtOnePercent() throws Exception {
    Corpus.images(images, 60);
    for (int i = 0; i < 60; i++) {
      Files.writeString(images.resolve(String.format("a-%03d.png.png", i)), "garbage " + i);
    }
    RunRules rules = RunRules.DEFAULT.withLimit(new RejectLimit(0.01, 1, 20));

    TokenizeResult result = corpus.tokenize(corpus.request(out, 40, rules, images.toString()));

    assertThat(result.stopped()).isPresent();
    assertThat(result.wavesDone()).isEqualTo(1);
    assertThat(corpus.verify(out))
        .as("nothing is wrong but that waves are left")
        .containsExactly("run-0001 is unfinished: 1 of 3 waves (run tokenize again)");
  }

  @Test
  void aLittleGarbagePasses() throws Exception {
    Corpus.images(images, 498);
    Files.writeString(images.resolve("x.png"), "garbage");
    Files.writeString(images.resolve("y.png"), "garbage");
    RunRules rules = RunRules.DEFAULT.withLimit(new RejectLimit(0.01, 1, 20));

    TokenizeResult result = corpus.tokenize(corpus.request(out, 250, rules, images.toString()));

    assertThat(result.stopped()).isEmpty();
    assertThat(result.counts().rejects()).isEqualTo(Map.of("decode/UNKNOWN_FORMAT", 2L));
    assertThat(result.counts().rejections())
        .singleElement()
        .asString()
        .matches("decode/UNKNOWN_FORMAT x 2: file:.*/x.png: Cannot .*");
    assertThat(corpus.verify(out)).isEmpty();
  }

  @Test
  void aFullDiskIsAnErrorAndTheNextCallFinishes() throws Exception {
    Corpus.images(images, 6);
    TokenizeRequest request = corpus.request("full:" + out, 3, RunRules.DEFAULT, images.toString());
    System.setProperty(FullDisk.PROPERTY, "true");
    try {
      assertThatThrownBy(() -> corpus.tokenize(request))
          .hasStackTraceContaining("No space left on device");
    } finally {
      System.clearProperty(FullDisk.PROPERTY);
    }
    assertThat(corpus.tokens(out)).as("the first wave is there as a whole").hasSize(3);

    corpus.tokenize(request);

    assertThat(corpus.tokens(out)).hasSize(6);
    assertThat(corpus.verify(out)).isEmpty();
  }

  private void assertFound(String finding) throws IOException {
    assertThat(corpus.verify(out)).anyMatch(line -> line.matches("(?s)" + finding));
  }

  private Path part() throws IOException {
    try (var files = Files.list(out.resolve(WAVE))) {
      return files.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
  }

  /** The file again, with another first id in its first row. */
  private void rewrite(Path part, byte[] whole, int id) throws IOException {
    Files.write(part, whole);
    Path other = temp.resolve("other.parquet");
    Files.deleteIfExists(other);
    Configuration configuration = new Configuration();
    try (ParquetReader<Group> reader =
            ParquetReader.builder(
                    new GroupReadSupport(), new org.apache.hadoop.fs.Path(part.toUri()))
                .withConf(configuration)
                .build();
        ParquetSink<Group> sink =
            ParquetSink.ofGroups(
                new org.apache.hadoop.fs.Path(other.toUri()),
                configuration,
                TokenTable.SCHEMA,
                Map.of())) {
      boolean first = true;
      for (Group row = reader.read(); row != null; row = reader.read()) {
        sink.write(first ? edited(row, id) : row);
        first = false;
      }
    }
    Files.deleteIfExists(part.resolveSibling("." + part.getFileName() + ".crc"));
    Files.write(part, Files.readAllBytes(other));
  }

  private static Group edited(Group row, int id) {
    Group copy = new org.apache.parquet.example.data.simple.SimpleGroup(TokenTable.SCHEMA);
    for (String name : List.of("sample_id", "uri", "member", "content_sha256", "geometry")) {
      copy.add(name, row.getBinary(name, 0));
    }
    copy.add("segment", row.getInteger("segment", 0));
    copy.add("channel", row.getInteger("channel", 0));
    copy.add("start_s", row.getDouble("start_s", 0));
    copy.add("end_s", row.getDouble("end_s", 0));
    copy.add("shape", row.getGroup("shape", 0));
    copy.add("labels", row.getGroup("labels", 0));
    Group ids = row.getGroup("tokens", 0);
    Group changed = copy.addGroup("tokens");
    for (int i = 0; i < ids.getFieldRepetitionCount(0); i++) {
      changed
          .addGroup(0)
          .append("element", i == 0 ? id : ids.getGroup(0, i).getInteger("element", 0));
    }
    return copy;
  }
}
