package org.tessera.jobs.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.opencv.global.opencv_core;
import org.tessera.model.engine.EngineProbe;
import org.tessera.model.engine.ModelException;

/** Loads every native library, and computes on a GPU where the machine has one. */
final class NativeChecks {
  private static final Path GPU = Path.of("/dev/nvidia0");

  private NativeChecks() {}

  static List<Check> run() {
    List<Check> checks = new ArrayList<>();
    checks.add(library("tensorflow", EngineProbe::tensorFlow));
    checks.add(library("onnxruntime", EngineProbe::onnxRuntime));
    checks.add(library("opencv", () -> opencv_core.getVersionString().getString()));
    checks.add(library("ffmpeg", () -> avutil.av_version_info().getString()));
    checks.add(gpu(Files.exists(GPU)));
    return checks;
  }

  /** A library that tells its version once it is loaded. */
  static Check library(String name, Supplier<String> version) {
    try {
      return Check.ok(name, version.get());
    } catch (LinkageError | RuntimeException e) {
      return Check.change(
          name,
          "cannot be loaded: " + e,
          "use a release for this platform (tessera-VERSION-PLATFORM) and tessera-submit, which"
              + " brings its natives; check that java.io.tmpdir and ~/.javacpp allow execution");
    }
  }

  static Check gpu(boolean present) {
    if (!present) {
      return Check.ok("gpu", "none on this machine; models run on the CPU");
    }
    try {
      return Check.ok("gpu", "TensorFlow computes on " + EngineProbe.tensorFlowGpu(0));
    } catch (ModelException | LinkageError e) {
      return Check.note("gpu", "there, and not used", String.valueOf(e.getMessage()));
    }
  }
}
