package org.tessera.udf.image.codec;

import java.util.Arrays;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;

/**
 * How a TIFF image is stored.
 *
 * @param width pixels in a row
 * @param height rows
 * @param bits bits of a sample, the same for all
 * @param samples samples of a pixel
 * @param extra what the samples after the colours are: 0 nothing, 1 alpha that is multiplied in, 2
 *     alpha; empty when there are none
 * @param photometric 0 and 1 gray, 2 RGB, 3 palette, 5 CMYK, 6 YCbCr
 * @param sampleFormat 1 unsigned, 2 signed, 3 floating point
 * @param compression the tag's value
 * @param predictor 1 none, 2 differences, 3 differences of floating point
 * @param planar whether each sample has chunks of its own
 * @param chunkWidth pixels in a row of a strip or tile
 * @param chunkHeight rows of a strip or tile
 * @param tiled whether chunks are tiles, which are always whole
 * @param offsets where each chunk begins
 * @param lengths the bytes of each chunk, or null
 * @param bigEndian the byte order
 * @param reversed whether the bits in each byte are reversed
 */
record TiffLayout(
    int width,
    int height,
    int bits,
    int samples,
    int[] extra,
    int photometric,
    int sampleFormat,
    int compression,
    int predictor,
    boolean planar,
    int chunkWidth,
    int chunkHeight,
    boolean tiled,
    long[] offsets,
    long[] lengths,
    boolean bigEndian,
    boolean reversed) {
  private static final int MOST_SAMPLES = 6;

  /** Checks a directory's tags and the limits. */
  static TiffLayout of(TiffDirectory tags, Limits limits) throws SampleException {
    long width = tags.value(TiffTags.WIDTH, 0);
    long height = tags.value(TiffTags.HEIGHT, 0);
    if (width < 1 || height < 1) {
      throw malformed("a size of " + width + "x" + height);
    }
    Guard.pixels(ImageFormat.TIFF, width, height, limits);
    boolean tiled = tags.values(TiffTags.STRIP_OFFSETS) == null;
    long[] offsets = tags.values(tiled ? TiffTags.TILE_OFFSETS : TiffTags.STRIP_OFFSETS);
    if (offsets == null || offsets.length == 0) {
      throw malformed("no strips or tiles");
    }
    long chunkWidth = tiled ? tags.value(TiffTags.TILE_WIDTH, 0) : width;
    long chunkHeight =
        tiled
            ? tags.value(TiffTags.TILE_HEIGHT, 0)
            : Math.min(height, tags.value(TiffTags.ROWS_PER_STRIP, height));
    if (chunkWidth < 1 || chunkHeight < 1) {
      throw malformed("strips or tiles of " + chunkWidth + "x" + chunkHeight);
    }
    // With its margins beyond the image, too: one tile may be larger than the image.
    Guard.pixels(ImageFormat.TIFF, padded(width, chunkWidth), padded(height, chunkHeight), limits);
    int samples = (int) Math.min(99, tags.value(TiffTags.SAMPLES, 1));
    boolean planar = tags.value(TiffTags.PLANAR, 1) == 2 && samples > 1;
    int[] extra = ints(tags.values(TiffTags.EXTRA_SAMPLES));
    if (planar && extra.length > 0 && Arrays.stream(extra).max().orElse(0) == 0) {
      // Extra planes of no meaning come last and need not be read.
      samples -= extra.length;
      extra = new int[0];
    }
    if (samples < 1 || samples > MOST_SAMPLES) {
      throw malformed(samples + " samples a pixel");
    }
    TiffLayout layout =
        new TiffLayout(
            (int) width,
            (int) height,
            same("bits a sample", tags.values(TiffTags.BITS), samples),
            samples,
            extra,
            (int) tags.value(TiffTags.PHOTOMETRIC, 0),
            same("sample formats", tags.values(TiffTags.SAMPLE_FORMAT), samples),
            (int) tags.value(TiffTags.COMPRESSION, 1),
            (int) tags.value(TiffTags.PREDICTOR, 1),
            planar,
            (int) chunkWidth,
            (int) chunkHeight,
            tiled,
            offsets,
            tags.values(tiled ? TiffTags.TILE_BYTES : TiffTags.STRIP_BYTES),
            tags.bigEndian(),
            tags.value(TiffTags.FILL_ORDER, 1) == 2);
    layout.check();
    return layout;
  }

  private static long padded(long size, long chunk) {
    return (size + chunk - 1) / chunk * chunk;
  }

  private static int[] ints(long[] values) {
    return values == null ? new int[0] : Arrays.stream(values).mapToInt(v -> (int) v).toArray();
  }

  private static int same(String what, long[] values, int samples) throws SampleException {
    if (values == null || values.length == 0) {
      return 1;
    }
    for (int i = 1; i < Math.min(values.length, samples); i++) {
      if (values[i] != values[0]) {
        throw Faults.unsupported(
            ImageFormat.TIFF,
            "an image with different " + what + ", " + Arrays.toString(values),
            -1);
      }
    }
    return (int) values[0];
  }

  /** Fails for kinds of pixels that Pillow does not read, and some that are rare. */
  private void check() throws SampleException {
    int colours = samples - extra.length;
    boolean known =
        switch (photometric) {
          case 0, 1 -> isGray(colours);
          case 2 ->
              sampleFormat == 1
                  && (bits == 8 || bits == 16)
                  && (colours == 3 || colours == 4 && extra.length == 0);
          case 3 -> sampleFormat == 1 && colours == 1 && isPacked() && samples <= 2;
          case 5 -> sampleFormat == 1 && colours == 4 && (bits == 8 || bits == 16);
          case 6 -> sampleFormat == 1 && samples == 3 && bits == 8 && compression == 7 && !planar;
          default -> false;
        };
    if (!known) {
      throw Faults.unsupported(
          ImageFormat.TIFF,
          "an image of photometric kind %d with %d samples of %d bits, format %d, compression %d"
              .formatted(photometric, samples, bits, sampleFormat, compression),
          -1);
    }
    int chunks = chunksAcross() * chunksDown() * (planar ? samples : 1);
    if (offsets.length < chunks) {
      throw malformed(offsets.length + " strips or tiles instead of " + chunks);
    }
  }

  private boolean isPacked() {
    return bits == 1 || bits == 2 || bits == 4 || bits == 8;
  }

  private boolean isGray(int colours) {
    if (colours != 1 || samples > 2 || samples == 2 && (bits != 8 || photometric == 0)) {
      return false;
    }
    return switch (bits) {
      case 1, 2, 4 -> sampleFormat == 1;
      case 8 -> sampleFormat == 1 || sampleFormat == 2 && photometric == 1;
      case 12 -> sampleFormat == 1 && photometric == 1 && !bigEndian;
      case 16 -> sampleFormat == 1 || sampleFormat == 2 && photometric == 1;
      case 32 -> sampleFormat == 3 || photometric == 1;
      default -> false;
    };
  }

  int chunksAcross() {
    return (width + chunkWidth - 1) / chunkWidth;
  }

  int chunksDown() {
    return (height + chunkHeight - 1) / chunkHeight;
  }

  /** Samples that are stored side by side. */
  int interleaved() {
    return planar ? 1 : samples;
  }

  /** The bytes of one row of a chunk. */
  int rowBytes() {
    return Math.toIntExact(((long) chunkWidth * interleaved() * bits + 7) / 8);
  }

  /** The rows that are stored in a chunk: a last strip may be short, a tile never is. */
  int rows(int chunkRow) {
    return tiled ? chunkHeight : Math.min(chunkHeight, height - chunkRow * chunkHeight);
  }

  private static SampleException malformed(String what) {
    return Faults.malformed(ImageFormat.TIFF, what, -1);
  }
}
