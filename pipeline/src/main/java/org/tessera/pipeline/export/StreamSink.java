package org.tessera.pipeline.export;

import java.io.IOException;
import java.io.OutputStream;

/** A shard that is one stream. */
abstract class StreamSink implements ShardSink {
  private final OutputStream stream;

  StreamSink(OutputStream stream) {
    this.stream = stream;
  }

  @Override
  public String finish() throws IOException {
    stream.close();
    return "";
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
