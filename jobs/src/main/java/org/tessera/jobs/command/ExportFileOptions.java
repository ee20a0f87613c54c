package org.tessera.jobs.command;

import java.util.ArrayList;
import java.util.List;
import org.tessera.pipeline.export.ExportOptions;
import picocli.CommandLine.Option;

/** What the files of an export are like. */
public final class ExportFileOptions {
  @Option(
      names = "--layout",
      paramLabel = "NAME",
      defaultValue = "",
      description = {
        "A variant of the format: modes (megatron), 4m, llamagen or fish-speech (npy),",
        "pretokenized or text (jsonl)."
      })
  private String layout;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      defaultValue = "",
      description = {
        "uint8, int16, uint16, int32 or int64 (default: what the format's reader wants, by the",
        "largest id)."
      })
  private String dtype;

  @Option(
      names = "--compression",
      paramLabel = "NAME",
      defaultValue = "none",
      description = "none, zstd (mds) or gzip (mds, jsonl) (default: ${DEFAULT-VALUE}).")
  private String compression;

  @Option(
      names = "--name",
      paramLabel = "TEMPLATE",
      defaultValue = "{name}.npy",
      description = {
        "How npy names files, from {name}, {index}, {stem}, {segment}, {source} and",
        "{label:KEY} (default: ${DEFAULT-VALUE})."
      })
  private String name;

  @Option(
      names = "--column",
      paramLabel = "NAME",
      description = {
        "Add a column to hf: labels, attention_mask, position_ids, document_lengths or",
        "modalities; repeatable."
      })
  private final List<String> columns = new ArrayList<>();

  @Option(
      names = "--label",
      paramLabel = "KEY",
      description = "Write this label of the token rows too; repeatable.")
  private final List<String> labels = new ArrayList<>();

  @Option(
      names = "--shard-bytes",
      paramLabel = "N",
      defaultValue = "134217728",
      description = "Bytes of a shard at most, before compression (default: ${DEFAULT-VALUE}).")
  private long shardBytes;

  @Option(
      names = "--shard-samples",
      paramLabel = "N",
      defaultValue = "0",
      description = "Sequences of a shard at most; 0 for no limit (default: ${DEFAULT-VALUE}).")
  private long shardSamples;

  void apply(ExportOptions options) {
    options
        .layout(layout)
        .dtype(dtype)
        .compression(compression)
        .name(name)
        .shardBytes(shardBytes)
        .shardSamples(shardSamples);
    columns.forEach(options::column);
    labels.forEach(options::label);
  }
}
