package org.tessera.udf.audio;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.tessera.model.bundle.Step;
import org.tessera.model.bundle.Suggestions;
import org.tessera.udf.audio.decode.AudioDecoder;
import org.tessera.udf.audio.decode.AudioFormat;
import org.tessera.udf.audio.signal.Signal;
import org.tessera.udf.frontend.FrontEnd;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/**
 * The front-end of sound: decode, steps on the signal, cut, steps on each piece. Only one piece is
 * held, so hours-long files take constant memory when the steps have a {@code segment}.
 * Thread-safe.
 *
 * <p>Steps on the signal: {@code mono}, {@code channels} {select}, {@code resample} {rate,
 * lowpass_filter_width: 6, rolloff: 0.99, window: hann | kaiser, beta}, {@code pad} {before,
 * after}, {@code scale} {factor}, {@code peak_normalize} {level, floor} and {@code rms_normalize}
 * {level, added}, which read the file twice. Cutting: {@code segment} (see {@code SegmentRule}) and
 * {@code split_channels}, which makes each channel a segment of its own. Steps on a piece: {@code
 * mono}, {@code scale}, {@code peak_normalize}, {@code rms_normalize}, {@code standardize} {added},
 * {@code pad_multiple} {samples}, one of {@code frames} {size, hop}, {@code mdct} {size, window:
 * sine | kbd, alpha}, {@code log_mel} {fft, window, hop, bins, low_hz, high_hz, pad, edges, power,
 * epsilon, scale, log, floor} and {@code kaldi_fbank} {bins, frame_ms, shift_ms, low_hz, high_hz,
 * preemphasis, window, snip_edges}, then {@code normalize} {mean, std}; and last {@code layout}
 * {axes}.
 */
public final class AudioFrontEnd implements FrontEnd {
  private static final String SEGMENT = "segment";
  private static final String SPLIT = "split_channels";
  private static final String LAYOUT = "layout";

  private final List<SignalStep> signalSteps = new ArrayList<>();
  private final List<WindowStep> windowSteps = new ArrayList<>();
  private final Limits limits;
  private final AudioDecoder decoder;
  private SegmentRule rule = SegmentRule.WHOLE;
  private boolean split;
  private Axes axes = Axes.DEFAULT;

  private AudioFrontEnd(Limits limits) {
    this.limits = limits;
    this.decoder = new AudioDecoder(limits);
  }

  /**
   * A front-end with these steps.
   *
   * @throws IllegalArgumentException when a step or one of its parameters does not exist, or a step
   *     stands where it cannot
   */
  public static AudioFrontEnd of(List<Step> steps, Limits limits) {
    AudioFrontEnd frontEnd = new AudioFrontEnd(limits);
    String cutBy = null;
    String features = null;
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (features != null && !step.name().equals("normalize") && !step.name().equals(LAYOUT)) {
        throw misplaced(step.name(), features);
      }
      features = WindowSteps.FEATURES.contains(step.name()) ? step.name() : features;
      if (step.name().equals(LAYOUT) && i == steps.size() - 1) {
        frontEnd.axes = Axes.of(step);
      } else if (step.name().equals(SEGMENT) && cutBy == null) {
        frontEnd.rule = SegmentRule.of(step);
        cutBy = SEGMENT;
      } else if (step.name().equals(SPLIT) && !frontEnd.split) {
        new StepParameters(step).finish();
        frontEnd.split = true;
      } else if (WindowSteps.NAMES.contains(step.name())
          || cutBy != null && WindowSteps.SHARED.contains(step.name())) {
        frontEnd.windowSteps.add(WindowSteps.of(step));
        cutBy = cutBy == null ? step.name() : cutBy;
      } else if (cutBy == null && SignalSteps.NAMES.contains(step.name())) {
        frontEnd.signalSteps.add(SignalSteps.of(step));
      } else {
        throw misplaced(step.name(), cutBy);
      }
    }
    frontEnd.axes.check(steps.stream().map(Step::name).toList());
    return frontEnd;
  }

  private static IllegalArgumentException misplaced(String name, String cutBy) {
    List<String> names =
        Stream.of(
                SignalSteps.NAMES.stream(),
                WindowSteps.NAMES.stream(),
                Stream.of(SEGMENT, SPLIT, LAYOUT))
            .flatMap(stream -> stream)
            .toList();
    if (!names.contains(name)) {
      return new IllegalArgumentException(
          "Cannot use step " + name + " for audio (" + Suggestions.of(name, names) + ")");
    }
    return new IllegalArgumentException(
        name.equals(LAYOUT)
            ? "Cannot use step layout before other steps (make it the last step)"
            : "Cannot use step " + name + " after " + cutBy + " (put it before, and once)");
  }

  /**
   * The audio format that a file's content has, e.g. {@code flac}.
   *
   * @param head the first bytes of the file, best 4096 of them
   */
  public static Optional<String> format(byte[] head) {
    return AudioFormat.of(head).map(AudioFormat::id);
  }

  @Override
  public Segments open(SampleInput input) throws SampleException {
    Notes notes = new Notes();
    Signal signal = open(signalSteps.size(), input, notes);
    try {
      return new Pieces(signal, new WindowCutter(signal, rule, limits), notes);
    } catch (SampleException e) {
      signal.close();
      throw e;
    }
  }

  /** The signal after so many steps. */
  private Signal open(int steps, SampleInput input, Notes notes) throws SampleException {
    if (steps == 0) {
      Signal signal = decoder.open(input);
      notes.source(signal.rate(), signal.channels());
      return signal;
    }
    return signalSteps
        .get(steps - 1)
        .open(upstreamNotes -> open(steps - 1, input, upstreamNotes), notes);
  }

  /** The segments of one open file. */
  private final class Pieces implements Segments {
    private final Signal signal;
    private final WindowCutter cutter;
    private final Notes notes;
    private Window window;
    private int channel;
    private int index = -1;

    Pieces(Signal signal, WindowCutter cutter, Notes notes) {
      this.signal = signal;
      this.cutter = cutter;
      this.notes = notes;
    }

    @Override
    public Segment next() throws SampleException {
      if (window == null || channel == window.channels().length) {
        window = cutter.next(notes);
        channel = 0;
        if (window == null) {
          checkAny();
          return null;
        }
        index++;
      }
      if (split) {
        return segment(window.channel(channel), channel++);
      }
      channel = window.channels().length;
      return segment(window, -1);
    }

    private void checkAny() throws SampleException {
      if (index < 0) {
        throw SampleException.of(
            Phase.FRONTEND,
            RejectCode.TOO_SHORT,
            "Cannot make a segment: the file is shorter than one (lower the segment length, or use"
                + " tail: pad)");
      }
    }

    private Segment segment(Window piece, int number) throws SampleException {
      for (WindowStep step : windowSteps) {
        step.apply(piece);
      }
      SortedMap<String, Object> geometry = piece.geometry();
      long start = ((Number) geometry.get("start")).longValue();
      double startS = Math.max(0, start) / (double) piece.rate();
      double endS = Math.max(0, start + piece.valid()) / (double) piece.rate();
      if (rule.trims()) {
        // The tokens that stay stand for one hop.
        int hop = rule.hop(piece.rate());
        startS = (double) index * hop / piece.rate();
        endS = Math.min(endS, (double) (index + 1) * hop / piece.rate());
      }
      return Segment.of(index, number, startS, endS, axes.features(piece), geometry);
    }

    @Override
    public void close() {
      signal.close();
    }
  }
}
