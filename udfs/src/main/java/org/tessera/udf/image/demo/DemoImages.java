package org.tessera.udf.image.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.tessera.udf.image.codec.JpegWriter;
import org.tessera.udf.image.codec.PngWriter;
import org.tessera.udf.image.codec.Raster;

/** Writes a small corpus of generated pictures, with a few files that cannot be read. */
public final class DemoImages {
  private static final int LEAST_SIDE = 160;
  private static final int MOST_SIDE = 448;

  private DemoImages() {}

  /**
   * What was written.
   *
   * @param images the files that hold a picture
   * @param bad the files that every reader must reject: one empty, one cut, one text
   */
  public record Written(List<Path> images, List<Path> bad) {
    public Written {
      images = List.copyOf(images);
      bad = List.copyOf(bad);
    }
  }

  /**
   * Writes pictures of 160 to 448 pixels a side, two JPEG files for each PNG file, and three bad
   * files beside them. Equal arguments give equal files.
   *
   * @param folder made when it is not there
   * @param count how many pictures, at least 1
   */
  public static Written write(Path folder, int count, long seed) throws IOException {
    if (count < 1) {
      throw new IllegalArgumentException(
          "Cannot write " + count + " demo images (give at least 1)");
    }
    Files.createDirectories(folder);
    SplittableRandom random = new SplittableRandom(seed);
    List<Path> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Raster picture = picture(random.split());
      boolean png = i % 3 == 2;
      byte[] file =
          png ? PngWriter.write(picture) : JpegWriter.write(picture, 70 + random.nextInt(26));
      Path path = folder.resolve("image-%04d.%s".formatted(i, png ? "png" : "jpg"));
      images.add(Files.write(path, file));
    }
    return new Written(images, bad(folder, picture(random.split())));
  }

  private static Raster picture(SplittableRandom random) {
    int width = random.nextInt(LEAST_SIDE, MOST_SIDE + 1);
    int height = random.nextInt(LEAST_SIDE, MOST_SIDE + 1);
    Canvas canvas = new Canvas(width, height);
    new Painter(canvas, random.nextLong()).paint();
    return new Raster(width, height, Raster.RGB, canvas.bytes());
  }

  private static List<Path> bad(Path folder, Raster picture) throws IOException {
    byte[] whole = JpegWriter.write(picture, 90);
    byte[] cut = Arrays.copyOf(whole, whole.length / 2);
    byte[] page = "<html><body>404 Not Found</body></html>\n".getBytes(StandardCharsets.UTF_8);
    return List.of(
        Files.write(folder.resolve("bad-cut.jpg"), cut),
        Files.write(folder.resolve("bad-empty.png"), new byte[0]),
        Files.write(folder.resolve("bad-page.jpg"), page));
  }
}
