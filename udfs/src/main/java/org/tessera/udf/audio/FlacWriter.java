package org.tessera.udf.audio;

import static org.bytedeco.ffmpeg.avformat.AVFormatContext.AVFMT_FLAG_BITEXACT;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_BITEXACT;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_FLAC;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.av_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S16;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_make_writable;

import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.ShortPointer;

/** Writes one FLAC file of 16-bit samples through FFmpeg's encoder. Used by one thread. */
final class FlacWriter implements AutoCloseable {
  private final Path file;
  private final AVFormatContext container = new AVFormatContext(null);
  private final AVPacket packet = av_packet_alloc();
  private final AVFrame frame = av_frame_alloc();
  private AVCodecContext encoder;

  private FlacWriter(Path file) {
    this.file = file;
  }

  /**
   * Writes the samples, rounded and clipped as {@link WavWriter} does.
   *
   * @param channels samples of equal lengths in [-1, 1)
   * @param rate Hz
   */
  static void write(Path file, float[][] channels, int rate) throws IOException {
    try (FlacWriter writer = new FlacWriter(file)) {
      writer.open(channels.length, rate);
      writer.encode(channels);
    }
  }

  private void open(int channels, int rate) throws IOException {
    check(avformat_alloc_output_context2(container, null, "flac", file.toString()));
    AVCodec codec = avcodec_find_encoder(AV_CODEC_ID_FLAC);
    encoder = avcodec_alloc_context3(codec);
    encoder.sample_rate(rate).sample_fmt(AV_SAMPLE_FMT_S16);
    encoder.time_base().num(1).den(rate);
    encoder.flags(encoder.flags() | AV_CODEC_FLAG_BITEXACT);
    av_channel_layout_default(encoder.ch_layout(), channels);
    check(avcodec_open2(encoder, codec, (AVDictionary) null));
    check(
        avcodec_parameters_from_context(avformat_new_stream(container, null).codecpar(), encoder));
    AVIOContext output = new AVIOContext(null);
    check(avio_open(output, file.toString(), AVIO_FLAG_WRITE));
    container.pb(output);
    container.flags(container.flags() | AVFMT_FLAG_BITEXACT);
    check(avformat_write_header(container, (AVDictionary) null));
  }

  private void encode(float[][] channels) throws IOException {
    int size = encoder.frame_size();
    frame.format(AV_SAMPLE_FMT_S16).sample_rate(encoder.sample_rate()).nb_samples(size);
    av_channel_layout_default(frame.ch_layout(), channels.length);
    check(av_frame_get_buffer(frame, 0));
    short[] block = new short[size * channels.length];
    int total = channels[0].length;
    for (int start = 0; start < total; start += size) {
      int count = Math.min(size, total - start);
      for (int i = 0, at = 0; i < count; i++) {
        for (float[] channel : channels) {
          block[at++] = WavWriter.sample(channel[start + i]);
        }
      }
      check(av_frame_make_writable(frame));
      frame.nb_samples(count).pts(start);
      new ShortPointer(frame.data(0)).put(block, 0, count * channels.length);
      check(avcodec_send_frame(encoder, frame));
      drain();
    }
    check(avcodec_send_frame(encoder, null));
    drain();
    check(av_write_trailer(container));
  }

  /** Writes what the encoder has ready; it says that there is no more by a negative status. */
  private void drain() throws IOException {
    while (avcodec_receive_packet(encoder, packet) >= 0) {
      check(av_write_frame(container, packet));
    }
  }

  private void check(int status) throws IOException {
    if (status < 0) {
      throw new IOException(
          "Cannot write " + file + ": FFmpeg's status is " + status + " (check the local disk)");
    }
  }

  @Override
  public void close() {
    av_frame_free(frame);
    av_packet_free(packet);
    if (encoder != null) {
      avcodec_free_context(encoder);
    }
    if (!container.isNull()) {
      if (container.pb() != null) {
        avio_closep(container.pb());
      }
      avformat_free_context(container);
    }
  }
}
