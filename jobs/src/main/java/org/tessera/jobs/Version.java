package org.tessera.jobs;

import picocli.CommandLine.IVersionProvider;

/** The product's version, from the jar's manifest. */
public final class Version implements IVersionProvider {
  /** The version, e.g. {@code 0.1.0}. */
  public static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"tessera " + current()};
  }
}
