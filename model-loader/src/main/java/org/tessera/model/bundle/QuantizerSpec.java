package org.tessera.model.bundle;

import java.util.List;

/**
 * How latents become ids.
 *
 * @param family the quantizer family: {@code vq} or {@code residual}
 * @param codebookSizes the number of codes of each level, coarse first
 */
public record QuantizerSpec(String family, List<Integer> codebookSizes) {
  public QuantizerSpec {
    codebookSizes = List.copyOf(codebookSizes);
  }
}
