package org.tessera.udf.eeg;

import java.util.ArrayList;
import java.util.List;
import org.tessera.udf.eeg.read.Annotation;

/**
 * The annotations of a recording under a window that moves forward: each annotation is looked at
 * while it lasts, not for every window. Not thread-safe.
 */
final class AnnotationTrack {
  /** So many annotations of one window are kept; a file that has more there is no description. */
  private static final int MOST = 1000;

  private final List<Annotation> annotations;
  private final List<Annotation> lasting = new ArrayList<>();
  private int next;

  /**
   * A track before its first window.
   *
   * @param annotations in order of their onset
   */
  AnnotationTrack(List<Annotation> annotations) {
    this.annotations = annotations;
  }

  /**
   * The annotations that touch a window, in order of their onset.
   *
   * @param startS the window's start; never before that of the last call
   */
  List<Annotation> touching(double startS, double endS) {
    while (next < annotations.size() && annotations.get(next).onsetS() < endS) {
      lasting.add(annotations.get(next++));
    }
    lasting.removeIf(annotation -> !annotation.touches(startS, Double.POSITIVE_INFINITY));
    List<Annotation> touching = new ArrayList<>();
    for (Annotation annotation : lasting) {
      if (annotation.touches(startS, endS) && touching.size() < MOST) {
        touching.add(annotation);
      }
    }
    return touching;
  }
}
