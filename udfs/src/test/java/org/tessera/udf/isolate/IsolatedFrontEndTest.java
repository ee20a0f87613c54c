package org.tessera.udf.isolate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.Step;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.udf.audio.DemoAudio;
import org.tessera.udf.frontend.FrontEnd;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.modality.FrontEnds;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

class IsolatedFrontEndTest {
  /** A crash is noticed at once, however long a file may take. */
  private static final Limits PATIENT = limits(300_000);

  /** A hang is cut off after this; a good file needs a small part of it on a busy machine. */
  private static final Limits HASTY = limits(15_000);

  @TempDir private Path temp;
  private IsolatedFrontEnd isolated;

  @AfterEach
  void close() {
    if (isolated != null) {
      isolated.close();
    }
  }

  @Test
  void aDecoderThatBreaksItsProcessCostsOneFile() throws Exception {
    isolated = breaking(PATIENT);
    byte[] png = png();

    assertThat(count(isolated, SampleInput.of("a.png", png))).isEqualTo(1);
    assertThat(rejection("FAULT!"))
        .hasMessageStartingWith("Cannot decode: the decoder crashed its process")
        .satisfies(rejection -> assertThat(rejection.code()).isEqualTo(RejectCode.CRASHED));
    assertThat(count(isolated, SampleInput.of("b.png", png))).isEqualTo(1);
    assertThat(rejection("MEMORY").code()).isEqualTo(RejectCode.CRASHED);
    assertThat(count(isolated, SampleInput.of("c.png", png))).isEqualTo(1);
  }

  @Test
  void aDecoderThatHangsIsCutOff() throws Exception {
    isolated = breaking(HASTY);

    assertThat(rejection("HANG!!"))
        .hasMessageStartingWith("Cannot decode within 15000 ms")
        .satisfies(rejection -> assertThat(rejection.code()).isEqualTo(RejectCode.TIMEOUT))
        .satisfies(rejection -> assertThat(rejection.isTransient()).isTrue());
    assertThat(count(isolated, SampleInput.of("a.png", png()))).isEqualTo(1);
  }

  private static IsolatedFrontEnd breaking(Limits limits) {
    return new IsolatedFrontEnd(WorkerCommand.of(AbortingWorker.class.getName()), images(), limits);
  }

  private static Limits limits(long timeoutMillis) {
    return new Limits(1L << 30, 1L << 26, 1L << 28, 86_400, 1024, 1L << 26, 4, timeoutMillis);
  }

  @Test
  void segmentsAreThoseOfThisProcess() throws Exception {
    DemoAudio.write(temp, 3, 5);
    isolated = new IsolatedFrontEnd(WorkerCommand.ofThisProcess(), sounds(), Limits.DEFAULT);
    FrontEnd here = FrontEnds.of(sounds(), Limits.DEFAULT);
    List<Path> files;
    try (var list = Files.list(temp)) {
      files = list.sorted().toList();
    }
    assertThat(files).hasSizeGreaterThanOrEqualTo(3);
    for (Path file : files) {
      SampleInput input = SampleInput.of(file.getFileName().toString(), Files.readAllBytes(file));
      assertThat(describe(isolated, input)).isEqualTo(describe(here, input));
    }
  }

  private SampleException rejection(String content) {
    SampleInput input = SampleInput.of("x", content.getBytes(StandardCharsets.ISO_8859_1));
    return catchThrowableOfType(SampleException.class, () -> isolated.open(input));
  }

  private static int count(FrontEnd frontEnd, SampleInput input) throws SampleException {
    return describe(frontEnd, input).size();
  }

  /** All that a segment says, its values included; a rejection by its message. */
  private static List<String> describe(FrontEnd frontEnd, SampleInput input) {
    List<String> lines = new ArrayList<>();
    try (Segments segments = frontEnd.open(input)) {
      for (Segment segment = segments.next(); segment != null; segment = segments.next()) {
        lines.add(
            segment.index()
                + " "
                + segment.channel()
                + " "
                + segment.startS()
                + " "
                + segment.endS()
                + " "
                + java.util.Arrays.toString(segment.signal().shape())
                + " "
                + java.util.Arrays.hashCode(segment.signal().toBytes())
                + " "
                + segment.geometry()
                + segment.labels());
      }
    } catch (SampleException e) {
      lines.add(e.phase() + " " + e.code() + " " + e.getMessage() + " " + e.offset());
    }
    return lines;
  }

  private static TokenizerManifest images() {
    return manifest(
        Modality.IMAGE, new Step("resize_center_crop", new TreeMap<>(Map.of("size", 32))));
  }

  private static TokenizerManifest sounds() {
    return manifest(
        Modality.AUDIO,
        new Step("mono", new TreeMap<>()),
        new Step("resample", new TreeMap<>(Map.of("rate", 16000))),
        new Step("segment", new TreeMap<>(Map.of("samples", 16000))));
  }

  private static TokenizerManifest manifest(Modality modality, Step... steps) {
    return TokenizerManifest.builder("test", modality)
        .model(
            ModelSpec.of(
                "tensorflow",
                "model",
                SignatureSpec.of("", Map.of("signal", "x"), Map.of("ids", "y"))))
        .frontEnd(List.of(steps))
        .layout(new TokenLayout(List.of("row"), List.of(4), List.of(16), "", List.of()))
        .licence("Apache-2.0")
        .build();
  }

  private static byte[] png() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB), "png", bytes);
    return bytes.toByteArray();
  }
}
