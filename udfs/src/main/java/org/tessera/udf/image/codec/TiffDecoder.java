package org.tessera.udf.image.codec;

import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;

/**
 * The first page of TIFF and BigTIFF files: strips and tiles, interleaved or planar, raw, LZW,
 * deflate, PackBits, JPEG and fax; gray of 1 to 32 bits (more than 8 are clipped at 255, as Pillow
 * does), RGB, CMYK and palette of 8 and 16 bits (the high byte counts), YCbCr in JPEG.
 */
final class TiffDecoder {
  private TiffDecoder() {}

  static Raster decode(byte[] file, Limits limits) throws SampleException {
    TiffDirectory tags = TiffDirectory.read(file);
    TiffLayout layout = TiffLayout.of(tags, limits);
    TiffChunks chunks = new TiffChunks(file, layout, tags);
    TiffPixels pixels = new TiffPixels(layout, tags.values(TiffTags.COLOUR_MAP));
    int perPlane = layout.chunksAcross() * layout.chunksDown();
    int planes = layout.planar() ? layout.samples() : 1;
    for (int plane = 0; plane < planes; plane++) {
      for (int i = 0; i < perPlane; i++) {
        int row = i / layout.chunksAcross();
        int index = plane * perPlane + i;
        if (perPlane == 1 && planes == 1) {
          // One chunk holds the image; of several offsets Pillow takes the last.
          index = layout.compression() == 1 ? layout.offsets().length - 1 : 0;
        }
        byte[] samples = chunks.read(index, layout.rows(row));
        pixels.put(
            samples,
            plane,
            i % layout.chunksAcross() * layout.chunkWidth(),
            row * layout.chunkHeight());
      }
    }
    int orientation = (int) tags.value(TiffTags.ORIENTATION, 0);
    if (orientation == 0) {
      orientation = Exif.orientation(new byte[0], tags.bytes(TiffTags.XMP));
    }
    return Orientation.apply(pixels.raster(), orientation);
  }
}
