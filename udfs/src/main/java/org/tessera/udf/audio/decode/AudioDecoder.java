package org.tessera.udf.audio.decode;

import java.util.Arrays;
import org.tessera.udf.audio.signal.Signal;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/**
 * Opens audio files of any {@link AudioFormat} as signals. Memory is constant in the length of the
 * file. Thread-safe.
 */
public final class AudioDecoder {
  private final Limits limits;

  /**
   * @param limits {@code bytes}, {@code seconds}, {@code channels}, and {@code timeoutMillis} for
   *     each read
   */
  public AudioDecoder(Limits limits) {
    this.limits = limits;
  }

  /**
   * Opens a file and decodes its first frame.
   *
   * @param input the file, which must stay readable until the signal is closed
   * @return the samples as 32-bit floats; integers of b bits are x / 2^(b-1)
   * @throws SampleException {@code EMPTY}, {@code UNKNOWN_FORMAT}, {@code UNSUPPORTED_FORMAT},
   *     {@code TRUNCATED}, {@code MALFORMED}, {@code NOT_FINITE}, {@code TOO_LARGE} or {@code
   *     TIMEOUT}, then or while the signal is read
   */
  public Signal open(SampleInput input) throws SampleException {
    ByteSource content = input.content();
    Limits.checkBytes(content.size(), limits.bytes());
    if (content.size() == 0) {
      throw SampleException.at(
          Phase.DECODE, RejectCode.EMPTY, "Cannot decode audio: the file has no bytes", 0);
    }
    AudioFormat format = format(content);
    Structure.Extent extent = format.structure().check(new ByteWindow(content, format.id()));
    return new DecodedSignal(format, content, extent, limits);
  }

  private static AudioFormat format(ByteSource content) throws SampleException {
    byte[] head = head(content, 0);
    boolean tagged =
        head.length >= Id3.HEADER && head[0] == 'I' && head[1] == 'D' && head[2] == '3';
    long start = tagged ? Id3.audioStart(new ByteWindow(content, AudioFormat.MP3.id())) : 0;
    byte[] audio =
        start + AudioFormat.HEAD / 2 > head.length && start > 0 ? head(content, start) : head;
    return AudioFormat.of(audio.length == 0 ? head : audio)
        .orElseThrow(
            () ->
                SampleException.at(
                    Phase.DECODE,
                    RejectCode.UNKNOWN_FORMAT,
                    "Cannot decode audio: the content is of no known format"
                        + " (known are WAV, W64, AIFF, AU, CAF, SPHERE, FLAC, WavPack, MP3, AAC,"
                        + " MP4, Ogg and Matroska)",
                    0));
  }

  private static byte[] head(ByteSource content, long start) throws SampleException {
    byte[] head = new byte[AudioFormat.HEAD];
    int length = 0;
    while (length < head.length) {
      int count = content.read(start + length, head, length, head.length - length);
      if (count < 0) {
        break;
      }
      length += count;
    }
    return Arrays.copyOf(head, length);
  }
}
