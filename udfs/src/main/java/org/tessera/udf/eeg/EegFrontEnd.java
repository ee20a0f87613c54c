package org.tessera.udf.eeg;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tessera.model.bundle.Step;
import org.tessera.udf.eeg.read.EegFormat;
import org.tessera.udf.eeg.read.Recording;
import org.tessera.udf.eeg.read.Recordings;
import org.tessera.udf.frontend.FrontEnd;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/**
 * From recordings to model inputs. Values are volts (tesla for magnetometers) until a {@code scale}
 * step; steps run in the order of the manifest: first those on recordings ({@code recording,
 * channels, montage, reference, bad_channels, filter, notch, resample, scale}), then {@code
 * windows}, then those on windows ({@code resample, scale, quantile_scale, zscore, group_scale,
 * clamp}), last the layout ({@code stft}, {@code patches} or {@code frames}); {@code sensors} adds
 * inputs. Without {@code channels} and {@code montage} the EEG channels are taken.
 *
 * <p>Segments are made while they are taken. A long recording is never held whole, except by {@code
 * resample} before {@code windows}, by recursive filters ({@code filter.method: butterworth},
 * {@code notch.method: iir}), for channels that a file samples more slowly than the fastest one,
 * and where windows are not cut; these are bounded by {@link Limits#samples}.
 */
public final class EegFrontEnd implements FrontEnd {
  private final EegPipeline pipeline;
  private final Limits limits;

  private EegFrontEnd(EegPipeline pipeline, Limits limits) {
    this.pipeline = pipeline;
    this.limits = limits;
  }

  /**
   * A front-end of these steps.
   *
   * @throws IllegalArgumentException for an unknown step, a wrong parameter, or a step in a wrong
   *     place
   */
  public static EegFrontEnd of(List<Step> steps, Limits limits) {
    return new EegFrontEnd(new EegPipeline(steps), limits);
  }

  /**
   * The format of a recording that starts with these bytes (256 are enough), e.g. {@code edf};
   * empty for other files. Formats that are known and not read ({@code gdf}, {@code xdf}, {@code
   * vmrk}) have names too; {@link #open} rejects them with what to do.
   */
  public static Optional<String> format(byte[] head) {
    return EegFormat.of(head).map(EegFormat::id);
  }

  @Override
  public SortedSet<String> roles() {
    SortedSet<String> roles = new TreeSet<>();
    pipeline.sensors().ifPresent(sensors -> roles.addAll(sensors.roles()));
    roles.add(Segment.SIGNAL);
    return roles;
  }

  @Override
  public Segments open(SampleInput input) throws SampleException {
    long start = System.nanoTime();
    Recording recording = Recordings.open(input, limits, pipeline.recordCount());
    return new EegSegments(pipeline, limits, recording, start);
  }
}
