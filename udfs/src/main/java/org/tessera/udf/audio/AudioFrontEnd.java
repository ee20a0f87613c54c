package org.tessera.udf.audio;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tessera.model.bundle.Step;
import org.tessera.udf.audio.decode.AudioDecoder;
import org.tessera.udf.audio.decode.AudioFormat;
import org.tessera.udf.audio.signal.Signal;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.frontend.FrontEnd;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
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
 * {@code pad_multiple} {samples, tail, always}, {@code fix_length} {samples or seconds, pad},
 * {@code branch} {role, steps}, which makes one more input of the samples there, one of {@code
 * frames} {size, hop}, {@code mdct} {size, window: sine | kbd, alpha}, {@code log_mel} {fft,
 * window, hop, bins, low_hz, high_hz, pad, edges, power, epsilon, scale, log, floor} and {@code
 * kaldi_fbank} {bins, frame_ms, shift_ms, low_hz, high_hz, preemphasis, window, snip_edges}, then
 * {@code normalize} {mean, std}, {@code cmvn} {variance, added} and {@code stack_frames} {frames,
 * tail, value}; and last {@code layout} {axes}.
 */
public final class AudioFrontEnd implements FrontEnd {
  private final AudioSteps steps;
  private final Limits limits;
  private final AudioDecoder decoder;

  private AudioFrontEnd(AudioSteps steps, Limits limits) {
    this.steps = steps;
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
    return new AudioFrontEnd(AudioSteps.of(steps, limits), limits);
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
  public SortedSet<String> roles() {
    SortedSet<String> roles = new TreeSet<>(steps.roles());
    roles.add(Segment.SIGNAL);
    return roles;
  }

  @Override
  public Segments open(SampleInput input) throws SampleException {
    Notes notes = new Notes();
    Signal signal = steps.open(above -> decode(input, above), notes);
    try {
      return new Pieces(signal, new WindowCutter(signal, steps.rule(), limits), notes);
    } catch (SampleException e) {
      signal.close();
      throw e;
    }
  }

  private Signal decode(SampleInput input, Notes notes) throws SampleException {
    Signal signal = decoder.open(input);
    notes.source(signal.rate(), signal.channels());
    return signal;
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
      if (steps.split()) {
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
      Features features = steps.features(piece);
      SegmentRule rule = steps.rule();
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
      return Segment.of(index, number, startS, endS, features, piece.inputs(), geometry);
    }

    @Override
    public void close() {
      signal.close();
    }
  }
}
