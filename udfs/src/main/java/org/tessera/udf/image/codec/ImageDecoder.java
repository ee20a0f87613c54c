package org.tessera.udf.image.codec;

import java.util.Arrays;
import java.util.Optional;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** Decodes image files of every format in {@link ImageFormat}. Thread-safe. */
public final class ImageDecoder {
  private final Limits limits;

  /** A decoder that rejects what exceeds the limits before it decodes. */
  public ImageDecoder(Limits limits) {
    this.limits = limits;
  }

  /**
   * The upright image, 8 bits a channel: RGB, or RGBA where the file has transparency.
   *
   * @param file the whole file; it is not changed
   * @throws SampleException when the file is empty, of another format, cut, corrupt or over a limit
   */
  public Raster decode(byte[] file) throws SampleException {
    if (file.length == 0) {
      throw SampleException.at(
          Phase.DECODE, RejectCode.EMPTY, "Cannot decode an empty file (get the file again)", 0);
    }
    Optional<ImageFormat> format =
        ImageFormat.sniff(Arrays.copyOf(file, Math.min(file.length, ImageFormat.HEAD_BYTES)));
    if (format.isEmpty()) {
      throw SampleException.at(
          Phase.DECODE,
          RejectCode.UNKNOWN_FORMAT,
          "Cannot decode content that begins with "
              + Heads.describe(file)
              + ": it is of no image format known here (give JPEG, PNG, WebP, GIF, TIFF, BMP, Netpbm"
              + " or QOI)",
          0);
    }
    try {
      return decode(format.get(), file);
    } catch (IndexOutOfBoundsException | NegativeArraySizeException | ArithmeticException e) {
      SampleException fault =
          Faults.malformed(format.get(), "its structure points outside the file", -1);
      fault.initCause(e);
      throw fault;
    }
  }

  private Raster decode(ImageFormat format, byte[] file) throws SampleException {
    return switch (format) {
      case JPEG -> JpegDecoder.decode(file, limits);
      case PNG -> PngDecoder.decode(file, limits);
      case GIF -> GifDecoder.decode(file, limits);
      case BMP -> BmpDecoder.decode(file, limits);
      case WEBP -> WebpDecoder.decode(file, limits);
      case TIFF -> TiffDecoder.decode(file, limits);
      case PNM -> PnmDecoder.decode(file, limits);
      case QOI -> QoiDecoder.decode(file, limits);
      case JPEG2000, AVIF, HEIF -> throw Faults.unsupported(format, "this format", -1);
    };
  }
}
