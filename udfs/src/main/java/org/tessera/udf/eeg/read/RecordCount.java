package org.tessera.udf.eeg.read;

/**
 * What to do when the number of data records in an EDF header, or of samples in a BrainVision one,
 * is not what the file holds.
 */
public enum RecordCount {
  /** Reject the file; -1 (a recording that was not closed) still means all whole records. */
  STRICT,
  /** Read all whole records or samples, as MNE does. */
  INFER
}
