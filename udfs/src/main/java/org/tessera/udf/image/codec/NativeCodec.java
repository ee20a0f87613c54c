package org.tessera.udf.image.codec;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.tessera.udf.sample.SampleException;

/** OpenCV's decoders (libjpeg-turbo, libwebp, OpenJPEG): used where they give Pillow's pixels. */
final class NativeCodec {
  private NativeCodec() {}

  /**
   * The image as 8-bit RGB, or RGBA, not turned by its orientation tag.
   *
   * @param file a whole file of a format that OpenCV reads
   * @param alpha whether the file has an alpha channel that is wanted
   */
  static Raster decode(ImageFormat format, byte[] file, boolean alpha) throws SampleException {
    int flags =
        alpha
            ? opencv_imgcodecs.IMREAD_UNCHANGED
            : opencv_imgcodecs.IMREAD_COLOR | opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;
    try (BytePointer bytes = new BytePointer(file);
        Mat encoded = new Mat(1, file.length, CV_8UC1, bytes);
        Mat decoded = opencv_imgcodecs.imdecode(encoded, flags)) {
      if (decoded.empty()) {
        throw Faults.malformed(format, "the compressed data is corrupt", -1);
      }
      boolean four = decoded.channels() == 4;
      opencv_imgproc.cvtColor(
          decoded, decoded, four ? opencv_imgproc.COLOR_BGRA2RGBA : opencv_imgproc.COLOR_BGR2RGB);
      return raster(decoded);
    } catch (RuntimeException e) {
      throw failed(format, e);
    }
  }

  private static Raster raster(Mat mat) {
    byte[] data = new byte[Math.toIntExact(mat.total() * mat.elemSize())];
    try (BytePointer pixels = mat.data()) {
      pixels.get(data);
    }
    return new Raster(mat.cols(), mat.rows(), mat.channels(), data);
  }

  private static SampleException failed(ImageFormat format, RuntimeException e) {
    String reason = String.valueOf(e.getMessage());
    SampleException fault =
        Faults.malformed(
            format, "the decoder stopped with " + reason.lines().findFirst().orElse(""), -1);
    fault.initCause(e);
    return fault;
  }
}
