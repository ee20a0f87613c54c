package org.tessera.udf.eeg.read;

import java.util.Optional;

/** A MATLAB struct array, whichever kind of file it stands in. Elements count from 0. */
interface MatStruct {
  /** The number of elements. */
  int size();

  /** The text of a field; empty when it is absent or no text. */
  String text(String field, int element);

  /** The first number of a field; NaN when it is absent, empty or no number. */
  double number(String field, int element);

  /** The struct array in a field of element 0. */
  Optional<MatStruct> struct(String field);

  /** The numbers in a field of element 0. */
  Optional<Numbers> numbers(String field);

  /** A numeric array in column-major order. */
  interface Numbers {
    /** The extents. */
    int[] extents();

    double get(int index);
  }
}
