package org.tessera.pipeline.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** The form on disk of a {@link Vocabulary}; specified in {@code pipeline/EXPORT.md}. */
public final class VocabularyFile {
  /** Its name in an export. */
  public static final String NAME = "vocabulary.json";

  private static final int FORMAT = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private VocabularyFile() {}

  /** The JSON text. */
  public static String write(Vocabulary vocabulary) {
    ObjectNode node = JSON.createObjectNode();
    node.put("format", FORMAT);
    node.put("size", vocabulary.size());
    node.put("dtype", IdType.of(Math.max(0, vocabulary.largest())).id());
    node.put("index_base", 0);
    for (Vocabulary.TextRange range : vocabulary.text()) {
      node.withArrayProperty("text").addObject().put("from", range.from()).put("to", range.to());
    }
    for (SpecialToken special : vocabulary.specials()) {
      node.withArrayProperty("special_tokens")
          .addObject()
          .put("name", special.name())
          .put("id", special.id())
          .put("modality", special.modality())
          .put("meaning", special.meaning());
    }
    if (vocabulary.sizes().count() > 0) {
      node.putObject("size_tags")
          .put("from", vocabulary.sizes().from())
          .put("count", vocabulary.sizes().count());
    }
    for (CodeRange range : vocabulary.codes()) {
      write(range, node.withArrayProperty("tokenizers").addObject());
    }
    return node.toPrettyString() + "\n";
  }

  private static void write(CodeRange range, ObjectNode node) {
    node.put("tokenizer", range.tokenizer());
    node.put("modality", range.modality());
    node.put("fingerprint", range.fingerprint());
    node.put("from", range.from());
    node.put("size", range.size());
    node.put("offsets", range.offsets().id());
    node.put("descending", range.descending());
    node.put("slot_axis", range.slotAxis());
    for (int level = 0; level < range.radices().size(); level++) {
      node.withArrayProperty("levels")
          .addObject()
          .put("from", range.from(level))
          .put("size", range.radices().get(level));
    }
  }

  /**
   * Reads the JSON text.
   *
   * @throws IllegalArgumentException when it is not a vocabulary, or contradicts itself
   */
  public static Vocabulary read(String text) {
    JsonNode node;
    try {
      node = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "Cannot read the vocabulary: " + e.getOriginalMessage(), e);
    }
    if (node.path("format").asInt() != FORMAT) {
      throw new IllegalArgumentException(
          "Cannot read the vocabulary: its format is "
              + node.path("format")
              + ", not "
              + FORMAT
              + " (give a vocabulary.json)");
    }
    Vocabulary vocabulary =
        new Vocabulary(
            text(node),
            specials(node),
            node.has("size_tags")
                ? new SizeTags(
                    number(node.path("size_tags"), "from"), number(node.path("size_tags"), "count"))
                : SizeTags.NONE,
            codes(node));
    if (vocabulary.size() != node.path("size").asLong()) {
      throw new IllegalArgumentException(
          "Cannot read the vocabulary: it says size "
              + node.path("size")
              + " but its ids end at "
              + vocabulary.largest());
    }
    return vocabulary;
  }

  private static List<Vocabulary.TextRange> text(JsonNode node) {
    List<Vocabulary.TextRange> text = new ArrayList<>();
    for (JsonNode range : node.path("text")) {
      text.add(new Vocabulary.TextRange(number(range, "from"), number(range, "to")));
    }
    return text;
  }

  private static List<SpecialToken> specials(JsonNode node) {
    List<SpecialToken> specials = new ArrayList<>();
    for (JsonNode special : node.path("special_tokens")) {
      specials.add(
          new SpecialToken(
              special.path("name").asText(),
              number(special, "id"),
              special.path("modality").asText(),
              special.path("meaning").asText()));
    }
    return specials;
  }

  private static List<CodeRange> codes(JsonNode node) {
    List<CodeRange> codes = new ArrayList<>();
    for (JsonNode tokenizer : node.path("tokenizers")) {
      List<Integer> radices = new ArrayList<>();
      for (JsonNode level : tokenizer.path("levels")) {
        radices.add(number(level, "size"));
      }
      CodeRange range =
          new CodeRange(
              tokenizer.path("tokenizer").asText(),
              tokenizer.path("modality").asText(),
              tokenizer.path("fingerprint").asText(),
              number(tokenizer, "from"),
              radices,
              tokenizer.path("slot_axis").asText(),
              IdOffsets.of(tokenizer.path("offsets").asText()),
              tokenizer.path("descending").asBoolean());
      for (int level = 0; level < radices.size(); level++) {
        if (range.from(level) != number(tokenizer.path("levels").path(level), "from")) {
          throw new IllegalArgumentException(
              "Cannot read the vocabulary: level "
                  + level
                  + " of "
                  + range.tokenizer()
                  + " does not begin at "
                  + range.from(level));
        }
      }
      codes.add(range);
    }
    return codes;
  }

  private static int number(JsonNode node, String name) {
    JsonNode value = node.path(name);
    if (!value.canConvertToInt()) {
      throw new IllegalArgumentException(
          "Cannot read the vocabulary: " + name + " is not a whole number: " + value);
    }
    return value.asInt();
  }
}
