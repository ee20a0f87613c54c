package org.tessera.pipeline.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.tessera.model.bundle.TokenLayout;

/**
 * All that decides what an export writes, in a form that crosses to executors and is kept in the
 * output. Immutable and thread-safe.
 *
 * @param vocabulary the form on disk of the vocabulary
 * @param sources the tokenizers
 * @param streams the templates
 * @param key which rows belong together, as {@link ExportKey#parse} reads it
 * @param incomplete what happens to keys without all rows: {@code refuse} or {@code skip}
 * @param pad the name of the special token where no id stands; may be empty
 * @param separator the name of the special token between rows or scales; may be empty
 * @param pack how sequences are packed
 * @param buckets upper bounds of the lengths that go together; empty for none
 * @param seed makes the order
 * @param shardBytes the bytes of a shard at most, before compression; 0 for no limit
 * @param shardSamples the sequences of a shard at most; 0 for no limit
 * @param output what the files are like
 */
public record ExportSpec(
    String vocabulary,
    List<Source> sources,
    List<Stream> streams,
    String key,
    String incomplete,
    String pad,
    String separator,
    Pack pack,
    List<Integer> buckets,
    long seed,
    long shardBytes,
    long shardSamples,
    Output output) {
  /** Skips keys that lack rows. */
  public static final String SKIP = "skip";

  /** Refuses keys that lack rows. */
  public static final String REFUSE = "refuse";

  private static final ObjectMapper JSON = new ObjectMapper();

  public ExportSpec {
    sources = List.copyOf(sources);
    streams = List.copyOf(streams);
    buckets = List.copyOf(buckets);
  }

  /**
   * A tokenizer.
   *
   * @param tokenizer its name
   * @param modality what it reads
   * @param fingerprint its identity in the token table
   * @param layout the layout of its tokens
   * @param flatten as {@link FlattenSpec#parse} reads it
   */
  public record Source(
      String tokenizer, String modality, String fingerprint, TokenLayout layout, String flatten) {}

  /**
   * A template and how often what it makes is taken.
   *
   * @param name its name
   * @param template as {@link Template#parse} reads it
   * @param weight 1 for once; 0.5 for every second; 2.5 for twice, and every second once more
   */
  public record Stream(String name, String template, double weight) {}

  /**
   * How sequences are packed.
   *
   * @param context the length at most; 0 for no packing
   * @param split whether a document may be cut
   */
  public record Pack(int context, boolean split) {
    /** No packing. */
    public static final Pack NONE = new Pack(0, false);
  }

  /**
   * What the files are like.
   *
   * @param format as {@link ExportFormat#of} reads it
   * @param dtype the name of the type of ids
   * @param layout the format's variant; empty for the usual one
   * @param columns optional columns
   * @param labels labels that become columns
   * @param name the template of file names
   * @param compression {@code none}, {@code zstd} or {@code gzip}
   */
  public record Output(
      String format,
      String dtype,
      String layout,
      List<String> columns,
      List<String> labels,
      String name,
      String compression) {
    public Output {
      columns = List.copyOf(columns);
      labels = List.copyOf(labels);
    }
  }

  /** The JSON text. */
  public String toJson() {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write the export's settings", e);
    }
  }

  /**
   * Reads the JSON text.
   *
   * @throws IllegalArgumentException when it is not one
   */
  public static ExportSpec fromJson(String json) {
    try {
      return JSON.readValue(json, ExportSpec.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Cannot read the export's settings: " + json, e);
    }
  }
}
