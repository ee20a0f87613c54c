package org.tessera.jobs;

/** The exit codes of every command. */
public final class ExitCodes {
  /** All is well. */
  public static final int OK = 0;

  /** The command failed; the message says why. */
  public static final int FAILED = 1;

  /** The arguments or the configuration are wrong. */
  public static final int USAGE = 2;

  /** Too many samples were rejected. */
  public static final int REJECT_LIMIT = 3;

  /** The data are not what they should be. */
  public static final int NOT_VERIFIED = 4;

  /** Ctrl-C, as shells say it: 128 and the number of the signal. */
  public static final int INTERRUPTED = 130;

  private ExitCodes() {}
}
