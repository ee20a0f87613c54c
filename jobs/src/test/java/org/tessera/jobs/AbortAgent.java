package org.tessera.jobs;

import static net.bytebuddy.matcher.ElementMatchers.isPublic;
import static net.bytebuddy.matcher.ElementMatchers.named;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Field;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;

/**
 * A Java agent that gives the image decoder the defect of a native library: it writes to address 0
 * when a file begins with {@link #MARK}, in whatever process it runs.
 */
public final class AbortAgent {
  /** The first bytes of a file that breaks its decoder's process. */
  public static final String MARK = "ABORT!";

  private static final byte[] MARK_BYTES = MARK.getBytes(StandardCharsets.ISO_8859_1);

  private AbortAgent() {}

  /** Called by the JVM. */
  public static void premain(String arguments, Instrumentation instrumentation) {
    new AgentBuilder.Default()
        .type(named("org.tessera.udf.image.codec.ImageDecoder"))
        .transform(
            (builder, type, loader, module, domain) ->
                builder.visit(Advice.to(Defect.class).on(named("decode").and(isPublic()))))
        .installOn(instrumentation);
  }

  /** Called by the decoder that the agent changed. */
  public static void decode(byte[] file) {
    if (file.length < MARK_BYTES.length
        || !Arrays.equals(Arrays.copyOf(file, MARK_BYTES.length), MARK_BYTES)) {
      return;
    }
    try {
      Field field = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");
      field.setAccessible(true);
      Object unsafe = field.get(null);
      unsafe.getClass().getMethod("putAddress", long.class, long.class).invoke(unsafe, 0L, 1L);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What is put before the decoder's own code. */
  public static final class Defect {
    private Defect() {}

    @Advice.OnMethodEnter
    static void enter(@Advice.Argument(0) byte[] file) {
      AbortAgent.decode(file);
    }
  }

  /** Writes the agent's jar into a folder; returns the option that gives a JVM the agent. */
  static String option(Path folder) throws IOException, URISyntaxException {
    Path jar = folder.resolve("abort-agent.jar");
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.put(new Attributes.Name("Premain-Class"), AbortAgent.class.getName());
    main.put(
        Attributes.Name.CLASS_PATH,
        AgentBuilder.class.getProtectionDomain().getCodeSource().getLocation().toURI().toString());
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      for (Class<?> type : new Class<?>[] {AbortAgent.class, Defect.class}) {
        String name = type.getName().replace('.', '/') + ".class";
        out.putNextEntry(new JarEntry(name));
        try (InputStream in = AbortAgent.class.getClassLoader().getResourceAsStream(name)) {
          in.transferTo(out);
        }
        out.closeEntry();
      }
    }
    return "-javaagent:" + jar;
  }
}
