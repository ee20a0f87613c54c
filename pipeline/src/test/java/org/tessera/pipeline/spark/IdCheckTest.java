package org.tessera.pipeline.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.ModelOutput;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.Prefix;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;

/** Rows of three levels at two times, of which the last ones may be dropped. */
class IdCheckTest {
  private static final String DROPPED = "wave 1 of r: sample s: has the id -1 of a dropped one at ";

  private static TokenizerManifest.Builder manifest() {
    return TokenizerManifest.builder("t", Modality.AUDIO)
        .layout(
            new TokenLayout(
                List.of("level", "time"), List.of(3, -1), List.of(10), "level", List.of()))
        .prefix(new Prefix("level", 1, OptionalInt.of(-1)));
  }

  private static TokenizerManifest returningIds() {
    SignatureSpec encode =
        SignatureSpec.of("encode", Map.of("signal", "x"), Map.of("ids", "codes"));
    return manifest().model(ModelSpec.of("tensorflow", "model", encode)).build();
  }

  private static TokenizerManifest quantizing(Map<String, Object> parameters) {
    return manifest()
        .output(ModelOutput.LATENTS)
        .quantizer(new QuantizerSpec("residual", new TreeMap<>(parameters)))
        .build();
  }

  @Test
  void aDroppedIdStandsInTheLastLevelsOnly() {
    assertThat(findings(returningIds(), 1, 2, 3, 4, 5, 6)).isEmpty();
    assertThat(findings(returningIds(), 1, 2, 3, 4, -1, -1)).isEmpty();
    assertThat(findings(returningIds(), 1, 2, -1, -1, -1, -1)).isEmpty();
    assertThat(findings(returningIds(), 1, -1, 3, 4, 5, 6))
        .singleElement()
        .asString()
        .startsWith(DROPPED + "[0, 1]");
    assertThat(findings(returningIds(), 1, 2, 3, 4, 5, -1))
        .singleElement()
        .asString()
        .startsWith(DROPPED + "[2, 1]");
    assertThat(findings(returningIds(), -1, -1, -1, -1, -1, -1)).hasSize(1);
  }

  @Test
  void aQuantizerThatLeavesLevelsOutHasNoDroppedIds() {
    TokenizerManifest omitting = quantizing(Map.of("levels", 3));
    assertThat(findings(omitting, 1, 2, 3, 4, 5, 6)).isEmpty();
    assertThat(findings(omitting, 1, 2, 3, 4, -1, -1)).hasSize(1);

    TokenizerManifest marking = quantizing(Map.of("levels", 2, "dropped", "mark"));
    assertThat(findings(marking, 1, 2, 3, 4, -1, -1)).isEmpty();
    assertThat(findings(marking, 1, 2, -1, -1, -1, -1))
        .singleElement()
        .asString()
        .startsWith(DROPPED + "[1, 0]");
  }

  private static List<String> findings(TokenizerManifest manifest, Integer... ids) {
    List<String> findings = new ArrayList<>();
    new IdCheck(manifest)
        .call(List.of(RowFactory.create("r", 1, "s", list(ids), list(3, 2), "{}")).iterator())
        .forEachRemaining(findings::add);
    return findings;
  }

  private static Object list(Integer... values) {
    return scala.jdk.javaapi.CollectionConverters.asScala(Arrays.asList(values)).toSeq();
  }
}
