package org.tessera.pipeline.read;

import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;
import org.tessera.udf.container.SourceStream;
import org.tessera.udf.sample.ByteSource;

/** A source as a file that Parquet reads. */
final class SourceInputFile implements InputFile {
  private final ByteSource source;

  SourceInputFile(ByteSource source) {
    this.source = source;
  }

  @Override
  public long getLength() {
    return source.size();
  }

  @Override
  public SeekableInputStream newStream() {
    SourceStream stream = new SourceStream(source);
    return new DelegatingSeekableInputStream(stream) {
      @Override
      public long getPos() {
        return stream.position();
      }

      @Override
      public void seek(long position) {
        stream.seek(position);
      }
    };
  }
}
