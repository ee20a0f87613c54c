package org.tessera.udf.audio.decode;

import java.util.Set;
import org.tessera.udf.sample.SampleException;

/** AIFF and AIFF-C: IFF chunks, big-endian, padded to even sizes. */
final class AiffStructure {
  private static final Set<String> LINEAR =
      Set.of(
          "NONE", "twos", "sowt", "raw ", "fl32", "FL32", "fl64", "FL64", "ulaw", "ULAW", "alaw",
          "ALAW", "in24", "in32");

  private AiffStructure() {}

  static Structure.Extent check(ByteWindow bytes) throws SampleException {
    boolean compressed = bytes.is(8, "AIFC");
    long frames = -1;
    boolean common = false;
    boolean sound = false;
    long at = 12;
    while (!(common && sound)) {
      bytes.need(at, 8, "the header, before the COMM and SSND chunks");
      long size = bytes.u32be(at + 4);
      if (bytes.is(at, "COMM")) {
        bytes.need(at + 8, Math.max(size, compressed ? 22 : 18), "the COMM chunk");
        common = true;
        if (bytes.u16be(at + 8) == 0) {
          throw bytes.malformed(at + 8, "it has 0 channels");
        }
        boolean linear = !compressed || LINEAR.contains(bytes.text(at + 26, 4));
        frames = linear ? bytes.u32be(at + 10) : -1;
      } else if (bytes.is(at, "SSND")) {
        bytes.need(at + 8, size, "the SSND chunk");
        sound = true;
      }
      at += 8 + size + (size & 1);
    }
    return new Structure.Extent(frames, bytes.size());
  }
}
