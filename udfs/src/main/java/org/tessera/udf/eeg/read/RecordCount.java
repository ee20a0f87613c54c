package org.tessera.udf.eeg.read;

/** What to do when an EDF header's number of data records is not what the file holds. */
public enum RecordCount {
  /** Reject the file; -1 (a recording that was not closed) still means all whole records. */
  STRICT,
  /** Read all whole records, as MNE does. */
  INFER
}
