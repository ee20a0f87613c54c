package org.tessera.pipeline.export;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;

/**
 * Numbers tokenizers, special tokens and size tags one after another: after a text vocabulary, at
 * the top of a vocabulary of a given size, or after an existing vocabulary. Not thread-safe.
 */
public final class VocabularyBuilder {
  private final List<SpecialToken> fixedSpecials = new ArrayList<>();
  private final SortedMap<Integer, SpecialToken> newSpecials = new TreeMap<>();
  private final List<Asked> asked = new ArrayList<>();
  private Vocabulary base = new Vocabulary(List.of(), List.of(), SizeTags.NONE, List.of());
  private int textSize;
  private int sizeTags;
  private long topSize = -1;
  private int skip;
  private boolean descending;

  private record Asked(
      TokenizerManifest manifest, String fingerprint, IdOffsets offsets, OptionalInt from) {}

  /** Begins with a text vocabulary of ids 0 to {@code size - 1}. */
  public VocabularyBuilder text(int size) {
    this.textSize = size;
    return this;
  }

  /**
   * Begins with an existing vocabulary, which stays as it is: what is new comes after it.
   *
   * @throws IllegalArgumentException when it is not empty and a text vocabulary is asked for too
   */
  public VocabularyBuilder extending(Vocabulary vocabulary) {
    this.base = vocabulary;
    return this;
  }

  /**
   * Puts everything at the top of a vocabulary of {@code size} ids, whose lower ids are text; the
   * text's own highest ids are given up for it.
   *
   * @param size the size of the whole vocabulary
   * @param left how many ids above stay text (or a text tokenizer's special tokens)
   */
  public VocabularyBuilder top(long size, int left) {
    this.topSize = size;
    this.skip = left;
    return this;
  }

  /** Gives code 0 of each level the level's highest id, as robots' action tokens are numbered. */
  public VocabularyBuilder descendingCodes() {
    this.descending = true;
    return this;
  }

  /** Adds a special token with the next free id. */
  public VocabularyBuilder special(String name, String modality, String meaning) {
    newSpecials.put(newSpecials.size(), new SpecialToken(name, -1, modality, meaning));
    return this;
  }

  /** Adds a special token with an id of its own, e.g. one that a text vocabulary has. */
  public VocabularyBuilder specialAt(int id, String name, String modality, String meaning) {
    fixedSpecials.add(new SpecialToken(name, id, modality, meaning));
    return this;
  }

  /** Adds tags for the extents 1 to {@code count}. */
  public VocabularyBuilder sizeTags(int count) {
    this.sizeTags = count;
    return this;
  }

  /** Adds a tokenizer with the next free ids. */
  public VocabularyBuilder codes(
      TokenizerManifest manifest, String fingerprint, IdOffsets offsets) {
    asked.add(new Asked(manifest, fingerprint, offsets, OptionalInt.empty()));
    return this;
  }

  /** Adds a tokenizer from an id on. */
  public VocabularyBuilder codesAt(
      int from, TokenizerManifest manifest, String fingerprint, IdOffsets offsets) {
    asked.add(new Asked(manifest, fingerprint, offsets, OptionalInt.of(from)));
    return this;
  }

  /**
   * The vocabulary: first the text, then special tokens, size tags and tokenizers in the order in
   * which they were added.
   *
   * @throws IllegalArgumentException when ranges overlap, ids exceed 2^31 - 1, or names repeat
   */
  public Vocabulary build() {
    if (base.size() > 0 && (textSize > 0 || topSize >= 0)) {
      throw new IllegalArgumentException(
          "Cannot place an existing vocabulary after another text (it has its own)");
    }
    if (sizeTags > 0 && base.sizes().count() > 0) {
      throw new IllegalArgumentException(
          "Cannot add size tags: the vocabulary has them already, 1 to " + base.sizes().count());
    }
    long next = topSize >= 0 ? start() : Math.max(base.size(), textSize);
    List<SpecialToken> specials = new ArrayList<>(base.specials());
    specials.addAll(fixedSpecials);
    for (SpecialToken special : newSpecials.values()) {
      specials.add(
          new SpecialToken(
              special.name(), toId(next++, special.name()), special.modality(), special.meaning()));
    }
    SizeTags sizes = base.sizes();
    if (sizeTags > 0) {
      toId(next + sizeTags - 1, "size tags");
      sizes = new SizeTags(toId(next, "size tags"), sizeTags);
      next += sizeTags;
    }
    List<CodeRange> codes = new ArrayList<>(base.codes());
    for (Asked tokenizer : asked) {
      CodeRange range = range(tokenizer, next);
      codes.add(range);
      if (tokenizer.from().isEmpty()) {
        next += range.size();
      }
    }
    return new Vocabulary(text(), specials, sizes, codes);
  }

  private List<Vocabulary.TextRange> text() {
    if (topSize < 0) {
      return textSize == 0 ? base.text() : List.of(new Vocabulary.TextRange(0, textSize));
    }
    int end = textSize > 0 ? textSize : (int) start();
    List<Vocabulary.TextRange> text = new ArrayList<>();
    if (end > 0) {
      text.add(new Vocabulary.TextRange(0, end));
    }
    if (skip > 0) {
      text.add(new Vocabulary.TextRange((int) topSize - skip, (int) topSize));
    }
    return text;
  }

  private long start() {
    long needed = newSpecials.size() + (long) sizeTags;
    for (Asked tokenizer : asked) {
      if (tokenizer.from().isEmpty()) {
        needed += CodeRange.size(radices(tokenizer.manifest()), tokenizer.offsets());
      }
    }
    if (topSize > Integer.MAX_VALUE + 1L || skip < 0 || topSize - skip - needed < 0) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot place %d ids and the %d above them at the top of a vocabulary of %d"
                  + " (give a larger one, at most 2^31)",
              needed, skip, topSize));
    }
    return topSize - skip - needed;
  }

  private CodeRange range(Asked tokenizer, long next) {
    TokenizerManifest manifest = tokenizer.manifest();
    List<Integer> radices = radices(manifest);
    long from = tokenizer.from().isPresent() ? tokenizer.from().getAsInt() : next;
    toId(from + CodeRange.size(radices, tokenizer.offsets()) - 1, manifest.name());
    return new CodeRange(
        manifest.name(),
        manifest.modality().id(),
        tokenizer.fingerprint(),
        (int) from,
        radices,
        manifest.layout().slotAxis(),
        tokenizer.offsets(),
        descending);
  }

  private static List<Integer> radices(TokenizerManifest manifest) {
    TokenLayout layout = manifest.layout();
    if (layout.slotAxis().isEmpty() || layout.radices().size() > 1) {
      return layout.radices();
    }
    int levels = layout.shape().get(layout.axes().indexOf(layout.slotAxis()));
    if (levels < 1) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot number the codes of %s: its layout does not say how many %ss there are"
                  + " (give its shape or one radix each)",
              manifest.name(), layout.slotAxis()));
    }
    return java.util.Collections.nCopies(levels, layout.radices().get(0));
  }

  private static int toId(long id, String name) {
    if (id < 0 || id > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot number %s up to %d: ids end at %d (start lower, or leave out tokenizers)",
              name, id, Integer.MAX_VALUE));
    }
    return (int) id;
  }
}
