package org.tessera.pipeline.export;

import java.util.ArrayList;
import java.util.List;

/**
 * How multi-level ids become one sequence. Immutable and thread-safe.
 *
 * @param order the order of the ids
 * @param delays for {@link FlattenOrder#DELAY}, by how many steps each level is delayed; empty for
 *     0, 1, 2, ...
 * @param keepAxis the axis of which only the first {@code keep} are taken ({@code scale} for whole
 *     scales of a pyramid); empty to take all
 * @param keep how many are taken, at least 1
 * @param separatorAxis the axis after each index of which a separator follows, e.g. {@code row} or
 *     {@code scale}; empty for none
 */
public record FlattenSpec(
    FlattenOrder order, List<Integer> delays, String keepAxis, int keep, String separatorAxis) {
  /** The name of a pyramid's scales where an axis is asked for. */
  public static final String SCALE = "scale";

  public FlattenSpec {
    delays = List.copyOf(delays);
    if (delays.stream().anyMatch(delay -> delay < 0)) {
      throw new IllegalArgumentException(
          "Cannot flatten with delays " + delays + " (give steps of at least 0)");
    }
    if (!delays.isEmpty() && order != FlattenOrder.DELAY) {
      throw new IllegalArgumentException(
          "Cannot flatten " + order.id() + " with delays " + delays + " (choose the order delay)");
    }
    if (!keepAxis.isEmpty() && keep < 1) {
      throw new IllegalArgumentException(
          "Cannot keep " + keep + " of " + keepAxis + " (keep at least 1)");
    }
    if (!separatorAxis.isEmpty()
        && (order == FlattenOrder.LEVEL_MAJOR || order == FlattenOrder.DELAY)) {
      throw new IllegalArgumentException(
          "Cannot separate each "
              + separatorAxis
              + " of the order "
              + order.id()
              + " (choose row-major, interleaved or scales)");
    }
  }

  /** Only an order. */
  public static FlattenSpec of(FlattenOrder order) {
    return new FlattenSpec(order, List.of(), "", 0, "");
  }

  /** The same, of the first {@code count} along an axis only. */
  public FlattenSpec keeping(String axis, int count) {
    return new FlattenSpec(order, delays, axis, count, separatorAxis);
  }

  /** The same with a separator after each index of an axis. */
  public FlattenSpec separating(String axis) {
    return new FlattenSpec(order, delays, keepAxis, keep, axis);
  }

  /**
   * Reads the form of options: {@code ORDER[:PART[:PART]]}, where a part is {@code AXIS=N} (keep
   * the first N), {@code delays=0,1,2} or {@code separate=AXIS}.
   *
   * @throws IllegalArgumentException when it is not one
   */
  public static FlattenSpec parse(String text) {
    String[] parts = text.split(":", -1);
    FlattenSpec spec = of(FlattenOrder.of(parts[0]));
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      String name = equals < 0 ? parts[i] : parts[i].substring(0, equals);
      String value = equals < 0 ? "" : parts[i].substring(equals + 1);
      if (name.isEmpty() || value.isEmpty()) {
        throw new IllegalArgumentException(
            "Cannot read "
                + text
                + ": "
                + parts[i]
                + " is not a part (give level=N, delays=0,1,... or separate=AXIS)");
      }
      spec =
          switch (name) {
            case "delays" -> spec.delayed(numbers(text, value));
            case "separate" -> spec.separating(value);
            default -> spec.keeping(name, numbers(text, value).get(0));
          };
    }
    return spec;
  }

  private FlattenSpec delayed(List<Integer> steps) {
    return new FlattenSpec(order, steps, keepAxis, keep, separatorAxis);
  }

  private static List<Integer> numbers(String text, String value) {
    List<Integer> numbers = new ArrayList<>();
    for (String number : value.split(",", -1)) {
      try {
        numbers.add(Integer.valueOf(number));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "Cannot read " + text + ": " + number + " is not a whole number", e);
      }
    }
    return numbers;
  }

  /** The form of options. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(order.id());
    if (!keepAxis.isEmpty()) {
      text.append(':').append(keepAxis).append('=').append(keep);
    }
    if (!delays.isEmpty()) {
      text.append(":delays=")
          .append(String.join(",", delays.stream().map(String::valueOf).toList()));
    }
    if (!separatorAxis.isEmpty()) {
      text.append(":separate=").append(separatorAxis);
    }
    return text.toString();
  }
}
