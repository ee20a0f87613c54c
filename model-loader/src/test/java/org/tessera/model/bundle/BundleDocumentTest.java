package org.tessera.model.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** BUNDLE.md says what the reader does. */
class BundleDocumentTest {
  private static final Path DOCUMENT = Path.of("BUNDLE.md");

  private static List<String> blocks(String language) throws Exception {
    Matcher matcher =
        Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(DOCUMENT));
    return matcher.results().map(result -> result.group(1)).toList();
  }

  @Test
  void workedExampleIsAManifest() throws Exception {
    List<String> blocks = blocks("json");
    assertThat(blocks).hasSize(1);
    JsonNode tree = new ObjectMapper().readTree(blocks.get(0));
    TokenizerManifest manifest = ManifestJson.read(tree, "Cannot read BUNDLE.md");
    // What is read is written back as it was.
    assertThat(ManifestJson.read(ManifestJson.write(manifest), "again")).isEqualTo(manifest);
    assertThat(CanonicalJson.bytes(withoutDefaults(ManifestJson.write(manifest))))
        .isEqualTo(CanonicalJson.bytes(tree));
  }

  /** The writer names the signature that the example leaves out. */
  private static JsonNode withoutDefaults(ObjectNode tree) {
    for (JsonNode model : tree.get("models")) {
      ((ObjectNode) model.get("encode")).remove("signature");
      ((ObjectNode) model.get("decode")).remove("signature");
    }
    return tree;
  }

  @Test
  void specificationIsAManifestWithoutFormatAndFiles() throws Exception {
    List<String> blocks = blocks("yaml");
    assertThat(blocks).hasSize(1);
    ObjectNode tree = (ObjectNode) new YAMLMapper().readTree(blocks.get(0));
    tree.put("format", TokenizerManifest.FORMAT).putObject("files");
    ((ObjectNode) tree.get("models").get(0)).put("engine", "onnx");
    assertThat(ManifestJson.read(tree, "Cannot read BUNDLE.md").name()).isEqualTo("speech-rvq");
  }

  /** Every key of the reader has its row in a table, or is explained in the text. */
  @Test
  void documentsEveryKey() throws Exception {
    String text = Files.readString(DOCUMENT);
    for (List<String> keys :
        List.of(
            ManifestReader.KEYS,
            ManifestReader.MODEL_KEYS,
            ManifestReader.DECODE_KEYS,
            ManifestReader.TENSOR_KEYS,
            ManifestReader.LAYOUT_KEYS,
            ManifestReader.RANDOMNESS_KEYS,
            ManifestReader.PREFIX_KEYS,
            ManifestReader.NEIGHBOURS_KEYS,
            ManifestReader.PERTURB_KEYS)) {
      for (String key : keys) {
        assertThat(text).containsPattern("[`\"]" + key + "[`\"]");
      }
    }
  }
}
