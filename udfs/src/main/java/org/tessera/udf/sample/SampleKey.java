package org.tessera.udf.sample;

/**
 * What identifies one sample, never its position in a listing.
 *
 * @param uri the object
 * @param member the path inside a container; empty for a loose object
 * @param segment the segment's number, from 0
 * @param channel the channel's number, or -1 when a sample holds all channels
 */
public record SampleKey(String uri, String member, int segment, int channel) {
  /** The key of a whole loose object. */
  public static SampleKey of(String uri) {
    return new SampleKey(uri, "", 0, -1);
  }

  /**
   * The sample id: the first 32 hex digits of the SHA-256 of the parts, UTF-8, each followed by a
   * zero byte. Equal keys have equal ids on every machine.
   */
  public String id() {
    String text = uri + '\0' + member + '\0' + segment + '\0' + channel + '\0';
    return Sha256.hex(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)).substring(0, 32);
  }
}
