package org.tessera.udf.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tessera.udf.container.Archives.gzip;
import static org.tessera.udf.container.Archives.tar;
import static org.tessera.udf.container.Archives.zip;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.Modality;
import org.tessera.udf.sample.HeapSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.RawSample;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

class ArchiveSamplesTest {
  private static final Limits SMALL = new Limits(100_000, 1, 1, 1, 1, 1, 2, 1000);

  private final Containers containers = containers(Modality.IMAGE);

  @Test
  void membersAreSamplesInOrderAndSiblingsAreColumns() throws Exception {
    byte[] tar =
        tar(
            "a/0001.jpg", "JPEG1",
            "a/0001.json", "{\"label\": \"cat\", \"size\": [1, 2], \"none\": null}",
            "a/0001.cls", "7\n",
            "a/0002.jpg", "JPEG2",
            "a/0002.txt", "a dog",
            "b.png", "PNG");

    List<RawSample> samples = samples(containers, tar, "x.tar");

    assertThat(samples)
        .extracting(RawSample::member)
        .containsExactly("a/0001.jpg", "a/0002.jpg", "b.png");
    assertThat(samples.get(0).labels())
        .isEqualTo(Map.of("cls", "7", "label", "cat", "size", "[1,2]"));
    assertThat(samples.get(1).labels()).isEqualTo(Map.of("txt", "a dog"));
    assertThat(samples.get(2).labels()).isEmpty();
    assertThat(text(samples.get(1))).isEqualTo("JPEG2");
  }

  @Test
  void namesWithDotsKeepTheirOwnColumns() throws Exception {
    byte[] tar =
        tar("img.001.jpg", "1", "img.001.txt", "one", "img.002.jpg", "2", "img.002.txt", "two");

    List<RawSample> samples = samples(containers, tar, "x.tar");

    assertThat(samples)
        .extracting(sample -> sample.labels().get("txt"))
        .containsExactly("one", "two");
  }

  @Test
  void tarGzipAndZipGiveTheSame() throws Exception {
    Object[] files = {"a.jpg", "1", "a.json", "{\"k\": 1}", "b.jpg", "2"};

    List<String> fromTar = describe(samples(containers, tar(files), "x.tar"));
    List<String> fromGzip = describe(samples(containers, gzip(tar(files)), "x.tar.gz"));
    List<String> fromZip = describe(samples(containers, zip(files), "x.zip"));

    assertThat(fromTar).containsExactly("a.jpg {k=1} 1", "b.jpg {} 2");
    assertThat(fromGzip).isEqualTo(fromTar);
    assertThat(fromZip).isEqualTo(fromTar);
  }

  @Test
  void aCutArchiveGivesWhatCameBeforeAndThenARejection() throws Exception {
    byte[] whole = tar("a.jpg", "1".repeat(3000), "b.jpg", "2".repeat(3000));
    byte[] cut = Arrays.copyOf(whole, 6000);

    List<RawSample> samples = samples(containers, cut, "x.tar");

    assertThat(text(samples.get(0))).hasSize(3000);
    assertThat(samples).hasSize(2);
    assertThat(samples.get(1).member()).isEmpty();
    assertRejected(samples.get(1), RejectCode.TRUNCATED, "Cannot read the tar archive further");
  }

  @Test
  void damagedGzipAndZipAreRejected() throws Exception {
    byte[] gzip = gzip(tar("a.jpg", "1".repeat(9000)));
    gzip[gzip.length / 2] ^= 0x55;
    assertThat(last(samples(containers, gzip, "x.tgz")).member()).isEmpty();
    assertThatThrownBy(() -> last(samples(containers, gzip, "x.tgz")).fetch())
        .isInstanceOf(SampleException.class)
        .hasMessageContaining("tar archive");
    byte[] zip = Arrays.copyOf(zip("a.jpg", "123"), 60);
    assertRejected(samples(containers, zip, "x.zip").get(0), RejectCode.MALFORMED, "its directory");
  }

  @Test
  void aFileAloneInGzipIsRejectedAsWhatItIs() throws Exception {
    for (String file : List.of("ply\n", "1".repeat(9000))) {
      assertRejected(
          samples(containers, gzip(file.getBytes(StandardCharsets.US_ASCII)), "x.ply.gz").get(0),
          RejectCode.UNSUPPORTED_FORMAT,
          "Cannot read a gzip stream that holds no tar archive (unpack it first)");
    }
    assertRejected(
        samples(containers, gzip(tar()), "x.tgz").get(0), RejectCode.EMPTY, "without files");
  }

  @Test
  void emptyArchivesAndEmptyMembersAreRejected() throws Exception {
    assertRejected(
        samples(containers, tar(), "x.tar", ContainerFormat.TAR).get(0),
        RejectCode.EMPTY,
        "without files");
    assertRejected(
        samples(containers, tar("a.jpg", ""), "x.tar").get(0), RejectCode.EMPTY, "empty file");
  }

  @Test
  void bombsAreRejectedWithinBounds() throws Exception {
    byte[] bomb = gzip(tar("a.jpg", "\0".repeat(50_000_000)));
    assertRejected(
        last(samples(new Containers(Modality.IMAGE, SMALL, null), bomb, "x.tgz")),
        RejectCode.TOO_LARGE,
        "limit is 100000");
    byte[] many = gzip(tar(manyZeros(400)));
    assertRejected(
        last(samples(new Containers(Modality.IMAGE, SMALL, null), many, "x.tgz")),
        RejectCode.TOO_LARGE,
        "decompression bomb");
    byte[] zip = zip("a.jpg", "\0".repeat(1_000_000));
    assertRejected(
        last(samples(new Containers(Modality.IMAGE, SMALL, null), zip, "x.zip")),
        RejectCode.TOO_LARGE,
        "limit is 100000");
  }

  @Test
  void containersInContainersAreOpenedToTheLimit() throws Exception {
    byte[] inner = tar("a.jpg", "1");
    byte[] middle = zip("in.tar", inner);
    byte[] outer = tar("mid.zip", middle);

    RawSample zip = samples(containers, outer, "x.tar").get(0);
    RawSample tar = zip.fetch().members().orElseThrow().next();
    RawSample image = tar.fetch().members().orElseThrow().next();

    assertThat(image.member()).isEqualTo("mid.zip!in.tar!a.jpg");
    assertThat(text(image)).isEqualTo("1");
    Containers shallow =
        new Containers(Modality.IMAGE, new Limits(100_000, 1, 1, 1, 1, 1, 1, 1), null);
    RawSample shallowZip = samples(shallow, outer, "x.tar").get(0);
    RawSample shallowTar = shallowZip.fetch().members().orElseThrow().next();
    assertRejected(shallowTar, RejectCode.TOO_LARGE, "raise limits.nesting");
  }

  @Test
  void sameNamesGetDifferentMembers() throws Exception {
    List<RawSample> samples = samples(containers, tar("a.jpg", "1", "a.jpg", "2"), "x.tar");
    assertThat(samples).extracting(RawSample::member).containsExactly("a.jpg", "a.jpg#2");
  }

  @Test
  void companionsStayWithTheirHeader() throws Exception {
    byte[] tar =
        tar(
            "r/s1.vhdr",
            "header",
            "r/s1.eeg",
            "data",
            "r/s1.vmrk",
            "marks",
            "r/s1.json",
            "{\"age\": 3}");

    List<RawSample> samples = samples(containers(Modality.EEG), tar, "x.tar");

    assertThat(samples).extracting(RawSample::member).containsExactly("r/s1.vhdr");
    assertThat(samples.get(0).labels()).isEqualTo(Map.of("age", "3"));
    var companions = samples.get(0).fetch().input().companions();
    assertThat(companions.find("s1.eeg").orElseThrow().readAll(10))
        .isEqualTo("data".getBytes(StandardCharsets.UTF_8));
    assertThat(companions.find("../s1.eeg")).isEmpty();
  }

  @Test
  void hiddenFilesAndFoldersAreLeftOut() throws Exception {
    byte[] tar = tar("__MACOSX/._a.jpg", "x", ".DS_Store", "y", "a.jpg", "1");
    assertThat(samples(containers, tar, "x.tar"))
        .extracting(RawSample::member)
        .containsExactly("a.jpg");
  }

  private static Object[] manyZeros(int files) {
    Object[] entries = new Object[2 * files];
    for (int i = 0; i < files; i++) {
      entries[2 * i] = "f" + i + ".jpg";
      entries[2 * i + 1] = "\0".repeat(90_000);
    }
    return entries;
  }

  private static Containers containers(Modality modality) {
    return new Containers(modality, Limits.DEFAULT, null);
  }

  private static List<RawSample> samples(Containers containers, byte[] bytes, String uri)
      throws Exception {
    ContainerFormat format =
        ContainerFormat.sniff(Arrays.copyOf(bytes, Math.min(512, bytes.length))).orElseThrow();
    return samples(containers, bytes, uri, format);
  }

  private static List<RawSample> samples(
      Containers containers, byte[] bytes, String uri, ContainerFormat format) throws Exception {
    Containers.Place place = Containers.Place.object(uri, new TreeMap<>());
    List<RawSample> list = new ArrayList<>();
    try (Containers.Samples samples =
        format == ContainerFormat.ZIP
            ? containers.zip(place, new HeapSource(bytes))
            : containers.tar(place, format, new ByteArrayInputStream(bytes))) {
      samples.forEachRemaining(list::add);
    }
    return list;
  }

  private static List<String> describe(List<RawSample> samples) throws Exception {
    List<String> lines = new ArrayList<>();
    for (RawSample sample : samples) {
      lines.add(sample.member() + " " + sample.labels() + " " + text(sample));
    }
    return lines;
  }

  private static String text(RawSample sample) throws Exception {
    return new String(sample.fetch().input().content().readAll(1 << 20), StandardCharsets.UTF_8);
  }

  private static RawSample last(List<RawSample> samples) {
    return samples.get(samples.size() - 1);
  }

  private static void assertRejected(RawSample sample, RejectCode code, String message) {
    assertThatThrownBy(sample::fetch)
        .isInstanceOfSatisfying(SampleException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(message);
  }
}
