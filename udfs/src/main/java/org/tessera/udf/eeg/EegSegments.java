package org.tessera.udf.eeg;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.udf.eeg.read.Annotation;
import org.tessera.udf.eeg.read.Channel;
import org.tessera.udf.eeg.read.Recording;
import org.tessera.udf.eeg.signal.Resampler;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.frontend.FloatFeatures;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** The windows of one recording, made while they are taken. */
final class EegSegments implements Segments {
  private static final int MOST_RUNS = 1 << 16;

  private final EegPipeline pipeline;
  private final Limits limits;
  private final Layout layout;
  private final AnnotationTrack track;
  private final List<Signal> runs;
  private final Optional<SensorsStep.Sensors> sensors;
  private final Deque<Segment> ready = new ArrayDeque<>();
  private final Map<String, Resampler> workspace = new HashMap<>();
  private int run;
  private long inRun;
  private int index;
  private long spentNanos;

  EegSegments(EegPipeline pipeline, Limits limits, Recording recording, long startNanos)
      throws SampleException {
    this.pipeline = pipeline;
    this.limits = limits;
    this.layout = pipeline.layout().forOneUser();
    this.track = new AnnotationTrack(recording.annotations());
    if (recording.runStarts().size() > MOST_RUNS) {
      throw SampleException.of(
          Phase.FRONTEND,
          RejectCode.TOO_LARGE,
          "Cannot use a recording with "
              + recording.runStarts().size()
              + " gaps (more than "
              + MOST_RUNS
              + ")");
    }
    List<Signal> signals = new ArrayList<>();
    for (int i = 0; i < recording.runStarts().size(); i++) {
      signals.add(RecordedSignal.all(recording, i, limits));
    }
    List<Signal> steps = signals;
    for (RecordingStep step : pipeline.recordingSteps()) {
      steps = step.apply(steps, limits);
    }
    this.runs = steps;
    this.sensors =
        pipeline.sensors().isPresent()
            ? Optional.of(pipeline.sensors().get().of(runs.get(0).channels()))
            : Optional.empty();
    long windows = 0;
    long longest = 0;
    for (Signal signal : runs) {
      windows += pipeline.windows().count(signal.frames(), signal.rate());
      longest = Math.max(longest, signal.frames());
    }
    if (windows == 0) {
      throw SampleException.of(
          Phase.FRONTEND,
          RejectCode.TOO_SHORT,
          "Cannot cut a window of "
              + pipeline.windows().length(runs.get(0).rate())
              + " samples: the longest stretch without a gap has "
              + longest);
    }
    spentNanos = System.nanoTime() - startNanos;
  }

  @Override
  public Segment next() throws SampleException {
    long start = System.nanoTime();
    while (ready.isEmpty() && run < runs.size()) {
      Signal signal = runs.get(run);
      if (inRun >= pipeline.windows().count(signal.frames(), signal.rate())) {
        signal.release();
        run++;
        inRun = 0;
        continue;
      }
      addSegments(window(signal, inRun++));
      index++;
      checkTime(System.nanoTime() - start);
    }
    spentNanos += System.nanoTime() - start;
    return ready.poll();
  }

  private void checkTime(long nanos) throws SampleException {
    if ((spentNanos + nanos) / 1_000_000 > limits.timeoutMillis()) {
      throw SampleException.of(
          Phase.FRONTEND,
          RejectCode.TIMEOUT,
          "Cannot prepare this recording within "
              + limits.timeoutMillis()
              + " ms ("
              + index
              + " windows are done; raise limits.timeoutMillis)");
    }
  }

  private Window window(Signal signal, long number) throws SampleException {
    long length = pipeline.windows().length(signal.rate());
    long start = number * pipeline.windows().stride(signal.rate());
    if (length == 0) {
      length = signal.frames();
    }
    List<Channel> channels = signal.channels();
    // By division: a recording may claim a rate that makes the product overflow.
    if (length > Math.min(limits.samples(), Integer.MAX_VALUE - 8) / Math.max(1, channels.size())) {
      throw SampleException.of(
          Phase.FRONTEND,
          RejectCode.TOO_LARGE,
          "Cannot hold a window of "
              + channels.size()
              + " channels and "
              + length
              + " samples (use shorter windows, or raise limits.samples)");
    }
    double[][] values = new double[channels.size()][(int) length];
    int there = (int) Math.min(length, signal.frames() - start);
    signal.read(start, there, values, 0);
    double startS = signal.startS() + start / signal.rate();
    Window window =
        new Window(
            index,
            startS,
            startS + there / signal.rate(),
            channels,
            signal.rate(),
            values,
            workspace);
    checkFinite(window, start);
    for (WindowStep step : pipeline.windowSteps()) {
      step.apply(window);
    }
    return window;
  }

  private static void checkFinite(Window window, long start) throws SampleException {
    for (int row = 0; row < window.values().length; row++) {
      double[] values = window.values()[row];
      for (int i = 0; i < values.length; i++) {
        if (!Double.isFinite(values[i])) {
          throw SampleException.of(
              Phase.FRONTEND,
              RejectCode.NOT_FINITE,
              "Cannot use channel "
                  + window.channels().get(row).name()
                  + ": its value at sample "
                  + (start + i)
                  + " is "
                  + values[i]);
        }
      }
    }
  }

  private void addSegments(Window window) throws SampleException {
    boolean perChannel = pipeline.windows().isPerChannel();
    int channels = window.channels().size();
    int step = perChannel ? 1 : channels;
    List<Annotation> annotations = track.touching(window.startS(), window.endS());
    for (int first = 0; first < channels; first += step) {
      int last = first + step;
      double[][] rows = java.util.Arrays.copyOfRange(window.values(), first, last);
      FloatFeatures signal = layout.apply(rows, perChannel);
      SortedMap<String, Features> inputs = new TreeMap<>();
      inputs.put(Segment.SIGNAL, signal);
      if (sensors.isPresent()) {
        inputs.putAll(SensorsStep.inputs(sensors.get(), first, last, perChannel));
      }
      ready.add(
          new Segment(
              window.index(),
              perChannel ? first : -1,
              window.startS(),
              window.endS(),
              inputs,
              EegGeometry.of(window, first, last, pipeline),
              labels(window, annotations, perChannel ? first : -1)));
    }
  }

  private static SortedMap<String, String> labels(
      Window window, List<Annotation> annotations, int channel) {
    SortedMap<String, String> labels = new TreeMap<>();
    List<Annotation> touching = annotations;
    if (channel >= 0) {
      String name = window.channels().get(channel).name();
      labels.put("channel_name", name);
      touching = annotations.stream().filter(note -> concerns(note, name)).toList();
    }
    if (!touching.isEmpty()) {
      labels.put("annotations", EegGeometry.describe(touching, window.startS()));
      labels.put(
          "annotation",
          String.join(";", touching.stream().map(Annotation::text).distinct().toList()));
    }
    return labels;
  }

  private static boolean concerns(Annotation annotation, String channel) {
    return annotation.channels().isEmpty()
        || annotation.channels().stream().anyMatch(name -> concerns(name, channel));
  }

  private static boolean concerns(String annotated, String channel) {
    String plain = ElectrodeNames.plain(annotated);
    String own = ElectrodeNames.plain(channel);
    return own.equals(plain) || java.util.Arrays.asList(own.split("-", -1)).contains(plain);
  }
}
