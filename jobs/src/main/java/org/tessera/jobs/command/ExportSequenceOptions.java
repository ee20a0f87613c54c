package org.tessera.jobs.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tessera.jobs.config.ConfigException;
import org.tessera.pipeline.export.ExportOptions;
import org.tessera.pipeline.export.ExportSpec;
import picocli.CommandLine.Option;

/** How the sequences of an export are made. */
public final class ExportSequenceOptions {
  @Option(
      names = "--template",
      paramLabel = "[NAME=]TEXT",
      description = {
        "How a sequence is put together, e.g. '<boi>{image}<eoi>{text:caption}': special tokens,",
        "{modality} or {tokenizer}, {tokenizer.axis} for a size tag, {text:LABEL} for ids in a",
        "label; repeatable (default: each row alone)."
      })
  private final List<String> templates = new ArrayList<>();

  @Option(
      names = "--weight",
      paramLabel = "NAME=W",
      description = "How often what a template makes is taken, on average; repeatable.")
  private final Map<String, Double> weights = new LinkedHashMap<>();

  @Option(
      names = "--key",
      paramLabel = "KEY",
      defaultValue = "sample_id",
      description = {
        "Which rows belong together: those of one sample_id, source (file), name (path without",
        "extension), stem (file name without it), or label:NAME (default: ${DEFAULT-VALUE})."
      })
  private String key;

  @Option(
      names = "--incomplete",
      paramLabel = "WHAT",
      defaultValue = "refuse",
      description = {
        "refuse or skip keys that lack rows of a template (default: ${DEFAULT-VALUE})."
      })
  private String incomplete;

  @Option(
      names = "--flatten",
      paramLabel = "[TOKENIZER=]ORDER",
      description = {
        "row-major, level-major, interleaved, delay or scales, and after colons level=N (keep",
        "the first N), delays=0,1,... or separate=AXIS; repeatable (default: scales of pyramids,",
        "interleaved levels, else row-major)."
      })
  private final List<String> flatten = new ArrayList<>();

  @Option(
      names = "--bos",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Begin each document with this special token.")
  private String bos;

  @Option(
      names = "--eos",
      paramLabel = "NAME",
      defaultValue = "",
      description = "End each document with this special token.")
  private String eos;

  @Option(
      names = "--pad",
      paramLabel = "NAME",
      defaultValue = "",
      description = "The special token that fills delays, and packed sequences up.")
  private String pad;

  @Option(
      names = "--separator",
      paramLabel = "NAME",
      defaultValue = "",
      description = "The special token that --flatten separates by.")
  private String separator;

  @Option(
      names = "--pack",
      paramLabel = "LENGTH",
      defaultValue = "0",
      description = "Pack documents into sequences of this length, none of them cut.")
  private int pack;

  @Option(
      names = "--split-documents",
      description = "Let --pack cut documents, so that no place is left.")
  private boolean split;

  @Option(
      names = "--bucket",
      paramLabel = "LENGTH",
      description = "Keep sequences up to this length in shards of their own; repeatable.")
  private final List<Integer> buckets = new ArrayList<>();

  @Option(
      names = "--shuffle-seed",
      paramLabel = "N",
      defaultValue = "0",
      description = {
        "Another number, another order of all sequences; the order depends on it and the names",
        "only (default: ${DEFAULT-VALUE})."
      })
  private long seed;

  void apply(ExportOptions options) {
    List<String> problems = new ArrayList<>();
    if (!incomplete.equals(ExportSpec.REFUSE) && !incomplete.equals(ExportSpec.SKIP)) {
      problems.add("--incomplete must be refuse or skip: " + incomplete);
    }
    if (split && pack == 0) {
      problems.add("--split-documents needs --pack");
    }
    if (pack < 0) {
      problems.add("--pack must be at least 1: " + pack);
    }
    if (!problems.isEmpty()) {
      throw new ConfigException("these options", problems);
    }
    options.key(key).around(bos, eos).pad(pad).separator(separator).seed(seed);
    templates.forEach(options::template);
    weights.forEach(options::weight);
    buckets.forEach(options::bucket);
    for (String given : flatten) {
      boolean named = given.matches("[^=:]+=.*");
      int equals = given.indexOf('=');
      options.flatten(
          named ? given.substring(0, equals) : "", named ? given.substring(equals + 1) : given);
    }
    if (incomplete.equals(ExportSpec.SKIP)) {
      options.skippingIncomplete();
    }
    if (split) {
      options.packInParts(pack);
    } else if (pack > 0) {
      options.pack(pack);
    }
  }
}
