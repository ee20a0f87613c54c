package org.tessera.udf.encode;

import java.util.concurrent.atomic.LongAdder;

/** Where the time of encoding went, in nanoseconds of the threads that did it. Thread-safe. */
public final class EncodeTimes {
  /** Reading bytes. */
  public final LongAdder fetch = new LongAdder();

  /** Hashing and decoding the content, and the front-end. */
  public final LongAdder decode = new LongAdder();

  /** Running the model, with the copy into its tensors. */
  public final LongAdder infer = new LongAdder();

  /** The task thread waiting for decoded files or for the model. */
  public final LongAdder wait = new LongAdder();

  /** Bytes of content read. */
  public final LongAdder bytes = new LongAdder();

  /** Model calls. */
  public final LongAdder batches = new LongAdder();

  /** Ids that were made again, of one sample alone, to see whether the batch matters. */
  public final LongAdder checkedIds = new LongAdder();

  /** Those of them that came out otherwise. */
  public final LongAdder differingIds = new LongAdder();

  /** Seconds of signal encoded, in microseconds. */
  public final LongAdder signalMicros = new LongAdder();
}
