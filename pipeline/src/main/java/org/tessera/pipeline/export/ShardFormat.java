package org.tessera.pipeline.export;

import java.io.IOException;
import java.util.List;

/** How sequences become files. Immutable and thread-safe. */
public abstract class ShardFormat {
  /** The format of a specification, whose name, type and layout are known to be good. */
  public static ShardFormat of(ExportSpec spec) {
    return switch (ExportFormat.of(spec.output().format())) {
      case HF -> new HfParquet(spec);
      case MEGATRON -> new MegatronFiles(spec);
      case WEBDATASET -> new WebDatasetTar(spec);
      case MDS -> new MdsShards(spec);
      case NPY -> new NpyTree(spec);
      case JSONL -> new JsonLines(spec);
    };
  }

  /**
   * Checks a sequence, before anything is written.
   *
   * @throws IllegalArgumentException when the format cannot hold it
   */
  public void check(Sequence sequence) {}

  /** The bytes of a shard without sequences. */
  public long emptyBytes() {
    return 0;
  }

  /** The bytes that a sequence adds to a shard, before compression. */
  public abstract long bytes(Sequence sequence);

  /**
   * Begins a shard.
   *
   * @param name the shard's name without folder and extension, e.g. {@code shard-000000}
   */
  public abstract ShardSink open(ShardTarget target, String name) throws IOException;

  /** The file that holds a sequence of a shard, below the export. */
  public abstract String file(String shard, Sequence sequence, long index);

  /**
   * The file that lists the shards, and its text.
   *
   * @param path its path below the export
   * @param text its content
   */
  public record Index(String path, String text) {}

  /**
   * What is written when all shards are there.
   *
   * @param shards what {@link ShardSink#finish} returned, in the order of the shards
   */
  public List<Index> indexes(List<String> shards) {
    return List.of();
  }
}
