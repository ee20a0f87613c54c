package org.tessera.udf.encode;

import java.util.SortedMap;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleKey;

/** What became of one sample: tokens or a rejection. Exactly one of the two parts is not null. */
public final class SampleOutcome {
  private final SampleKey key;
  private final String contentSha256;
  private final Tokens tokens;
  private final SampleException rejection;
  private String sampleId;

  private SampleOutcome(
      SampleKey key, String contentSha256, Tokens tokens, SampleException rejection) {
    this.key = key;
    this.contentSha256 = contentSha256;
    this.tokens = tokens;
    this.rejection = rejection;
  }

  /** The sample was tokenized. */
  public static SampleOutcome tokenized(SampleKey key, String contentSha256, Tokens tokens) {
    return new SampleOutcome(key, contentSha256, tokens, null);
  }

  /** The sample was rejected; {@code contentSha256} is empty when no bytes were read. */
  public static SampleOutcome rejected(
      SampleKey key, String contentSha256, SampleException rejection) {
    return new SampleOutcome(key, contentSha256, null, rejection);
  }

  public SampleKey key() {
    return key;
  }

  /** The key's {@link SampleKey#id}, computed once. */
  public String sampleId() {
    if (sampleId == null) {
      sampleId = key.id();
    }
    return sampleId;
  }

  public String contentSha256() {
    return contentSha256;
  }

  public boolean isTokenized() {
    return tokens != null;
  }

  /** The tokens, or null when rejected. */
  public Tokens tokens() {
    return tokens;
  }

  /** The rejection, or null when tokenized. */
  public SampleException rejection() {
    return rejection;
  }

  /**
   * The ids of one sample.
   *
   * @param ids row-major over {@code shape}
   * @param shape the extents of the manifest's token axes
   * @param quantizationError mean squared error in the quantizer's space after each level, or null
   *     when the model returns only ids
   * @param startS start in seconds
   * @param endS end in seconds
   * @param geometry what is needed to decode back, as JSON values by name
   * @param labels pass-through text columns by name
   * @param neighbours the best codes of each id, best first, as many for each; null when the
   *     tokenizer's manifest does not ask for them
   * @param perturbed ids perturbed among these, over {@code shape}; null likewise
   */
  public record Tokens(
      int[] ids,
      int[] shape,
      float[] quantizationError,
      double startS,
      double endS,
      SortedMap<String, Object> geometry,
      SortedMap<String, String> labels,
      int[] neighbours,
      int[] perturbed) {
    /** Ids with nothing beside them. */
    public Tokens(
        int[] ids,
        int[] shape,
        float[] quantizationError,
        double startS,
        double endS,
        SortedMap<String, Object> geometry,
        SortedMap<String, String> labels) {
      this(ids, shape, quantizationError, startS, endS, geometry, labels, null, null);
    }

    /** The same with other pass-through columns. */
    public Tokens withLabels(SortedMap<String, String> other) {
      return new Tokens(
          ids, shape, quantizationError, startS, endS, geometry, other, neighbours, perturbed);
    }
  }
}
