package org.tessera.udf.modality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.udf.sample.Limits;

/** What a front-end makes is what the models take. */
class FrontEndsTest {
  private static TokenizerManifest manifest(String modality, String inputs, String steps) {
    String json =
        """
        {"format": 1, "name": "two", "version": "1", "modality": "%s",
         "models": [{"engine": "onnx", "path": "model.onnx",
           "encode": {"inputs": {%s}, "outputs": {"ids": "ids"}}}],
         "output": "ids", "front_end": [%s],
         "layout": {"axes": ["time"], "shape": [-1], "radices": [8]},
         "files": {"model.onnx": "%s"}}
        """;
    return TokenizerManifest.fromJson(
        String.format(
            json,
            modality,
            inputs.replace('\'', '"'),
            steps.replace('\'', '"'),
            "0123456789abcdef".repeat(4)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "audio | 'signal': 'x' | {'step': 'mono'}",
        "audio | 'signal': 'x', 'mask': {'tensor': 'm', 'value': 1} | {'step': 'mono'}",
        "audio | 'signal': 'x', 'low': 'y' | {'step': 'branch', 'role': 'low', 'steps': [{'step':"
            + " 'mono'}]}",
        "eeg | 'signal': 'x', 'positions': 'p', 'types': 't' | {'step': 'sensors'}",
        "eeg | 'signal': 'x', 'types': 't' | {'step': 'sensors', 'positions': 'none'}",
        "points | 'signal': 'x', 'centers': 'c' | {'step': 'patches', 'groups': 4, 'neighbours': 2,"
            + " 'centers': 'input'}",
        "points | 'signal': 'x' | {'step': 'patches', 'groups': 4, 'neighbours': 2}",
      })
  void fit(String modality, String inputs, String steps) {
    TokenizerManifest manifest = manifest(modality, inputs, steps);
    assertThat(FrontEnds.of(manifest, Limits.DEFAULT).roles()).isEqualTo(manifest.frontEndRoles());
    assertThat(TokenizerManifest.fromJson(manifest.toJson())).isEqualTo(manifest);
  }

  @Test
  void orAreRefusedBeforeAnyData() {
    assertThatThrownBy(
            () ->
                FrontEnds.of(
                    manifest("audio", "'signal': 'x', 'low': 'y'", "{'step': 'mono'}"),
                    Limits.DEFAULT))
        .hasMessage(
            "Cannot feed the model's input of the role low: the front-end makes signal (add a step"
                + " that makes it, such as branch, or give the input a value)");
    assertThatThrownBy(
            () ->
                FrontEnds.of(
                    manifest("eeg", "'signal': 'x', 'types': 't'", "{'step': 'sensors'}"),
                    Limits.DEFAULT))
        .hasMessage(
            "Cannot use what the front-end makes for the role positions: the models take signal,"
                + " types (give a tensor that role, or leave the step out)");
  }
}
