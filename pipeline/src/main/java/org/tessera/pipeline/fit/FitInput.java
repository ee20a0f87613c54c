package org.tessera.pipeline.fit;

import java.util.Comparator;
import java.util.List;

/**
 * One input of a fit. Immutable.
 *
 * @param uri identifies the input; its hash decides whether and when it is learned from
 * @param text what the {@link TrainingSource} needs to open it
 */
public record FitInput(String uri, String text) {
  /** An input that is opened by its uri. */
  public static FitInput of(String uri) {
    return new FitInput(uri, uri);
  }

  /** The inputs in the order in which they are learned from. */
  static List<FitInput> ordered(List<FitInput> inputs, long seed) {
    return inputs.stream()
        .distinct()
        .sorted(
            Comparator.<FitInput>comparingLong(input -> Hashing.mix(seed, input.uri()))
                .thenComparing(FitInput::uri))
        .toList();
  }
}
