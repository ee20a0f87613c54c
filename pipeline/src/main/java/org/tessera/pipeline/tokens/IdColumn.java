package org.tessera.pipeline.tokens;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Dictionary;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ValuesType;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.column.values.ValuesReader;

/**
 * The lists of 32-bit ids in one column chunk, row by row, without boxing. Reads what any Parquet
 * writer wrote: lists of one level, all encodings. Not thread-safe.
 */
final class IdColumn {
  private final ColumnDescriptor column;
  private final PageReader pages;
  private final int[] dictionary;
  private final boolean identity;
  private final Dictionary pageDictionary;
  private final HybridDecoder decoder = new HybridDecoder();

  private int[] repetition = new int[0];
  private int[] definition = new int[0];
  private int[] values = new int[0];
  private int levels;
  private int level;
  private int value;

  private int[] ids = new int[0];
  private int from;
  private int to;

  IdColumn(ColumnDescriptor column, PageReader pages) throws IOException {
    if (column.getMaxRepetitionLevel() != 1) {
      throw new IllegalArgumentException(
          "Cannot read column " + Arrays.toString(column.getPath()) + ": it is not a list");
    }
    this.column = column;
    this.pages = pages;
    DictionaryPage page = pages.readDictionaryPage();
    pageDictionary = page == null ? null : page.getEncoding().initDictionary(column, page);
    dictionary = new int[page == null ? 0 : page.getDictionarySize()];
    boolean same = true;
    for (int i = 0; i < dictionary.length; i++) {
      dictionary[i] = pageDictionary.decodeToInt(i);
      same &= dictionary[i] == i;
    }
    identity = same;
  }

  /** Goes to the next row's list; there must be one. */
  void next() throws IOException {
    if (level == levels && !readPage()) {
      throw new IOException("Cannot read ids: the column ends before the last row");
    }
    if (repetition[level] != 0) {
      throw new IOException("Cannot read ids: a page begins within a row of another page");
    }
    from = value;
    take();
    while (level < levels && repetition[level] != 0) {
      take();
    }
    to = value;
    ids = values;
    if (level == levels) {
      joinPages();
    }
  }

  /** Where the ids are: do not change it, and do not keep it beyond {@link #next}. */
  int[] ids() {
    return ids;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  private void take() {
    if (definition[level] == column.getMaxDefinitionLevel()) {
      value++;
    } else if (definition[level] == column.getMaxDefinitionLevel() - 1
        && column
            .getPrimitiveType()
            .isRepetition(org.apache.parquet.schema.Type.Repetition.OPTIONAL)) {
      throw new IllegalArgumentException("Cannot read ids: there is a null among them");
    }
    level++;
  }

  /** Writers may let a row's list go on in the next page; its parts are put together. */
  private void joinPages() throws IOException {
    int[] head = null;
    while (readPage() && levels > 0 && repetition[0] != 0) {
      if (head == null) {
        head = Arrays.copyOfRange(ids, from, to);
      }
      while (level < levels && repetition[level] != 0) {
        take();
      }
      int[] longer = Arrays.copyOf(head, head.length + value);
      System.arraycopy(values, 0, longer, head.length, value);
      head = longer;
      if (level < levels) {
        break;
      }
    }
    if (head != null) {
      ids = head;
      from = 0;
      to = head.length;
    }
  }

  /** Decodes the next page; the ids of the row before stay where they are. */
  private boolean readPage() throws IOException {
    DataPage page = pages.readPage();
    if (page == null) {
      level = 0;
      levels = 0;
      return false;
    }
    levels = page.getValueCount();
    level = 0;
    value = 0;
    repetition = grown(repetition, levels);
    definition = grown(definition, levels);
    values = new int[levels + 32];
    if (page instanceof DataPageV1 v1) {
      readV1(v1);
    } else {
      readV2((DataPageV2) page);
    }
    return true;
  }

  private static int[] grown(int[] array, int size) {
    return array.length >= size ? array : new int[size];
  }

  private void readV1(DataPageV1 page) throws IOException {
    if (page.getRlEncoding() != Encoding.RLE || page.getDlEncoding() != Encoding.RLE) {
      throw new IOException("Cannot read ids: levels are not run-length encoded");
    }
    byte[] bytes = page.getBytes().toByteArray();
    int position = levels(bytes, 0, column.getMaxRepetitionLevel(), repetition);
    position = levels(bytes, position, column.getMaxDefinitionLevel(), definition);
    readValues(page.getValueEncoding(), bytes, position);
  }

  /** Levels with their length before them; returns where they end. */
  private int levels(byte[] bytes, int from, int max, int[] out) throws IOException {
    if (max == 0) {
      Arrays.fill(out, 0, levels, 0);
      return from;
    }
    int length = BytesUtils.readIntLittleEndian(ByteBuffer.wrap(bytes), from);
    int start = from + 4;
    decoder.decode(bytes, start, start + length, BytesUtils.getWidthFromMaxInt(max), out, levels);
    return start + length;
  }

  private void readV2(DataPageV2 page) throws IOException {
    levels(page.getRepetitionLevels(), column.getMaxRepetitionLevel(), repetition);
    levels(page.getDefinitionLevels(), column.getMaxDefinitionLevel(), definition);
    readValues(page.getDataEncoding(), page.getData().toByteArray(), 0);
  }

  private void levels(BytesInput input, int max, int[] out) throws IOException {
    if (max == 0) {
      Arrays.fill(out, 0, levels, 0);
      return;
    }
    byte[] bytes = input.toByteArray();
    decoder.decode(bytes, 0, bytes.length, BytesUtils.getWidthFromMaxInt(max), out, levels);
  }

  private void readValues(Encoding encoding, byte[] bytes, int position) throws IOException {
    int count = 0;
    for (int i = 0; i < levels; i++) {
      count += definition[i] == column.getMaxDefinitionLevel() ? 1 : 0;
    }
    if (count == 0) {
      return;
    }
    if (encoding.usesDictionary()) {
      decoder.decode(bytes, position + 1, bytes.length, bytes[position], values, count);
      if (!identity) {
        for (int i = 0; i < count; i++) {
          values[i] = dictionary[values[i]];
        }
      }
      return;
    }
    ValuesReader reader = encoding.getValuesReader(column, ValuesType.VALUES);
    reader.initFromPage(
        count,
        ByteBufferInputStream.wrap(ByteBuffer.wrap(bytes, position, bytes.length - position)));
    for (int i = 0; i < count; i++) {
      values[i] = reader.readInteger();
    }
  }
}
