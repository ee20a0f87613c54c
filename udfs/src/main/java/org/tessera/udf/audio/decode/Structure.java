package org.tessera.udf.audio.decode;

import org.tessera.udf.sample.SampleException;

/** Walks a container without decoding, and says whether it is whole. */
@FunctionalInterface
interface Structure {
  /**
   * What the container promises.
   *
   * @throws SampleException with the byte offset when bytes are missing or contradict the format
   */
  Extent check(ByteWindow bytes) throws SampleException;

  /**
   * What a container holds.
   *
   * @param frames the frames per channel that must come out of the decoder, or -1 when the
   *     container does not say
   * @param end the byte after the audio: what follows (tags) is hidden from the decoder
   */
  record Extent(long frames, long end) {
    static Extent unknown(ByteWindow bytes) {
      return new Extent(-1, bytes.size());
    }
  }
}
