package org.tessera.model.engine.onnx;

import ai.onnxruntime.OrtEnvironment;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.tessera.model.engine.ModelException;

/**
 * ONNX Runtime's environment, one in a process. Thread-safe; nobody closes it.
 *
 * <p>Version 1.29 matches the process's command line with a recursive regular expression when its
 * environment is made, about 260 bytes of stack for each character: a class path of some thousand
 * characters overflows the megabyte that a thread has, and the process dies without a word. So it
 * is made in a thread with a stack for a million characters, of which only what is used becomes
 * memory, and only until the thread ends.
 */
public final class OnnxEnvironment {
  private static final long STACK_BYTES = 256L << 20;

  private OnnxEnvironment() {}

  /**
   * The environment, made by the first call.
   *
   * @throws LinkageError when the natives cannot be loaded
   * @throws ModelException when ONNX Runtime does not start
   */
  public static OrtEnvironment open() {
    FutureTask<OrtEnvironment> opening = new FutureTask<>(OrtEnvironment::getEnvironment);
    Thread thread = new Thread(null, opening, "onnx-environment", STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return opening.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          if (e.getCause() instanceof LinkageError error) {
            throw error;
          }
          throw new ModelException("Cannot start ONNX Runtime: " + e.getCause(), e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
