package org.tessera.model.engine;

/**
 * Something that a check of a model or bundle found. Immutable and thread-safe.
 *
 * @param severity how bad it is
 * @param place where: a file, a field of the manifest, or a node of a graph
 * @param message what, and what to do
 */
public record Finding(Severity severity, String place, String message) {
  /** How bad a finding is. */
  public enum Severity {
    /** The bundle must not be used as it is. */
    ERROR,
    /** It can be used, but someone should look. */
    WARNING
  }

  /** A finding that forbids the use. */
  public static Finding error(String place, String message) {
    return new Finding(Severity.ERROR, place, message);
  }

  /** A finding that someone should look at. */
  public static Finding warning(String place, String message) {
    return new Finding(Severity.WARNING, place, message);
  }

  public boolean isError() {
    return severity == Severity.ERROR;
  }

  @Override
  public String toString() {
    return severity.name().toLowerCase(java.util.Locale.ROOT) + ": " + place + ": " + message;
  }
}
