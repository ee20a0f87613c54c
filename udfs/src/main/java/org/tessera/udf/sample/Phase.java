package org.tessera.udf.sample;

import java.util.Locale;

/** Where in its way from object to tokens a sample was rejected. */
public enum Phase {
  FETCH,
  CONTAINER,
  DECODE,
  FRONTEND,
  ENCODE;

  /** The name in tables, e.g. {@code decode}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
