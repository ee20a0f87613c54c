package org.tessera.udf.isolate;

import java.lang.reflect.Field;
import java.util.List;
import org.tessera.udf.frontend.FrontEnd;
import org.tessera.udf.modality.FrontEnds;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/** A worker with a decoder that breaks its process, as files ask for in their first bytes. */
public final class AbortingWorker {
  private AbortingWorker() {}

  public static void main(String[] args) throws Exception {
    DecodeWorker.serve(
        (manifest, limits) -> {
          FrontEnd real = FrontEnds.of(manifest, limits);
          return input -> {
            obey(input);
            return real.open(input);
          };
        });
  }

  private static void obey(SampleInput input) throws SampleException {
    byte[] bytes = input.content().readAll(1 << 20);
    switch (new String(
        bytes, 0, Math.min(6, bytes.length), java.nio.charset.StandardCharsets.ISO_8859_1)) {
      case "FAULT!" -> segmentationFault();
      case "HANG!!" -> hang();
      case "MEMORY" -> fillMemory();
      default -> {}
    }
  }

  /** Writes to address 0, as a native decoder with a bug may. */
  private static void segmentationFault() {
    try {
      Field field = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");
      field.setAccessible(true);
      Object unsafe = field.get(null);
      unsafe.getClass().getMethod("putAddress", long.class, long.class).invoke(unsafe, 0L, 1L);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void hang() {
    while (true) {
      java.util.concurrent.locks.LockSupport.park();
    }
  }

  private static void fillMemory() {
    List<byte[]> held = new java.util.ArrayList<>();
    while (true) {
      held.add(new byte[64 << 20]);
    }
  }
}
