package org.tessera.udf.eeg;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.sample.FileSource;
import org.tessera.udf.sample.HeapSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/** Front-ends run on local files. */
final class EegRuns {
  private EegRuns() {}

  static Step step(String name, Object... parameters) {
    TreeMap<String, Object> map = new TreeMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      map.put((String) parameters[i], parameters[i + 1]);
    }
    return new Step(name, map);
  }

  static List<Segment> segments(Path file, List<Step> steps) throws IOException, SampleException {
    return segments(file, steps, Limits.DEFAULT);
  }

  static List<Segment> segments(Path file, List<Step> steps, Limits limits)
      throws IOException, SampleException {
    try (FileSource source = new FileSource(file)) {
      SampleInput input =
          new SampleInput(
              file.getFileName().toString(),
              source,
              name -> {
                Path companion = file.resolveSibling(name);
                try {
                  return Files.exists(companion)
                      ? Optional.of(new HeapSource(Files.readAllBytes(companion)))
                      : Optional.empty();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      return all(EegFrontEnd.of(steps, limits).open(input));
    }
  }

  static List<Segment> all(Segments segments) throws SampleException {
    try (segments) {
      List<Segment> list = new ArrayList<>();
      for (Segment s = segments.next(); s != null; s = segments.next()) {
        list.add(s);
      }
      return list;
    }
  }

  /** An EDF file of waves that differ from channel to channel. */
  static byte[] recording(double rate, int channels, int length, String... names) {
    double[][] values = new double[channels][length];
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < length; i++) {
        values[c][i] =
            1e-5 * ((c + 1) * Math.sin(i * 0.11 * (c + 1)) + Math.cos(i * i * 0.001) + c);
      }
    }
    return new EdfWriter(
            List.of(names), List.of(names).stream().map(n -> "V").toList(), rate, values, List.of())
        .toBytes();
  }

  static List<Segment> run(byte[] content, Step... steps) throws SampleException {
    return all(
        EegFrontEnd.of(List.of(steps), Limits.DEFAULT).open(SampleInput.of("x.edf", content)));
  }
}
