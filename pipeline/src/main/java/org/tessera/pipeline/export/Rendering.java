package org.tessera.pipeline.export;

import java.util.HashMap;
import java.util.Map;

/**
 * Ids as words, e.g. {@code <boi><image_00012><eoi>}, for tokenizers of text that have such words.
 * Not thread-safe.
 */
final class Rendering {
  private final Vocabulary vocabulary;
  private final Map<Integer, String> words = new HashMap<>();

  Rendering(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /**
   * The words, one after another.
   *
   * @throws IllegalArgumentException for an id of the text vocabulary, which has no word here
   */
  String text(int[] ids) {
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      text.append(words.computeIfAbsent(id, this::word));
    }
    return text.toString();
  }

  private String word(int id) {
    Vocabulary.Meaning meaning = vocabulary.explain(id);
    return switch (meaning.kind()) {
      case "special" -> "<" + meaning.name() + ">";
      case "size" -> "<size_" + meaning.value() + ">";
      case "code" -> code(meaning);
      default ->
          throw new IllegalArgumentException(
              "Cannot write id "
                  + id
                  + " as a word: it is "
                  + meaning.sentence()
                  + " (write ids, or leave text out of the template)");
    };
  }

  private String code(Vocabulary.Meaning meaning) {
    CodeRange range = vocabulary.codes(meaning.name()).orElseThrow();
    boolean alone =
        vocabulary.codes().stream().filter(o -> o.modality().equals(range.modality())).count() == 1;
    String name = alone ? range.modality() : range.tokenizer();
    String level = meaning.level() < 0 ? "" : "_" + meaning.level();
    return String.format("<%s%s_%05d>", name, level, meaning.value());
  }
}
