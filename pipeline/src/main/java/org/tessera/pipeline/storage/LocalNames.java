package org.tessera.pipeline.storage;

import java.nio.charset.Charset;

/**
 * The character set in which this process can name local files: the locale's, which Java takes when
 * it starts and cannot change. In the POSIX locale it is ASCII, and Java and Hadoop show a file of
 * another name as one that does not exist.
 */
public final class LocalNames {
  /** What to do where a name cannot be written. */
  public static final String ADVICE =
      "start it with LC_ALL=C.UTF-8, and executors with spark.executorEnv.LC_ALL=C.UTF-8";

  private static final char UNREADABLE = '\uFFFD';

  private LocalNames() {}

  /** The character set's name, e.g. {@code UTF-8}. */
  public static String charset() {
    return System.getProperty("sun.jnu.encoding", "UTF-8");
  }

  /** Whether this process can name any file. */
  public static boolean allCanBeWritten() {
    return Charset.forName(charset()).newEncoder().canEncode("\u00fc\u65e5");
  }

  /** Whether a name was read that the character set does not know. */
  public static boolean isUnreadable(String name) {
    return name.indexOf(UNREADABLE) >= 0;
  }

  /** An unreadable name as the character set can write it: a question mark for each lost byte. */
  public static String shown(String name) {
    return name.replace(UNREADABLE, '?');
  }
}
