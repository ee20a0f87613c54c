package org.tessera.pipeline.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a user asks of an export; each method sets one thing and returns this. Not thread-safe.
 * {@link ExportPlanner} checks it all together.
 */
public final class ExportOptions {
  /** Shards end at this many bytes when nothing is said. */
  public static final long SHARD_BYTES = 128L << 20;

  final ExportFormat format;
  final List<String> columns = new ArrayList<>();
  final List<String> labels = new ArrayList<>();
  final Map<String, String> flatten = new TreeMap<>();
  final List<String> templates = new ArrayList<>();
  final Map<String, Double> weights = new TreeMap<>();
  final List<String> specials = new ArrayList<>();
  final List<Integer> buckets = new ArrayList<>();
  String layout = "";
  String dtype = "";
  String compression = "none";
  String name = "{name}.npy";
  String key = "sample_id";
  String incomplete = ExportSpec.REFUSE;
  String bos = "";
  String eos = "";
  String pad = "";
  String separator = "";
  int textVocabulary;
  long top = -1;
  int above;
  int sizeTags;
  IdOffsets offsets = IdOffsets.PER_LEVEL;
  boolean descending;
  Optional<String> vocabulary = Optional.empty();
  ExportSpec.Pack pack = ExportSpec.Pack.NONE;
  long seed;
  long shardBytes = SHARD_BYTES;
  long shardSamples;

  private ExportOptions(ExportFormat format) {
    this.format = format;
  }

  /** Options for a format, all others as usual. */
  public static ExportOptions of(ExportFormat format) {
    return new ExportOptions(format);
  }

  /** The format's variant. */
  public ExportOptions layout(String value) {
    layout = value;
    return this;
  }

  /** The type of ids by NumPy's name; without it what the format's reader wants. */
  public ExportOptions dtype(String value) {
    dtype = value;
    return this;
  }

  /** {@code none}, {@code zstd} or {@code gzip}. */
  public ExportOptions compression(String value) {
    compression = value;
    return this;
  }

  /** The template of file names of a tree of files. */
  public ExportOptions name(String value) {
    name = value;
    return this;
  }

  /** Adds an optional column. */
  public ExportOptions column(String value) {
    columns.add(value);
    return this;
  }

  /** Adds a label that becomes a column. */
  public ExportOptions label(String value) {
    labels.add(value);
    return this;
  }

  /** How the ids of a tokenizer, or of all by the empty name, are flattened. */
  public ExportOptions flatten(String tokenizer, String spec) {
    flatten.put(tokenizer, spec);
    return this;
  }

  /** Adds a template, {@code NAME=TEMPLATE} or only the template. */
  public ExportOptions template(String value) {
    templates.add(value);
    return this;
  }

  /** How often the sequences of a template are taken. */
  public ExportOptions weight(String template, double value) {
    weights.put(template, value);
    return this;
  }

  /** Which rows belong together. */
  public ExportOptions key(String value) {
    key = value;
    return this;
  }

  /** Leaves out keys that lack rows, which are refused otherwise. */
  public ExportOptions skippingIncomplete() {
    incomplete = ExportSpec.SKIP;
    return this;
  }

  /** Special tokens at the beginning and end of each document; empty for none. */
  public ExportOptions around(String beginning, String end) {
    bos = beginning;
    eos = end;
    return this;
  }

  /** The special token where no id stands. */
  public ExportOptions pad(String value) {
    pad = value;
    return this;
  }

  /** The special token between rows or scales. */
  public ExportOptions separator(String value) {
    separator = value;
    return this;
  }

  /** Adds a special token, {@code NAME} or {@code NAME=ID}. */
  public ExportOptions special(String value) {
    specials.add(value);
    return this;
  }

  /** The size of the text vocabulary that ids begin after. */
  public ExportOptions textVocabulary(int size) {
    textVocabulary = size;
    return this;
  }

  /**
   * Puts everything at the top of a vocabulary.
   *
   * @param size its size
   * @param left how many ids stay above
   */
  public ExportOptions top(long size, int left) {
    top = size;
    above = left;
    return this;
  }

  /** Adds tags for the sizes 1 to {@code count}. */
  public ExportOptions sizeTags(int count) {
    sizeTags = count;
    return this;
  }

  /** Whether levels have ids of their own. */
  public ExportOptions offsets(IdOffsets value) {
    offsets = value;
    return this;
  }

  /** Gives code 0 of each level the highest id. */
  public ExportOptions descendingCodes() {
    descending = true;
    return this;
  }

  /** Begins with an existing vocabulary, given as the text of its file. */
  public ExportOptions vocabulary(String json) {
    vocabulary = Optional.of(json);
    return this;
  }

  /** Packs documents into sequences of this length, none cut. */
  public ExportOptions pack(int context) {
    pack = new ExportSpec.Pack(context, false);
    return this;
  }

  /** Packs documents into sequences of this length, without gaps. */
  public ExportOptions packInParts(int context) {
    pack = new ExportSpec.Pack(context, true);
    return this;
  }

  /** Adds the upper bound of a bucket of lengths. */
  public ExportOptions bucket(int length) {
    buckets.add(length);
    return this;
  }

  /** Makes another order. */
  public ExportOptions seed(long value) {
    seed = value;
    return this;
  }

  /** The bytes of a shard at most, before compression. */
  public ExportOptions shardBytes(long value) {
    shardBytes = value;
    return this;
  }

  /** The sequences of a shard at most; 0 for no limit. */
  public ExportOptions shardSamples(long value) {
    shardSamples = value;
    return this;
  }
}
