package org.tessera.udf.image.codec;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;

/** Writes JPEG files. */
public final class JpegWriter {
  private JpegWriter() {}

  /**
   * The file of an RGB image.
   *
   * @param quality libjpeg's quality, 1 to 100
   */
  public static byte[] write(Raster raster, int quality) {
    if (raster.channels() != Raster.RGB || quality < 1 || quality > 100) {
      throw new IllegalArgumentException(
          "Cannot write JPEG with "
              + raster.channels()
              + " channels and quality "
              + quality
              + " (give 3 channels and 1 to 100)");
    }
    try (BytePointer pixels = new BytePointer(raster.data());
        Mat image = new Mat(raster.height(), raster.width(), CV_8UC3, pixels);
        BytePointer file = new BytePointer();
        IntPointer options = new IntPointer(opencv_imgcodecs.IMWRITE_JPEG_QUALITY, quality)) {
      opencv_imgproc.cvtColor(image, image, opencv_imgproc.COLOR_RGB2BGR);
      if (!opencv_imgcodecs.imencode(".jpg", image, file, options)) {
        throw new IllegalStateException("Cannot encode JPEG: OpenCV refused the image");
      }
      byte[] bytes = new byte[Math.toIntExact(file.limit())];
      file.get(bytes);
      return bytes;
    }
  }
}
