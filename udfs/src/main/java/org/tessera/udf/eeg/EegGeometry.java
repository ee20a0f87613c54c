package org.tessera.udf.eeg;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.udf.eeg.read.Annotation;
import org.tessera.udf.eeg.read.Channel;

/**
 * What is recorded with a segment to get back to physical values: {@code channels} (names), {@code
 * units}, {@code rate} (Hz), {@code samples}, the layout ({@code layout} and its numbers), and
 * {@code changes}: what was done to each channel, in order, each {@code y = (x − offset) / scale}.
 */
final class EegGeometry {
  private static final ObjectMapper JSON = new ObjectMapper();

  private EegGeometry() {}

  static SortedMap<String, Object> of(Window window, int first, int last, EegPipeline pipeline) {
    SortedMap<String, Object> geometry = new TreeMap<>(pipeline.layout().geometry());
    List<Channel> channels = window.channels().subList(first, last);
    geometry.put("channels", channels.stream().map(Channel::name).toList());
    geometry.put("units", channels.stream().map(Channel::unit).toList());
    geometry.put("rate", window.rate());
    geometry.put("samples", window.values()[first].length);
    List<Map<String, Object>> changes = new ArrayList<>();
    double factor = pipeline.recordingFactor();
    if (factor != 1) {
      changes.add(change(constant(0, last - first), constant(1 / factor, last - first)));
    }
    for (Window.Affine affine : window.changes()) {
      changes.add(
          change(affine.offsets().subList(first, last), affine.scales().subList(first, last)));
    }
    geometry.put("changes", changes);
    return geometry;
  }

  private static List<Double> constant(double value, int count) {
    return java.util.Collections.nCopies(count, value);
  }

  private static Map<String, Object> change(List<Double> offsets, List<Double> scales) {
    return new TreeMap<>(Map.of("offset", List.copyOf(offsets), "scale", List.copyOf(scales)));
  }

  /** Annotations as a JSON list; onsets count from the start of the segment, in seconds. */
  static String describe(List<Annotation> annotations, double startS) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (Annotation annotation : annotations) {
      Map<String, Object> entry = new TreeMap<>();
      entry.put("onset_s", annotation.onsetS() - startS);
      entry.put("duration_s", annotation.durationS());
      entry.put("text", annotation.text());
      if (!annotation.channels().isEmpty()) {
        entry.put("channels", annotation.channels());
      }
      list.add(entry);
    }
    try {
      return JSON.writeValueAsString(list);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write annotations as JSON", e);
    }
  }
}
