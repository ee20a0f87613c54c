package org.tessera.udf.image.codec;

import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.image.DecodeJpeg;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/**
 * JPEG through TensorFlow's build of libjpeg-turbo. Its pixels are those of OpenCV's build, in half
 * the time, since it uses vector instructions, as Pillow's does. Thread-safe.
 */
final class TurboJpeg {
  private final Session session;
  private final Placeholder<TString> file;
  private final DecodeJpeg pixels;

  private TurboJpeg(Graph graph) {
    Ops ops = Ops.create(graph);
    file = ops.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    pixels =
        ops.image.decodeJpeg(
            file,
            DecodeJpeg.channels(3L),
            DecodeJpeg.dctMethod("INTEGER_ACCURATE"),
            DecodeJpeg.fancyUpscaling(true));
    // No GPU: a session that sees one may take its memory, which belongs to the models.
    session = new Session(graph, ConfigProto.newBuilder().putDeviceCount("GPU", 0).build());
  }

  /** The decoder of this process; empty where TensorFlow cannot be loaded. */
  static Optional<TurboJpeg> instance() {
    return Holder.INSTANCE;
  }

  /**
   * The image as RGB, not turned by its orientation tag.
   *
   * @param bytes a file of one or three components
   * @return empty when the decoder gives up on the file
   */
  Optional<Raster> decode(byte[] bytes, int width, int height) {
    try (TString input = TString.tensorOfBytes(NdArrays.scalarOfObject(bytes));
        Result result = session.runner().feed(file, input).fetch(pixels).run()) {
      TUint8 output = (TUint8) result.get(0);
      if (output.shape().get(0) != height || output.shape().get(1) != width) {
        return Optional.empty();
      }
      byte[] data = new byte[Math.toIntExact(output.size())];
      output.asRawTensor().data().read(data);
      return Optional.of(new Raster(width, height, Raster.RGB, data));
    } catch (RuntimeException e) {
      // Its exceptions have no common type; what is wrong with the file, the caller finds out.
      return Optional.empty();
    }
  }

  /** Made when first asked for, and kept as long as the process. */
  private static final class Holder {
    static final Optional<TurboJpeg> INSTANCE = load();

    private static Optional<TurboJpeg> load() {
      try {
        return Optional.of(new TurboJpeg(new Graph()));
      } catch (LinkageError e) {
        return Optional.empty();
      }
    }
  }
}
