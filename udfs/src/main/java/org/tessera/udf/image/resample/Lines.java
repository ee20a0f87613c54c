package org.tessera.udf.image.resample;

/** Rows of an image as numbers of 0 to 255, made when they are asked for, in rising order. */
interface Lines {
  /** How many numbers a row has. */
  int length();

  /** Writes a row's numbers. */
  void load(int y, int[] row);
}
