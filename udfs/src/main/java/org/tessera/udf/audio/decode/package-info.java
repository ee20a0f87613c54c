/**
 * Audio files to samples, through FFmpeg's libraries.
 *
 * <p>The rules, which {@code udfs/PARITY.md} tells users:
 *
 * <ul>
 *   <li>The content decides the format, never the name. Only the demuxers and decoders that are
 *       listed in {@link org.tessera.udf.audio.decode.AudioFormat} run, and none of them can open
 *       another file or an address.
 *   <li>Before a sample is decoded, {@code Structure} walks the container and compares what its
 *       headers promise with the bytes that are there. After the last sample, the number of decoded
 *       frames must be the promised one, where there is a promise.
 *   <li>The decoders run strictly: a packet that does not decode, or a checksum that is wrong,
 *       rejects the file.
 *   <li>Encoder delay and padding are cut off exactly where the stream signals them (LAME tag, Opus
 *       pre-skip, Ogg granule positions, the start of MP4 edit lists), as FFmpeg 7's command does;
 *       where nothing is signalled (ADTS, MP3 without the tag), nothing is cut off, and the padding
 *       behind the last AAC frame of an MP4 stays.
 * </ul>
 */
package org.tessera.udf.audio.decode;
