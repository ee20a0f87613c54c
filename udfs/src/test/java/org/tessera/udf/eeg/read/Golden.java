package org.tessera.udf.eeg.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** What MNE reads, from the tables of recipe.py. */
final class Golden {
  private Golden() {}

  /** One channel. */
  record Row(
      String file,
      int channel,
      String name,
      String kind,
      double rate,
      long frames,
      String sha256,
      double first,
      double last) {
    void check(Recording recording) throws Exception {
      String what = file + " channel " + channel;
      Channel actual = recording.channels().get(channel);
      assertThat(actual.name()).as(what).isEqualTo(name);
      assertThat(kindAgrees(actual)).as(what + " kind " + actual.kind()).isTrue();
      assertThat(actual.rate()).as(what).isCloseTo(rate, within(rate * 1e-12));
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      long total = 0;
      for (int run = 0; run < recording.runStarts().size(); run++) {
        int count = (int) recording.frames(run, channel);
        double[][] values = new double[1][count];
        recording.read(run, 0, count, new int[] {channel}, values);
        digest.update(littleEndian(values[0]));
        if (total == 0) {
          assertThat(values[0][0]).as(what).isEqualTo(first);
        }
        total += count;
        if (total == frames) {
          assertThat(values[0][count - 1]).as(what).isEqualTo(last);
        }
      }
      assertThat(total).as(what).isEqualTo(frames);
      assertThat(HexFormat.of().formatHex(digest.digest())).as(what).isEqualTo(sha256);
    }

    /** MNE types all EDF channels as EEG; labels and units tell more. */
    private boolean kindAgrees(Channel actual) {
      return kind.equals("eeg") || actual.kind().id().equals(kind.toLowerCase(Locale.ROOT));
    }
  }

  /** One annotation. */
  record Mark(String file, double onsetS, double durationS, String text, String channels) {}

  static List<Row> rows(Path table) throws IOException {
    return Files.readAllLines(table).stream()
        .map(line -> line.split("\t", -1))
        .map(
            f ->
                new Row(
                    f[0],
                    Integer.parseInt(f[1]),
                    f[2],
                    f[3],
                    Double.parseDouble(f[4]),
                    Long.parseLong(f[5]),
                    f[6],
                    Double.parseDouble(f[7]),
                    Double.parseDouble(f[8])))
        .toList();
  }

  static List<Mark> marks(Path table) throws IOException {
    return Files.readAllLines(table).stream()
        .map(line -> line.split("\t", -1))
        .map(f -> new Mark(f[0], Double.parseDouble(f[1]), Double.parseDouble(f[2]), f[3], f[4]))
        .toList();
  }

  static void check(List<Mark> expected, Recording recording) {
    List<Annotation> actual = recording.annotations();
    assertThat(actual).as(expected.get(0).file()).hasSameSizeAs(expected);
    double end = 0;
    for (int run = 0; run < recording.runStarts().size(); run++) {
      end += recording.frames(run, 0) / recording.channels().get(0).rate();
    }
    for (int i = 0; i < actual.size(); i++) {
      Mark mark = expected.get(i);
      Annotation annotation = actual.get(i);
      String what = mark.toString();
      assertThat(annotation.text()).as(what).isEqualTo(mark.text());
      // MNE rounds times to microseconds and cuts durations at the end of the data.
      assertThat(annotation.onsetS()).as(what).isCloseTo(mark.onsetS(), within(1.01e-6));
      double duration = Math.min(annotation.durationS(), end - annotation.onsetS());
      assertThat(Math.max(0, duration)).as(what).isCloseTo(mark.durationS(), within(1.01e-6));
      assertThat(String.join(",", annotation.channels())).as(what).isEqualTo(mark.channels());
    }
  }

  static byte[] littleEndian(double[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asDoubleBuffer().put(values);
    return bytes.array();
  }
}
