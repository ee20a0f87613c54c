package org.tessera.udf.audio.decode;

import static org.bytedeco.ffmpeg.avformat.AVFormatContext.AVFMT_FLAG_CUSTOM_IO;
import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_ALL;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_CORRUPT;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.av_shrink_packet;
import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_PATCHWELCOME;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/**
 * Packets of the first audio stream of one file. The demuxer is named by the caller, so nothing is
 * guessed; no protocol is allowed, so nothing else is opened. Not thread-safe.
 */
final class Demuxer implements AutoCloseable {
  private final String format;
  private final boolean counted;
  private final NativeSource input;
  private final AVFormatContext context;
  private final AVPacket packet = av_packet_alloc();
  private AVStream stream;

  static {
    av_log_set_level(AV_LOG_QUIET);
  }

  /**
   * Opens the container.
   *
   * @param counted whether somebody else checks the number of frames: then a last packet that is
   *     shorter than usual is none of the demuxer's business, and what stands behind its last whole
   *     frame is left out
   * @param input stays the caller's
   */
  Demuxer(AudioFormat format, boolean counted, NativeSource input) throws SampleException {
    this.format = format.id();
    this.counted = counted;
    this.input = input;
    this.context = avformat_alloc_context();
    context.pb(input.context());
    context.flags(context.flags() | AVFMT_FLAG_CUSTOM_IO);
    boolean opened = false;
    try {
      open(format.demuxer());
      opened = true;
    } finally {
      if (!opened) {
        close();
      }
    }
  }

  private void open(String demuxer) throws SampleException {
    AVInputFormat inputFormat = av_find_input_format(demuxer);
    if (inputFormat == null) {
      avformat_free_context(context);
      context.setNull();
      throw new IllegalStateException("Cannot find FFmpeg's demuxer " + demuxer);
    }
    AVDictionary options = new AVDictionary(null);
    av_dict_set(options, "format_whitelist", demuxerNames(inputFormat), 0);
    av_dict_set(options, "codec_whitelist", Codecs.WHITELIST, 0);
    av_dict_set(options, "protocol_whitelist", "none", 0);
    int status = avformat_open_input(context, "", inputFormat, options);
    av_dict_free(options);
    if (status < 0) {
      // FFmpeg frees the context when opening fails.
      context.setNull();
      throw failure(status, "the header does not open", -1);
    }
    status = avformat_find_stream_info(context, (AVDictionary) null);
    if (status < 0) {
      throw failure(status, "the streams cannot be described", -1);
    }
    for (int i = 0; i < context.nb_streams(); i++) {
      AVStream candidate = context.streams(i);
      if (stream == null && candidate.codecpar().codec_type() == AVMEDIA_TYPE_AUDIO) {
        stream = candidate;
      } else {
        candidate.discard(AVDISCARD_ALL);
      }
    }
    if (stream == null) {
      throw SampleException.of(
          Phase.DECODE,
          RejectCode.UNSUPPORTED_FORMAT,
          "Cannot decode "
              + format
              + ": it has no audio stream ("
              + context.nb_streams()
              + " other streams are there)");
    }
  }

  private static String demuxerNames(AVInputFormat inputFormat) {
    return inputFormat.name().getString();
  }

  AVStream stream() {
    return stream;
  }

  /** The next packet of the stream, owned by this demuxer until the next call; null at the end. */
  AVPacket next() throws SampleException {
    while (true) {
      av_packet_unref(packet);
      int status = av_read_frame(context, packet);
      input.rethrow();
      if (status == AVERROR_EOF) {
        return null;
      }
      if (status < 0) {
        throw failure(status, "the container cannot be read further", context.pb().pos());
      }
      if (packet.stream_index() != stream.index() || counted && !cutToFrames()) {
        continue;
      }
      if (!counted && (packet.flags() & AV_PKT_FLAG_CORRUPT) != 0) {
        throw SampleException.at(
            Phase.DECODE,
            RejectCode.TRUNCATED,
            "Cannot decode "
                + format
                + ": the packet at byte "
                + packet.pos()
                + " is incomplete (fetch the whole file again)",
            packet.pos());
      }
      return packet;
    }
  }

  /** Cuts a packet of PCM to whole frames; false when none is left. */
  private boolean cutToFrames() {
    int frame = stream.codecpar().block_align();
    if (frame > 0 && packet.size() % frame != 0) {
      av_shrink_packet(packet, packet.size() / frame * frame);
    }
    return packet.size() > 0;
  }

  /** The exception for a native status; what reading the source threw comes first. */
  SampleException failure(int status, String what, long offset) throws SampleException {
    input.rethrow();
    byte[] text = new byte[256];
    av_strerror(status, text, text.length);
    int length = 0;
    while (text[length] != 0) {
      length++;
    }
    return SampleException.at(
        Phase.DECODE,
        status == AVERROR_PATCHWELCOME() ? RejectCode.UNSUPPORTED_FORMAT : RejectCode.MALFORMED,
        "Cannot decode "
            + format
            + ": "
            + what
            + (offset < 0 ? "" : " at byte " + offset)
            + " ("
            + new String(text, 0, length, java.nio.charset.StandardCharsets.UTF_8)
            + ")",
        offset);
  }

  @Override
  public void close() {
    av_packet_free(packet);
    if (!context.isNull()) {
      avformat_close_input(context);
    }
  }
}
