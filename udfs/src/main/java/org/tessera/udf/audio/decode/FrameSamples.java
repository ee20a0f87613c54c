package org.tessera.udf.audio.decode;

import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_DBL;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_DBLP;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLT;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLTP;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S16;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S16P;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S32;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S32P;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S64;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S64P;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_U8;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_U8P;

import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;

/**
 * Native frames to planar floats. Integers of b bits become x / 2^(b-1), which is exact up to 24
 * bits and rounds to nearest above, as libswresample and libsndfile do. Not thread-safe.
 */
final class FrameSamples {
  private byte[] bytes = {};
  private short[] shorts = {};
  private int[] ints = {};
  private long[] longs = {};
  private double[] doubles = {};
  private float[] floats = {};

  /** Whether samples of this format may be infinite or no number. */
  static boolean isFloating(int format) {
    return format == AV_SAMPLE_FMT_FLT
        || format == AV_SAMPLE_FMT_FLTP
        || format == AV_SAMPLE_FMT_DBL
        || format == AV_SAMPLE_FMT_DBLP;
  }

  /**
   * Copies all samples of a frame to the start of {@code target}, which has one array a channel.
   */
  void copy(AVFrame frame, int channels, float[][] target) {
    int count = frame.nb_samples();
    switch (frame.format()) {
      case AV_SAMPLE_FMT_FLTP:
      case AV_SAMPLE_FMT_S16P:
      case AV_SAMPLE_FMT_S32P:
      case AV_SAMPLE_FMT_S64P:
      case AV_SAMPLE_FMT_DBLP:
      case AV_SAMPLE_FMT_U8P:
        for (int channel = 0; channel < channels; channel++) {
          load(frame.format(), frame.extended_data(channel), count);
          scatter(frame.format(), 0, 1, count, target[channel]);
        }
        break;
      default:
        load(frame.format(), frame.extended_data(0), count * channels);
        for (int channel = 0; channel < channels; channel++) {
          scatter(frame.format(), channel, channels, count, target[channel]);
        }
        break;
    }
  }

  private void load(int format, BytePointer data, int count) {
    Pointer all = new Pointer(data);
    switch (format) {
      case AV_SAMPLE_FMT_U8:
      case AV_SAMPLE_FMT_U8P:
        bytes = bytes.length < count ? new byte[count] : bytes;
        new BytePointer(all).get(bytes, 0, count);
        break;
      case AV_SAMPLE_FMT_S16:
      case AV_SAMPLE_FMT_S16P:
        shorts = shorts.length < count ? new short[count] : shorts;
        new ShortPointer(all).get(shorts, 0, count);
        break;
      case AV_SAMPLE_FMT_S32:
      case AV_SAMPLE_FMT_S32P:
        ints = ints.length < count ? new int[count] : ints;
        new IntPointer(all).get(ints, 0, count);
        break;
      case AV_SAMPLE_FMT_S64:
      case AV_SAMPLE_FMT_S64P:
        longs = longs.length < count ? new long[count] : longs;
        new LongPointer(all).get(longs, 0, count);
        break;
      case AV_SAMPLE_FMT_FLT:
      case AV_SAMPLE_FMT_FLTP:
        floats = floats.length < count ? new float[count] : floats;
        new FloatPointer(all).get(floats, 0, count);
        break;
      case AV_SAMPLE_FMT_DBL:
      case AV_SAMPLE_FMT_DBLP:
        doubles = doubles.length < count ? new double[count] : doubles;
        new DoublePointer(all).get(doubles, 0, count);
        break;
      default:
        throw new IllegalStateException("Cannot use FFmpeg sample format " + format);
    }
  }

  private void scatter(int format, int from, int step, int count, float[] target) {
    switch (format) {
      case AV_SAMPLE_FMT_U8:
      case AV_SAMPLE_FMT_U8P:
        for (int i = 0, at = from; i < count; i++, at += step) {
          target[i] = ((bytes[at] & 0xff) - 128) * 0x1p-7f;
        }
        break;
      case AV_SAMPLE_FMT_S16:
      case AV_SAMPLE_FMT_S16P:
        for (int i = 0, at = from; i < count; i++, at += step) {
          target[i] = shorts[at] * 0x1p-15f;
        }
        break;
      case AV_SAMPLE_FMT_S32:
      case AV_SAMPLE_FMT_S32P:
        for (int i = 0, at = from; i < count; i++, at += step) {
          target[i] = ints[at] * 0x1p-31f;
        }
        break;
      case AV_SAMPLE_FMT_S64:
      case AV_SAMPLE_FMT_S64P:
        for (int i = 0, at = from; i < count; i++, at += step) {
          target[i] = longs[at] * 0x1p-63f;
        }
        break;
      case AV_SAMPLE_FMT_FLT:
      case AV_SAMPLE_FMT_FLTP:
        for (int i = 0, at = from; i < count; i++, at += step) {
          target[i] = floats[at];
        }
        break;
      default:
        for (int i = 0, at = from; i < count; i++, at += step) {
          target[i] = (float) doubles[at];
        }
        break;
    }
  }
}
