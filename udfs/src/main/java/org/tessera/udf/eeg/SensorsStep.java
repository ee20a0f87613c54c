package org.tessera.udf.eeg;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.udf.eeg.read.Channel;
import org.tessera.udf.eeg.read.ChannelKind;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.frontend.FloatFeatures;
import org.tessera.udf.frontend.IntFeatures;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/**
 * {@code sensors}: where and what the channels are, as inputs beside the signal: role {@code
 * positions} float [channels, 6] (x, y, z, then the direction; [6] of one channel) and role {@code
 * types} int32 [channels].
 *
 * <ul>
 *   <li>{@code positions}: {@code head} (metres, as the file has them), {@code normalized}
 *       (default: minus the mean place, by {@code sqrt(3 · mean |p|²)}, electrodes and coils each
 *       by themselves, as in BrainOmni) or {@code none}
 *   <li>{@code types}: true (default); the number is that of the kind in {@code kinds}
 *   <li>{@code kinds}: {@code [eeg, mag, grad]}; channels of other kinds reject the recording
 *   <li>{@code unknown}: a channel without a place {@code reject}s the recording (default) or gets
 *       {@code zero}s; electrodes with a 10-20 name get their place on MNE's standard head first
 * </ul>
 */
final class SensorsStep {
  private static final String POSITIONS = "positions";
  private static final String TYPES = "types";

  private final String positions;
  private final boolean types;
  private final List<ChannelKind> kinds;
  private final boolean zero;

  SensorsStep(StepParameters parameters) {
    positions = parameters.choice("positions", "normalized", List.of("head", "normalized", "none"));
    types = parameters.flag("types", true);
    List<String> names = parameters.texts("kinds");
    kinds =
        (names.isEmpty() ? List.of("eeg", "mag", "grad") : names)
            .stream()
                .map(
                    name ->
                        ChannelKind.of(name)
                            .orElseThrow(
                                () ->
                                    new IllegalArgumentException(
                                        "Cannot use sensors.kinds: "
                                            + name
                                            + " (use eeg, mag, grad, ...)")))
                .toList();
    zero = parameters.choice("unknown", "reject", List.of("reject", "zero")).equals("zero");
    parameters.finish();
  }

  /** The roles of the inputs. */
  Set<String> roles() {
    Set<String> roles = new HashSet<>();
    if (!positions.equals("none")) {
      roles.add(POSITIONS);
    }
    if (types) {
      roles.add(TYPES);
    }
    return roles;
  }

  /** The inputs of each channel: row i of positions and types. */
  record Sensors(double[][] places, int[] kinds) {}

  /** Where the channels are; computed once for a recording. */
  Sensors of(List<Channel> channels) throws SampleException {
    double[][] places = new double[positions.equals("none") ? 0 : channels.size()][];
    for (int i = 0; i < places.length; i++) {
      places[i] = place(channels.get(i));
    }
    if (positions.equals("normalized")) {
      Set<ChannelKind> coils = Set.of(ChannelKind.MAG, ChannelKind.GRAD, ChannelKind.REF_MEG);
      normalize(places, channels.stream().map(c -> coils.contains(c.kind())).toList(), true);
      normalize(places, channels.stream().map(c -> coils.contains(c.kind())).toList(), false);
    }
    int[] numbers = new int[types ? channels.size() : 0];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = kinds.indexOf(channels.get(i).kind());
      if (numbers[i] < 0) {
        throw reject(
            "Cannot type channel "
                + channels.get(i).name()
                + ": its kind "
                + channels.get(i).kind().id()
                + " is not one of sensors.kinds");
      }
    }
    return new Sensors(places, numbers);
  }

  private double[] place(Channel channel) throws SampleException {
    double[] place = StandardPositions.of(channel);
    if (place.length == 6) {
      return place;
    }
    if (zero) {
      return new double[6];
    }
    throw reject(
        "Cannot place channel "
            + channel.name()
            + ": the file has no position and its name is no 10-05 electrode (rename it, or use"
            + " sensors.unknown: zero)");
  }

  private static SampleException reject(String message) {
    return SampleException.of(Phase.FRONTEND, RejectCode.UNSUPPORTED_FORMAT, message);
  }

  private static void normalize(double[][] places, List<Boolean> isCoil, boolean coils) {
    double[] mean = new double[3];
    int count = 0;
    for (int i = 0; i < places.length; i++) {
      if (isCoil.get(i) == coils) {
        for (int axis = 0; axis < 3; axis++) {
          mean[axis] += places[i][axis];
        }
        count++;
      }
    }
    double square = 0;
    for (int i = 0; i < places.length; i++) {
      if (isCoil.get(i) == coils) {
        for (int axis = 0; axis < 3; axis++) {
          places[i][axis] -= mean[axis] / count;
          square += places[i][axis] * places[i][axis];
        }
      }
    }
    double scale = Math.sqrt(3 * square / count);
    for (int i = 0; i < places.length; i++) {
      if (isCoil.get(i) == coils && scale > 0) {
        for (int axis = 0; axis < 3; axis++) {
          places[i][axis] /= scale;
        }
      }
    }
  }

  /** The inputs of the rows from {@code first} to before {@code last}. */
  static SortedMap<String, Features> inputs(
      Sensors sensors, int first, int last, boolean perChannel) {
    SortedMap<String, Features> inputs = new TreeMap<>();
    if (sensors.places().length > 0) {
      float[] flat = new float[(last - first) * 6];
      for (int i = 0; i < flat.length; i++) {
        flat[i] = (float) sensors.places()[first + i / 6][i % 6];
      }
      inputs.put(
          POSITIONS,
          perChannel ? new FloatFeatures(flat, 6) : new FloatFeatures(flat, last - first, 6));
    }
    if (sensors.kinds().length > 0) {
      int[] flat = Arrays.copyOfRange(sensors.kinds(), first, last);
      inputs.put(TYPES, perChannel ? new IntFeatures(flat) : new IntFeatures(flat, flat.length));
    }
    return inputs;
  }
}
