package org.tessera.pipeline.read;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.tessera.udf.container.Containers;
import org.tessera.udf.sample.HeapSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RawSample;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/**
 * The samples of a Parquet file with a column of file contents, as Hugging Face datasets have it: a
 * struct of {@code bytes} and {@code path}, or a binary column. The other plain columns are passed
 * through. A sample's member name is its path where there is one, else a key column, else its row
 * number. Memory is bounded by a row group. Not thread-safe.
 */
final class ParquetSamples implements Containers.Samples {
  private final Containers.Place place;
  private final Limits limits;
  private final RowGroups groups;
  private final MessageType schema;
  private final ContentColumn column;
  private final MessageColumnIO columnIo;
  private final Set<String> seen = new HashSet<>();
  private RecordReader<Group> records;
  private long left;
  private long row;
  private RawSample ahead;
  private boolean ended;

  /**
   * Opens a file.
   *
   * @throws SampleException when it is damaged or has no column of contents
   * @throws IOException when the storage failed
   */
  ParquetSamples(Containers.Place place, InputFile file, Limits limits)
      throws SampleException, IOException {
    this.place = place;
    this.limits = limits;
    this.groups = new RowGroups(file, limits);
    try {
      this.schema = groups.schema();
      this.column = ContentColumn.of(schema);
      this.columnIo = groups.run(() -> new ColumnIOFactory().getColumnIO(schema));
    } catch (SampleException | IOException | RuntimeException e) {
      groups.close();
      throw e;
    }
  }

  @Override
  public boolean hasNext() {
    while (ahead == null && !ended) {
      ahead = read();
    }
    return ahead != null;
  }

  @Override
  public RawSample next() {
    if (!hasNext()) {
      throw new NoSuchElementException("Cannot take another row of " + place.uri());
    }
    RawSample sample = ahead;
    ahead = null;
    return sample;
  }

  @Override
  public void close() {
    try {
      groups.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot close " + place.uri() + ": " + e.getMessage(), e);
    }
  }

  private RawSample read() {
    try {
      while (left == 0) {
        PageReadStore pages = groups.next();
        if (pages == null) {
          ended = true;
          return row == 0 ? bad(empty()) : null;
        }
        records =
            groups.run(() -> columnIo.getRecordReader(pages, new GroupRecordConverter(schema)));
        left = pages.getRowCount();
      }
      left--;
      row++;
      return groups.run(() -> sample(records.read()));
    } catch (SampleException e) {
      ended = true;
      return bad(e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + place.uri() + ": " + e.getMessage(), e);
    }
  }

  private RawSample sample(Group group) {
    SortedMap<String, String> labels = new TreeMap<>(place.labels());
    column.passThrough(group, labels);
    String name = unique(column.name(group, row - 1));
    byte[] content = column.content(group);
    return new RowSample(name, content, labels);
  }

  private String unique(String name) {
    String candidate = name;
    for (int i = 2; !seen.add(candidate); i++) {
      candidate = name + "#" + i;
    }
    return place.prefix() + candidate;
  }

  private RawSample bad(SampleException damage) {
    return Containers.bad(place, damage).next();
  }

  private static SampleException empty() {
    return SampleException.of(
        Phase.CONTAINER, RejectCode.EMPTY, "Cannot use a Parquet file without rows");
  }

  /** One row. */
  private final class RowSample implements RawSample {
    private final String name;
    private final byte[] content;
    private final SortedMap<String, String> labels;

    RowSample(String name, byte[] content, SortedMap<String, String> labels) {
      this.name = name;
      this.content = content;
      this.labels = java.util.Collections.unmodifiableSortedMap(labels);
    }

    @Override
    public String uri() {
      return place.uri();
    }

    @Override
    public String member() {
      return name;
    }

    @Override
    public long sizeHint() {
      return content.length;
    }

    @Override
    public SortedMap<String, String> labels() {
      return labels;
    }

    @Override
    public Fetched fetch() throws SampleException {
      if (content.length == 0) {
        throw SampleException.of(
            Phase.FETCH, RejectCode.EMPTY, "Cannot use a row without content (null or 0 bytes)");
      }
      Limits.checkBytes(content.length, limits.bytes());
      String file = name.substring(name.lastIndexOf('/') + 1);
      SampleInput input =
          new SampleInput(file, new HeapSource(content), SampleInput.Companions.NONE);
      return Fetched.of(input, () -> {});
    }
  }
}
