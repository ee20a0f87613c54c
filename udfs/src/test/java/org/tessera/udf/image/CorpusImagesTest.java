package org.tessera.udf.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.tessera.udf.image.codec.ImageDecoder;
import org.tessera.udf.image.codec.Raster;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.Sha256;
import org.tessera.udf.testing.ParityTable;
import org.tessera.udf.testing.SharedData;
import org.tessera.udf.testing.Table;

/**
 * Every image of the shared corpus, good and bad, against digests of Pillow's pixels ({@code
 * corpus.tsv}, made by recipe.py).
 */
@Tag("corpus")
class CorpusImagesTest {
  private static final ImageDecoder DECODER = new ImageDecoder(Limits.DEFAULT);

  /** Files that are known to differ from Pillow, and why; they are counted as different. */
  private static final Map<String, String> KNOWN =
      Map.ofEntries(
          Map.entry(
              "bad/images/pillow/crash-0da013a13571cc8eb457a39fee8db18f8a3c7127.tif",
              "corrupt fax data is rejected; Pillow continues with a guess"),
          Map.entry(
              "bad/images/pillow/crash-74d2a78403a5a59db1fb0a2b8735ac068a75f6e3.tif",
              "corrupt fax data is rejected; Pillow continues with a guess"),
          Map.entry("images/pillow/hopper.Lab.tif", "CIE L*a*b* is not supported"),
          Map.entry("images/pillow/lab.tif", "CIE L*a*b* is not supported"),
          Map.entry("images/pillow/hopper_lzma.tif", "LZMA in TIFF is not supported"),
          Map.entry(
              "images/pillow/old-style-jpeg-compression.tif",
              "old-style JPEG in TIFF is not supported"),
          Map.entry("images/pillow/avif_hopper.avif", "AVIF is not supported"),
          Map.entry("images/pillow/hopper.ico", "ICO is not known"),
          Map.entry("images/pillow/python.ico", "ICO is not known"),
          Map.entry("images/pillow/rgb32rle_bottom_right.tga", "TGA has no mark to know it by"));

  private final ParityTable table =
      new ParityTable("image", "format", "files", "equal pixels", "rejected by both", "different");
  private final List<String> differences = new ArrayList<>();

  @Test
  void everyFileGivesPillowsPixelsOrIsRejected() throws IOException {
    for (Map<String, String> row : Table.rows(getClass(), "corpus.tsv")) {
      check(row, Files.readAllBytes(SharedData.path("corpus/" + row.get("file"))));
    }
    assertThat(differences).isEmpty();
    table.check();
  }

  private void check(Map<String, String> row, byte[] content) {
    String format = ImageSniffer.format(content).orElse("unknown");
    String difference = difference(row, content);
    boolean ok = row.get("status").equals("ok");
    boolean same = difference.isEmpty();
    table.add(format, 1, same && ok ? 1 : 0, same && !ok ? 1 : 0, same ? 0 : 1);
    if (!same && !KNOWN.containsKey(row.get("file"))) {
      differences.add(row.get("file") + ": " + difference);
    }
  }

  private static String difference(Map<String, String> row, byte[] content) {
    boolean wanted = row.get("status").equals("ok");
    try {
      Raster raster = DECODER.decode(content);
      if (!wanted) {
        return "decoded, but Pillow says " + row.get("rgb_sha256") + " " + row.get("rgba_sha256");
      }
      String size = raster.width() + "x" + raster.height();
      if (!size.equals(row.get("width") + "x" + row.get("height"))) {
        return "size " + size + " instead of " + row.get("width") + "x" + row.get("height");
      }
      if (!Sha256.hex(ColourSteps.rgb(raster).data()).equals(row.get("rgb_sha256"))) {
        return "other RGB pixels";
      }
      String rgba = raster.channels() == Raster.RGBA ? Sha256.hex(raster.data()) : "-";
      return rgba.equals(row.get("rgba_sha256")) ? "" : "other alpha";
    } catch (SampleException e) {
      assertThat(e.code()).isNotEqualTo(RejectCode.CRASHED);
      return wanted ? "rejected: " + e.code() + " " + e.getMessage() : "";
    }
  }
}
