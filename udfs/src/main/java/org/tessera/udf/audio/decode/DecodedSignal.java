package org.tessera.udf.audio.decode;

import static org.bytedeco.ffmpeg.global.avcodec.AV_EF_BITSTREAM;
import static org.bytedeco.ffmpeg.global.avcodec.AV_EF_BUFFER;
import static org.bytedeco.ffmpeg.global.avcodec.AV_EF_CRCCHECK;
import static org.bytedeco.ffmpeg.global.avcodec.AV_EF_EXPLODE;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.tessera.udf.audio.signal.Signal;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** The decoded audio stream of one file. Not thread-safe. */
final class DecodedSignal implements Signal {
  private static final int STRICT = AV_EF_CRCCHECK | AV_EF_BITSTREAM | AV_EF_BUFFER | AV_EF_EXPLODE;
  private static final int MAX_RATE = 768_000;

  private final String format;
  private final Structure.Extent extent;
  private final Limits limits;
  private final Deadline deadline;
  private final NativeSource input;
  private final FrameSamples samples = new FrameSamples();
  private final AVFrame frame = av_frame_alloc();
  private Demuxer demuxer;
  private AVCodecContext codec;
  private int sampleFormat;
  private int rate;
  private int channels;
  private float[][] block = {};
  private int blockStart;
  private int blockEnd;
  private long decoded;
  private long packetAt = -1;
  private boolean drained;
  private boolean closed;

  DecodedSignal(AudioFormat format, ByteSource content, Structure.Extent extent, Limits limits)
      throws SampleException {
    this.format = format.id();
    this.extent = extent;
    this.limits = limits;
    this.deadline = new Deadline(limits.timeoutMillis());
    this.input = new NativeSource(content, extent.end(), deadline);
    boolean opened = false;
    try {
      this.demuxer = new Demuxer(format, extent.frames() >= 0, input);
      openCodec();
      openFirstFrame();
      opened = true;
    } finally {
      if (!opened) {
        close();
      }
    }
  }

  private void openCodec() throws SampleException {
    AVStream stream = demuxer.stream();
    AVCodec decoder = avcodec_find_decoder(stream.codecpar().codec_id());
    String name = decoder == null ? "an unknown codec" : decoder.name().getString();
    if (decoder == null || !("," + Codecs.WHITELIST + ",").contains("," + name + ",")) {
      throw SampleException.of(
          Phase.DECODE,
          RejectCode.UNSUPPORTED_FORMAT,
          "Cannot decode " + format + " with " + name + " (convert the file)");
    }
    if (stream.codecpar().ch_layout().nb_channels() > limits.channels()) {
      throw tooManyChannels(stream.codecpar().ch_layout().nb_channels());
    }
    codec = avcodec_alloc_context3(decoder);
    int status = avcodec_parameters_to_context(codec, stream.codecpar());
    codec.err_recognition(checks(name)).thread_count(1).pkt_timebase(stream.time_base());
    if (status >= 0) {
      AVDictionary options = new AVDictionary(null);
      av_dict_set(options, "codec_whitelist", Codecs.WHITELIST, 0);
      status = avcodec_open2(codec, decoder, options);
      av_dict_free(options);
    }
    if (status < 0) {
      throw demuxer.failure(status, "the decoder " + name + " does not start", -1);
    }
  }

  /**
   * What the decoder may call an error. Those of MPEG audio would silence a granule that has
   * stuffing behind its Huffman codes, or codes that end late, instead of failing.
   */
  private static int checks(String decoder) {
    return decoder.startsWith("mp") ? AV_EF_CRCCHECK | AV_EF_EXPLODE : STRICT;
  }

  /** Rate and channels are the first frame's: headers do not know of AAC's extensions. */
  private void openFirstFrame() throws SampleException {
    if (decode()) {
      return;
    }
    rate = codec.sample_rate();
    channels = codec.ch_layout().nb_channels();
    if (rate < 1 || channels < 1) {
      throw SampleException.of(
          Phase.DECODE, RejectCode.MALFORMED, "Cannot decode " + format + ": no audio is in it");
    }
  }

  @Override
  public int rate() {
    return rate;
  }

  @Override
  public int channels() {
    return channels;
  }

  @Override
  public int read(float[][] target, int offset, int count) throws SampleException {
    deadline.restart();
    while (blockStart == blockEnd) {
      if (!decode()) {
        return -1;
      }
    }
    int taken = Math.min(count, blockEnd - blockStart);
    for (int channel = 0; channel < channels; channel++) {
      System.arraycopy(block[channel], blockStart, target[channel], offset, taken);
    }
    blockStart += taken;
    return taken;
  }

  /** Decodes the next frame into the block; false at the end of the stream. */
  private boolean decode() throws SampleException {
    while (!drained) {
      int status = avcodec_receive_frame(codec, frame);
      if (status >= 0) {
        take();
        return true;
      }
      if (status == AVERROR_EOF) {
        drained = true;
        checkPromise();
      } else if (status == AVERROR_EAGAIN()) {
        feed();
      } else {
        throw demuxer.failure(status, "the audio does not decode", packetAt);
      }
    }
    return false;
  }

  private void feed() throws SampleException {
    AVPacket packet = demuxer.next();
    if (packet != null) {
      packetAt = packet.pos();
    }
    int status = avcodec_send_packet(codec, packet);
    if (status < 0 && status != AVERROR_EOF) {
      throw demuxer.failure(status, "the audio does not decode", packetAt);
    }
  }

  private void take() throws SampleException {
    int count = frame.nb_samples();
    if (decoded == 0 && rate == 0) {
      start();
    } else if (frame.sample_rate() != rate
        || frame.ch_layout().nb_channels() != channels
        || frame.format() != sampleFormat) {
      throw SampleException.at(
          Phase.DECODE,
          RejectCode.UNSUPPORTED_FORMAT,
          "Cannot decode "
              + format
              + ": rate or channels change from "
              + rate
              + " Hz x "
              + channels
              + " to "
              + frame.sample_rate()
              + " Hz x "
              + frame.ch_layout().nb_channels()
              + " at frame "
              + decoded
              + " (split the file)",
          packetAt);
    }
    if (decoded + count > limits.seconds() * rate) {
      throw SampleException.of(
          Phase.DECODE,
          RejectCode.TOO_LARGE,
          "Cannot decode more than " + limits.seconds() + " s of audio (raise limits.seconds)");
    }
    if (block[0].length < count) {
      block = new float[channels][count];
    }
    samples.copy(frame, channels, block);
    if (FrameSamples.isFloating(sampleFormat)) {
      checkFinite(count);
    }
    decoded += count;
    blockStart = 0;
    blockEnd = count;
  }

  private void start() throws SampleException {
    rate = frame.sample_rate();
    channels = frame.ch_layout().nb_channels();
    sampleFormat = frame.format();
    if (rate < 1 || rate > MAX_RATE || channels < 1) {
      throw SampleException.of(
          Phase.DECODE,
          RejectCode.MALFORMED,
          "Cannot decode " + format + " of " + rate + " Hz x " + channels + " channels");
    }
    if (channels > limits.channels()) {
      throw tooManyChannels(channels);
    }
    block = new float[channels][frame.nb_samples()];
  }

  private SampleException tooManyChannels(int count) {
    return SampleException.of(
        Phase.DECODE,
        RejectCode.TOO_LARGE,
        "Cannot decode "
            + count
            + " channels: the limit is "
            + limits.channels()
            + " (raise limits.channels)");
  }

  private void checkFinite(int count) throws SampleException {
    for (int channel = 0; channel < channels; channel++) {
      float[] values = block[channel];
      for (int i = 0; i < count; i++) {
        if (!(Math.abs(values[i]) <= Float.MAX_VALUE)) {
          throw SampleException.of(
              Phase.DECODE,
              RejectCode.NOT_FINITE,
              "Cannot use "
                  + values[i]
                  + " at frame "
                  + (decoded + i)
                  + " of channel "
                  + channel
                  + " (repair the file)");
        }
      }
    }
  }

  private void checkPromise() throws SampleException {
    if (extent.frames() >= 0 && decoded != extent.frames()) {
      throw SampleException.of(
          Phase.DECODE,
          decoded < extent.frames() ? RejectCode.TRUNCATED : RejectCode.MALFORMED,
          "Cannot decode "
              + format
              + ": its header promises "
              + extent.frames()
              + " frames and "
              + decoded
              + " are there");
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    av_frame_free(frame);
    if (codec != null) {
      avcodec_free_context(codec);
    }
    if (demuxer != null) {
      demuxer.close();
    }
    input.close();
  }
}
