package org.tessera.udf.image.codec;

import java.util.Optional;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;

/** JPEG through libjpeg-turbo: accurate integer DCT and smooth chroma upsampling, as in Pillow. */
final class JpegDecoder {
  private JpegDecoder() {}

  static Raster decode(byte[] file, Limits limits) throws SampleException {
    JpegHeader header = JpegHeader.read(file);
    Guard.pixels(ImageFormat.JPEG, header.width(), header.height(), limits);
    Guard.work(ImageFormat.JPEG, header.width(), header.height(), header.scans(), limits);
    Raster raster =
        header.components() == 4 ? CmykJpeg.decode(file, header) : colours(file, header);
    return Orientation.apply(raster, header.orientation());
  }

  /** The fast decoder first; OpenCV where it is missing, or gives up on a file. */
  private static Raster colours(byte[] file, JpegHeader header) throws SampleException {
    Optional<Raster> raster =
        TurboJpeg.instance()
            .flatMap(decoder -> decoder.decode(file, header.width(), header.height()));
    return raster.isPresent() ? raster.get() : NativeCodec.decode(ImageFormat.JPEG, file, false);
  }
}
