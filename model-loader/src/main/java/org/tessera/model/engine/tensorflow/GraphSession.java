package org.tessera.model.engine.tensorflow;

import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tessera.model.engine.ModelSession;

/**
 * A TensorFlow session whose graph can still grow, so that what follows a model (a quantizer) runs
 * in the same session and on the same device. Operations are added before the session is shared
 * between threads.
 */
public interface GraphSession extends ModelSession {
  /**
   * What an addition gives.
   *
   * @param inputs new placeholders by input name
   * @param outputs the signature's outputs by name
   */
  record Built(Map<String, Operand<?>> inputs, Map<String, Operand<?>> outputs) {}

  /** Adds operations to a graph. */
  @FunctionalInterface
  interface Addition {
    /**
     * Adds the operations.
     *
     * @param tf where to add them
     * @param outputs the outputs of the signature that is continued, by name
     */
    Built build(Ops tf, Map<String, Output<?>> outputs);
  }

  /**
   * Adds a signature that starts from nothing.
   *
   * @param name the new signature's name, not in use
   */
  void define(String name, Addition addition);

  /**
   * Adds a signature that goes on where another ends: it has the other's inputs and its own
   * outputs.
   *
   * @param name the new signature's name, not in use
   * @param base the signature that it continues
   */
  void extend(String name, String base, Addition addition);
}
