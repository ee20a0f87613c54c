package org.tessera.pipeline.export;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The file formats of trainers. */
public enum ExportFormat {
  /** Parquet as Hugging Face datasets has it. */
  HF(List.of("")),
  /** Megatron's indexed dataset. */
  MEGATRON(List.of("", "modes")),
  /** Tar files as WebDataset and Megatron-Energon read them. */
  WEBDATASET(List.of("")),
  /** MosaicML's streaming shards. */
  MDS(List.of("")),
  /** One NumPy file a sequence. */
  NPY(List.of("", "4m", "llamagen", "fish-speech")),
  /** JSON lines. */
  JSONL(List.of("", "pretokenized", "text"));

  private final List<String> layouts;

  ExportFormat(List<String> layouts) {
    this.layouts = layouts;
  }

  /** The name in options, e.g. {@code hf}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The variants of the format; the usual one is the empty text. */
  public List<String> layouts() {
    return layouts;
  }

  /**
   * Checks a way to compress.
   *
   * @throws IllegalArgumentException when the format has no such
   */
  void checkCompression(String wanted) {
    List<String> known =
        switch (this) {
          case MDS -> List.of("none", "zstd", "gzip");
          case JSONL -> List.of("none", "gzip");
          default -> List.of("none");
        };
    if (!known.contains(wanted)) {
      throw new IllegalArgumentException(
          "Cannot compress "
              + id()
              + " by "
              + wanted
              + " (choose "
              + String.join(", ", known)
              + ")");
    }
  }

  /**
   * The format of a name.
   *
   * @throws IllegalArgumentException for an unknown name, listing the known ones
   */
  public static ExportFormat of(String id) {
    return Arrays.stream(values())
        .filter(format -> format.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Cannot export as "
                        + id
                        + " (choose one of "
                        + String.join(", ", Arrays.stream(values()).map(ExportFormat::id).toList())
                        + ")"));
  }
}
