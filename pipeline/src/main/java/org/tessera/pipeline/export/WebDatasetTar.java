package org.tessera.pipeline.export;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Tar files of {@code NAME.npy} with the ids and {@code NAME.json} with what is known of them, as
 * WebDataset and Megatron-Energon read them. Equal exports are equal to the byte.
 */
final class WebDatasetTar extends ShardFormat {
  private static final int BLOCK = 512;

  private final IdType type;

  WebDatasetTar(ExportSpec spec) {
    this.type = IdType.named(spec.output().dtype());
  }

  @Override
  public long emptyBytes() {
    return 2 * BLOCK;
  }

  @Override
  public long bytes(Sequence sequence) {
    int ids = sequence.ids().length;
    return 2 * BLOCK + blocks(Numbers.npyBytes(ids, type, ids)) + blocks(json(sequence).length);
  }

  private static long blocks(long bytes) {
    return (bytes + BLOCK - 1) / BLOCK * BLOCK;
  }

  private static byte[] json(Sequence sequence) {
    return SequenceJson.node(sequence).toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String file(String shard, Sequence sequence, long index) {
    return shard + ".tar";
  }

  @Override
  public ShardSink open(ShardTarget target, String name) throws IOException {
    OutputStream file = new BufferedOutputStream(target.create(name + ".tar"), 1 << 16);
    TarArchiveOutputStream tar = new TarArchiveOutputStream(file, BLOCK, "UTF-8");
    return new StreamSink(tar) {
      @Override
      public void write(Sequence sequence, long index) throws IOException {
        int[] ids = sequence.ids();
        put(sequence.name() + ".npy", Numbers.npy(ids, type, ids.length));
        put(sequence.name() + ".json", json(sequence));
      }

      private void put(String entryName, byte[] data) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(entryName);
        entry.setSize(data.length);
        entry.setModTime(0);
        entry.setIds(0, 0);
        entry.setNames("", "");
        entry.setMode(TarArchiveEntry.DEFAULT_FILE_MODE);
        tar.putArchiveEntry(entry);
        tar.write(data);
        tar.closeArchiveEntry();
      }
    };
  }
}
