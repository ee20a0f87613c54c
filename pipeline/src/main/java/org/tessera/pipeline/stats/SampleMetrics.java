package org.tessera.pipeline.stats;

import com.github.luben.zstd.Zstd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;

/** What is measured on the sample of rows only: compression of the ids, and entropy within rows. */
public final class SampleMetrics {
  private static final int ZLIB_LEVEL = 6;
  private static final int ZSTD_LEVEL = 3;

  private SampleMetrics() {}

  /** The metrics of one slot by name; none when the sample has no ids of it. */
  public static Map<String, Double> of(RowSample sample, SlotLayout layout, int slot) {
    List<int[]> sequences = new ArrayList<>();
    long total = 0;
    for (RowSample.Row row : sample.rows()) {
      int[] ids = layout.sequences(row.ids(), 0, row.ids().length, row.shape())[slot];
      sequences.add(ids);
      total += ids.length;
    }
    Map<String, Double> metrics = new LinkedHashMap<>();
    if (total == 0) {
      return metrics;
    }
    byte[] packed = pack(sequences, layout.radix(slot), Math.toIntExact(total));
    metrics.put("sample_tokens", (double) total);
    metrics.put("zlib_bits_per_token", 8.0 * zlib(packed) / total);
    metrics.put("zstd_bits_per_token", 8.0 * Zstd.compress(packed, ZSTD_LEVEL).length / total);
    itemEntropy(sequences, metrics);
    return metrics;
  }

  /** The ids as little-endian numbers of 1, 2 or 4 bytes, whichever is enough; -1 is all ones. */
  private static byte[] pack(List<int[]> sequences, int radix, int total) {
    int width = radix <= 1 << 8 ? 1 : radix <= 1 << 16 ? 2 : 4;
    byte[] packed = new byte[Math.multiplyExact(total, width)];
    int at = 0;
    for (int[] ids : sequences) {
      for (int id : ids) {
        for (int i = 0; i < width; i++) {
          packed[at++] = (byte) (id >>> 8 * i);
        }
      }
    }
    return packed;
  }

  private static long zlib(byte[] bytes) {
    Deflater deflater = new Deflater(ZLIB_LEVEL);
    try {
      deflater.setInput(bytes);
      deflater.finish();
      byte[] out = new byte[1 << 16];
      while (!deflater.finished()) {
        deflater.deflate(out);
      }
      return deflater.getBytesWritten();
    } finally {
      deflater.end();
    }
  }

  /** Mean and standard deviation over rows of the entropy of a row's own ids. */
  private static void itemEntropy(List<int[]> sequences, Map<String, Double> metrics) {
    double sum = 0;
    double squares = 0;
    int rows = 0;
    for (int[] ids : sequences) {
      if (ids.length > 0) {
        double bits = entropy(ids);
        sum += bits;
        squares += bits * bits;
        rows++;
      }
    }
    double mean = sum / rows;
    metrics.put("item_entropy_mean", mean);
    metrics.put("item_entropy_sd", Math.sqrt(Math.max(0, squares / rows - mean * mean)));
  }

  private static double entropy(int[] ids) {
    int[] sorted = ids.clone();
    Arrays.sort(sorted);
    Frequencies frequencies = new Frequencies();
    int start = 0;
    for (int i = 1; i <= sorted.length; i++) {
      if (i == sorted.length || sorted[i] != sorted[start]) {
        frequencies.add(i - start, 1);
        start = i;
      }
    }
    return frequencies.entropy();
  }
}
