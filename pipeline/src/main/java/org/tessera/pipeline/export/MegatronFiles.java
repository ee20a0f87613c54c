package org.tessera.pipeline.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Megatron's indexed dataset: {@code .bin} with the ids and {@code .idx} with lengths, byte
 * pointers and document indices (Megatron-LM, {@code megatron/core/datasets/indexed_dataset.py}). A
 * sequence is a document; with the layout {@code modes} each span of it is a sequence of its own,
 * with a mode: 0 for text, special tokens and sizes, from 1 on the modalities.
 */
final class MegatronFiles extends ShardFormat {
  private static final byte[] MAGIC = "MMIDIDX\0\0".getBytes(StandardCharsets.US_ASCII);
  private static final List<String> MODES = List.of(Span.TEXT, "image", "audio", "eeg", "points");

  private final IdType type;
  private final boolean modes;

  MegatronFiles(ExportSpec spec) {
    this.type = IdType.named(spec.output().dtype());
    this.modes = spec.output().layout().equals("modes");
    if (type == IdType.INT64) {
      // Its reader knows the code, but no trainer asks for 64 bits.
      throw new IllegalArgumentException(
          "Cannot write Megatron files of int64 (choose uint16 or int32)");
    }
  }

  /** The mode of a kind of ids. */
  static int mode(String kind) {
    int mode = MODES.indexOf(kind);
    return Math.max(mode, 0);
  }

  @Override
  public long emptyBytes() {
    return 0;
  }

  @Override
  public long bytes(Sequence sequence) {
    return (long) type.bytes() * sequence.ids().length;
  }

  @Override
  public String file(String shard, Sequence sequence, long index) {
    return shard + ".bin";
  }

  @Override
  public ShardSink open(ShardTarget target, String name) throws IOException {
    return new Sink(target, name);
  }

  private final class Sink implements ShardSink {
    private final ShardTarget target;
    private final String name;
    private final OutputStream bin;
    private final IntList lengths = new IntList();
    private final IntList kinds = new IntList();
    private final List<Long> documents = new ArrayList<>(List.of(0L));

    Sink(ShardTarget target, String name) throws IOException {
      this.target = target;
      this.name = name;
      this.bin = target.create(name + ".bin");
    }

    @Override
    public void write(Sequence sequence, long index) throws IOException {
      bin.write(Numbers.bytes(sequence.ids(), type));
      if (modes) {
        for (Span span : sequence.spans()) {
          add(span.to() - span.from(), mode(span.kind()));
        }
      } else {
        add(sequence.ids().length, 0);
      }
      documents.add((long) lengths.size());
    }

    private void add(int length, int mode) {
      lengths.add(length);
      kinds.add(mode);
    }

    @Override
    public String finish() throws IOException {
      bin.close();
      try (OutputStream idx = target.create(name + ".idx")) {
        idx.write(index().array());
      }
      return "";
    }

    private ByteBuffer index() {
      int[] counts = lengths.toArray();
      int[] marks = kinds.toArray();
      ByteBuffer idx =
          ByteBuffer.allocate(
                  Math.toIntExact(
                      34L + (modes ? 13L : 12L) * counts.length + 8L * documents.size()))
              .order(ByteOrder.LITTLE_ENDIAN);
      idx.put(MAGIC)
          .putLong(1)
          .put((byte) type.megatronCode())
          .putLong(counts.length)
          .putLong(documents.size());
      for (int length : counts) {
        idx.putInt(length);
      }
      long pointer = 0;
      for (int length : counts) {
        idx.putLong(pointer);
        pointer += (long) length * type.bytes();
      }
      documents.forEach(idx::putLong);
      for (int mark : modes ? marks : new int[0]) {
        idx.put((byte) mark);
      }
      return idx;
    }

    @Override
    public void close() throws IOException {
      bin.close();
    }
  }
}
