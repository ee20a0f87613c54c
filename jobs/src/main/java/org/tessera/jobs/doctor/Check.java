package org.tessera.jobs.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One thing that was looked at: it is well, or something should be changed. Immutable.
 *
 * @param name what was looked at, e.g. {@code memory}
 * @param state how it is
 * @param found what was found
 * @param change what to do about it; empty when it is well
 */
public record Check(String name, State state, String found, String change) {
  /** How a thing is. */
  public enum State {
    /** Ready. */
    OK,
    /** Runs, and could run better. */
    NOTE,
    /** Does not run until it is changed. */
    CHANGE
  }

  /** All is well. */
  public static Check ok(String name, String found) {
    return new Check(name, State.OK, found, "");
  }

  /** It runs; the advice makes it run better. */
  public static Check note(String name, String found, String advice) {
    return new Check(name, State.NOTE, found, advice);
  }

  /** It does not run. */
  public static Check change(String name, String found, String change) {
    return new Check(name, State.CHANGE, found, change);
  }

  /** As JSON. */
  public ObjectNode toNode() {
    return new ObjectMapper()
        .createObjectNode()
        .put("check", name)
        .put("state", state.name().toLowerCase(java.util.Locale.ROOT))
        .put("found", found)
        .put("change", change);
  }

  static Check fromNode(JsonNode node) {
    return new Check(
        node.path("check").asText(),
        State.valueOf(node.path("state").asText().toUpperCase(java.util.Locale.ROOT)),
        node.path("found").asText(),
        node.path("change").asText());
  }

  /** One line: name, state, what was found, and what to change. */
  public String line() {
    String advice = change.isEmpty() ? "" : " - " + change;
    return String.format(
        "%-12s %-7s %s%s", name, state == State.OK ? "ok" : state.name(), found, advice);
  }
}
