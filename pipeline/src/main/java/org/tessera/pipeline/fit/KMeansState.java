package org.tessera.pipeline.fit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A codebook in the making: the codes, their weights, and the passes that led to them. */
final class KMeansState {
  private final Codebook codebook;
  private final long[] weights;
  private final List<PassReport> passes;

  /**
   * A state.
   *
   * @param weights how many vectors each code has been a mean of, for mini-batches
   * @param passes the passes that were made
   */
  KMeansState(Codebook codebook, long[] weights, List<PassReport> passes) {
    this.codebook = codebook;
    this.weights = weights;
    this.passes = List.copyOf(passes);
  }

  Codebook codebook() {
    return codebook;
  }

  long[] weights() {
    return weights.clone();
  }

  List<PassReport> passes() {
    return passes;
  }

  /** Whether the last pass found codes without vectors. */
  boolean unused() {
    return !passes.isEmpty() && passes.get(passes.size() - 1).used() < codebook.codes();
  }

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(codebook.codes());
      writeFloats(out, codebook.values());
      for (long weight : weights) {
        out.writeLong(weight);
      }
      out.writeInt(passes.size());
      for (PassReport pass : passes) {
        out.writeInt(pass.codebook());
        out.writeInt(pass.pass());
        out.writeDouble(pass.loss());
        out.writeInt(pass.codes());
        out.writeInt(pass.used());
        out.writeDouble(pass.perplexity());
        out.writeInt(pass.revived());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static KMeansState of(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int codes = in.readInt();
      Codebook codebook = new Codebook(codes, readFloats(in));
      long[] weights = new long[codes];
      for (int i = 0; i < codes; i++) {
        weights[i] = in.readLong();
      }
      List<PassReport> passes = new ArrayList<>();
      for (int i = in.readInt(); i > 0; i--) {
        passes.add(
            new PassReport(
                in.readInt(),
                in.readInt(),
                in.readDouble(),
                in.readInt(),
                in.readInt(),
                in.readDouble(),
                in.readInt()));
      }
      return new KMeansState(codebook, weights, passes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void writeFloats(DataOutputStream out, float[] values) throws IOException {
    out.writeInt(values.length);
    ByteBuffer buffer = ByteBuffer.allocate(4 * values.length);
    buffer.asFloatBuffer().put(values);
    out.write(buffer.array());
  }

  static float[] readFloats(DataInputStream in) throws IOException {
    float[] values = new float[in.readInt()];
    ByteBuffer.wrap(in.readNBytes(4 * values.length)).asFloatBuffer().get(values);
    return values;
  }
}
