package org.tessera.pipeline.export;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One numbering of everything that a sequence can hold: text, special tokens, size tags and the
 * codes of one or more tokenizers, in disjoint ranges. Made by {@link VocabularyBuilder} or read by
 * {@link VocabularyFile}. Immutable and thread-safe.
 *
 * @param text the ids of a text vocabulary, which may have gaps
 * @param specials special tokens; one may name an id of the text vocabulary
 * @param sizes size tags
 * @param codes the tokenizers
 */
public record Vocabulary(
    List<TextRange> text, List<SpecialToken> specials, SizeTags sizes, List<CodeRange> codes) {
  /** Ids {@code from} to {@code to - 1} of a text vocabulary. */
  public record TextRange(int from, int to) {}

  /**
   * A vocabulary.
   *
   * @throws IllegalArgumentException when ranges overlap, or names or ids are used twice
   */
  public Vocabulary {
    text = List.copyOf(text);
    specials = List.copyOf(specials);
    codes = List.copyOf(codes);
    checkDisjoint(text, specials, sizes, codes);
    checkNames(specials, codes);
  }

  private record Span(String name, long from, long to) {}

  private static void checkDisjoint(
      List<TextRange> text, List<SpecialToken> specials, SizeTags sizes, List<CodeRange> codes) {
    List<Span> spans = new ArrayList<>();
    text.forEach(range -> spans.add(new Span("text", range.from(), range.to())));
    for (SpecialToken special : specials) {
      if (text.stream().noneMatch(range -> within(range, special.id()))) {
        spans.add(new Span("<" + special.name() + ">", special.id(), special.id() + 1L));
      }
    }
    if (sizes.count() > 0) {
      spans.add(new Span("size tags", sizes.from(), (long) sizes.from() + sizes.count()));
    }
    for (CodeRange range : codes) {
      spans.add(
          new Span(
              range.tokenizer(),
              range.from(),
              range.from() + CodeRange.size(range.radices(), range.offsets())));
    }
    spans.sort(Comparator.comparingLong(Span::from));
    for (int i = 0; i < spans.size(); i++) {
      Span span = spans.get(i);
      if (span.from() < 0 || span.to() - 1 > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            String.format(
                "Cannot number %s from %d to %d: ids lie between 0 and %d (start lower, or leave"
                    + " out tokenizers)",
                span.name(), span.from(), span.to() - 1, Integer.MAX_VALUE));
      }
      if (i > 0 && span.from() < spans.get(i - 1).to()) {
        Span other = spans.get(i - 1);
        throw new IllegalArgumentException(
            String.format(
                "Cannot merge vocabularies: %s has the ids %d to %d and %s %d to %d (move one)",
                other.name(),
                other.from(),
                other.to() - 1,
                span.name(),
                span.from(),
                span.to() - 1));
      }
    }
  }

  private static void checkNames(List<SpecialToken> specials, List<CodeRange> codes) {
    checkUnique("special token", specials.stream().map(SpecialToken::name).toList());
    checkUnique("tokenizer", codes.stream().map(CodeRange::tokenizer).toList());
  }

  private static void checkUnique(String what, List<String> names) {
    for (String name : names) {
      if (names.indexOf(name) != names.lastIndexOf(name)) {
        throw new IllegalArgumentException(
            "Cannot merge vocabularies: the " + what + " " + name + " is there twice (rename one)");
      }
    }
  }

  private static boolean within(TextRange range, int id) {
    return id >= range.from() && id < range.to();
  }

  /** One more than the largest id. */
  public long size() {
    long size = sizes.count() == 0 ? 0 : (long) sizes.from() + sizes.count();
    for (TextRange range : text) {
      size = Math.max(size, range.to());
    }
    for (SpecialToken special : specials) {
      size = Math.max(size, special.id() + 1L);
    }
    for (CodeRange range : codes) {
      size = Math.max(size, (long) range.from() + range.size());
    }
    return size;
  }

  /** The largest id. */
  public int largest() {
    return (int) (size() - 1);
  }

  /** Whether an id belongs to the text vocabulary. */
  public boolean isText(int id) {
    return text.stream().anyMatch(range -> within(range, id));
  }

  /** A special token by name. */
  public Optional<SpecialToken> special(String name) {
    return specials.stream().filter(special -> special.name().equals(name)).findFirst();
  }

  /** A tokenizer's range by name. */
  public Optional<CodeRange> codes(String tokenizer) {
    return codes.stream().filter(range -> range.tokenizer().equals(tokenizer)).findFirst();
  }

  /**
   * What an id is.
   *
   * @param kind {@code text}, {@code special}, {@code size}, {@code code} or {@code unused}
   * @param name the special token or tokenizer; empty for others
   * @param level the code's level, -1 for all that share its ids, and for others
   * @param value the code, the size, or the id itself
   * @param sentence all of it for people
   */
  public record Meaning(String kind, String name, int level, int value, String sentence) {}

  /** What an id means. */
  public Meaning explain(int id) {
    for (SpecialToken special : specials) {
      if (special.id() == id) {
        return new Meaning(
            "special",
            special.name(),
            -1,
            id,
            "the special token <"
                + special.name()
                + ">"
                + (special.meaning().isEmpty() ? "" : ": " + special.meaning()));
      }
    }
    if (sizes.count() > 0 && id >= sizes.from() && id < sizes.from() + (long) sizes.count()) {
      int extent = id - sizes.from() + 1;
      return new Meaning("size", "", -1, extent, "the size tag " + extent);
    }
    for (CodeRange range : codes) {
      if (id >= range.from() && id < (long) range.from() + range.size()) {
        return code(range, id);
      }
    }
    return isText(id)
        ? new Meaning("text", "", -1, id, "id " + id + " of the text vocabulary")
        : new Meaning("unused", "", -1, id, "no id of this vocabulary");
  }

  private static Meaning code(CodeRange range, int id) {
    boolean shared = range.offsets() == IdOffsets.SHARED;
    int level = 0;
    while (!shared && id >= range.from(level) + (long) range.radices().get(level)) {
      level++;
    }
    int radix = shared ? range.size() : range.radices().get(level);
    int code = id - range.from(level);
    code = range.descending() ? radix - 1 - code : code;
    String where =
        range.radices().size() == 1
            ? ""
            : shared ? " of any " + range.slotAxis() : " of " + range.slotAxis() + " " + level;
    return new Meaning(
        "code",
        range.tokenizer(),
        shared || range.radices().size() == 1 ? -1 : level,
        code,
        String.format(
            "code %d of %d%s of the %s tokenizer %s",
            code, radix, where, range.modality(), range.tokenizer()));
  }
}
