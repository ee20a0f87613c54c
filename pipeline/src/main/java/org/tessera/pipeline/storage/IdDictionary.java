package org.tessera.pipeline.storage;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.parquet.bytes.ByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.column.values.dictionary.DictionaryValuesWriter;
import org.apache.parquet.column.values.dictionary.IntList;
import org.apache.parquet.column.values.factory.DefaultV1ValuesWriterFactory;
import org.apache.parquet.column.values.factory.ValuesWriterFactory;
import org.apache.parquet.column.values.fallback.FallbackValuesWriter;
import org.apache.parquet.column.values.plain.PlainValuesWriter;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * Parquet's dictionary encoding for ids: small whole numbers, which find their place in the
 * dictionary by an array instead of a hash table. The pages are those that Parquet's own writer
 * makes. Not thread-safe.
 */
final class IdDictionary extends DictionaryValuesWriter {
  /** Values below find their place in the array; it grows as they come. */
  private static final int DIRECT = 1 << 20;

  /** Fill ids and the like. */
  private static final int LEAST = -128;

  private final Map<Integer, Integer> others = new HashMap<>();
  private int[] places = new int[1 << 10];
  private int[] dictionary = new int[1 << 10];
  private int size;

  private IdDictionary(int maxBytes, ByteBufferAllocator allocator) {
    super(maxBytes, Encoding.PLAIN_DICTIONARY, Encoding.PLAIN_DICTIONARY, allocator);
  }

  /** Parquet's encodings, with this one for lists of 32-bit whole numbers. */
  static ValuesWriterFactory factory() {
    DefaultV1ValuesWriterFactory usual = new DefaultV1ValuesWriterFactory();
    return new ValuesWriterFactory() {
      private ParquetProperties properties;

      @Override
      public void initialize(ParquetProperties given) {
        properties = given;
        usual.initialize(given);
      }

      @Override
      public ValuesWriter newValuesWriter(ColumnDescriptor column) {
        if (column.getPrimitiveType().getPrimitiveTypeName() != PrimitiveTypeName.INT32
            || column.getMaxRepetitionLevel() == 0
            || !properties.isDictionaryEnabled(column)) {
          return usual.newValuesWriter(column);
        }
        ByteBufferAllocator allocator = properties.getAllocator();
        int most = properties.getDictionaryPageSizeThreshold();
        return FallbackValuesWriter.of(
            new IdDictionary(most, allocator),
            new PlainValuesWriter(
                properties.getInitialSlabSize(), properties.getPageSizeThreshold(), allocator));
      }
    };
  }

  @Override
  public void writeInteger(int value) {
    int at = value - LEAST;
    int place;
    if (at >= 0 && at < DIRECT) {
      if (at >= places.length) {
        places = Arrays.copyOf(places, Math.min(DIRECT, Math.max(at + 1, 2 * places.length)));
      }
      place = places[at] - 1;
      if (place < 0) {
        place = add(value);
        places[at] = size;
      }
    } else {
      Integer known = others.get(value);
      place = known == null ? add(value) : known;
      if (known == null) {
        others.put(value, place);
      }
    }
    encodedValues.add(place);
  }

  private int add(int value) {
    if (size == dictionary.length) {
      dictionary = Arrays.copyOf(dictionary, 2 * size);
    }
    dictionary[size] = value;
    dictionaryByteSize += Integer.BYTES;
    return size++;
  }

  @Override
  public boolean shouldFallBack() {
    return dictionaryByteSize > maxDictionaryByteSize;
  }

  /** The values that written pages use; null when none does. */
  @Override
  public DictionaryPage toDictPageAndClose() {
    if (lastUsedDictionarySize == 0) {
      return null;
    }
    PlainValuesWriter values =
        new PlainValuesWriter(lastUsedDictionaryByteSize, maxDictionaryByteSize, allocator);
    for (int i = 0; i < lastUsedDictionarySize; i++) {
      values.writeInteger(dictionary[i]);
    }
    return dictPage(values);
  }

  @Override
  protected int getDictionarySize() {
    return size;
  }

  @Override
  protected void clearDictionaryContent() {
    Arrays.fill(places, 0);
    others.clear();
    size = 0;
  }

  @Override
  protected void fallBackDictionaryEncodedData(ValuesWriter writer) {
    IntList.IntIterator encoded = encodedValues.iterator();
    while (encoded.hasNext()) {
      writer.writeInteger(dictionary[encoded.next()]);
    }
  }
}
