package org.tessera.udf.image.codec;

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
        header.components() == 4
            ? CmykJpeg.decode(file, header)
            : NativeCodec.decode(ImageFormat.JPEG, file, false);
    return Orientation.apply(raster, header.orientation());
  }
}
