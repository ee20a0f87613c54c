package org.tessera.pipeline.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.model.tokenizer.TokenizerOptions;
import org.tessera.model.tokenizer.Tokenizers;
import org.tessera.udf.encode.ComputePool;
import org.tessera.udf.encode.EncodeOptions;
import org.tessera.udf.encode.EncodeTimes;
import org.tessera.udf.encode.SampleEncoder;
import org.tessera.udf.encode.SampleOutcome;
import org.tessera.udf.modality.FrontEnds;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.RawSample;
import org.tessera.udf.sample.SampleInput;

/**
 * Memory does not grow with the corpus: fifty thousand samples, one in ten of them broken, in more
 * than ten thousand model calls, need what one thousand need.
 */
@Tag("soak")
class EncoderSoakTest {
  private static final int SAMPLES = 50_000;
  private static final int FIRST = 1_000;

  /**
   * What compiled code and the allocator's arenas still take after a thousand samples. A kilobyte
   * of each sample that stayed would be more.
   */
  private static final long WARMING_UP = 45L << 20;

  @TempDir private Path temp;

  /**
   * Resident memory of this process, from the kernel.
   *
   * @param nativeBytes outside the Java heap, which grows and shrinks as the collector likes
   * @param usedHeapBytes what is reachable, after a collection
   */
  private record Memory(long nativeBytes, long usedHeapBytes) {
    /** HotSpot places a heap of less than 32 GB right below this address. */
    private static final long HEAP_END = 0x8_0000_0000L;

    static Memory now() throws Exception {
      System.gc();
      long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
      long heapStart = HEAP_END - Runtime.getRuntime().maxMemory();
      long heap = 0;
      long all = 0;
      boolean inHeap = false;
      for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
        if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
          long start = Long.parseUnsignedLong(line.substring(0, line.indexOf('-')), 16);
          inHeap = start >= heapStart && start < HEAP_END;
        } else if (line.startsWith("Rss:")) {
          long bytes = Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
          all += bytes;
          heap += inHeap ? bytes : 0;
        }
      }
      assertThat(heap).as("the Java heap, where it is expected").isGreaterThan(used / 2);
      return new Memory(all - heap, used);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void memoryStaysWhereItWas() throws Exception {
    List<byte[]> files = files();
    ExecutorService fetchers = Executors.newFixedThreadPool(2);
    EncodeTimes times = new EncodeTimes();
    EncodeOptions defaults = EncodeOptions.DEFAULT;
    EncodeOptions options =
        new EncodeOptions(
            4,
            defaults.windowSamples(),
            defaults.windowBytes(),
            defaults.chunkSegments(),
            defaults.timeoutMillis());
    try (Bundle bundle = Bundle.open(TinyImageBundle.write(temp.resolve("tiny"), "tiny"));
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        ComputePool pool = new ComputePool(2);
        SampleEncoder encoder =
            new SampleEncoder(
                samples(files),
                FrontEnds.of(bundle.manifest(), Limits.DEFAULT),
                tokenizer,
                pool,
                fetchers,
                options,
                times)) {
      int tokenized = take(encoder, FIRST);
      Memory before = Memory.now();
      tokenized += take(encoder, SAMPLES - FIRST);
      Memory after = Memory.now();

      assertThat(encoder.hasNext()).isFalse();
      assertThat(tokenized).isEqualTo(SAMPLES / 10 * 9);
      assertThat(times.batches.sum()).isGreaterThan(10_000);
      assertThat(after.nativeBytes() - before.nativeBytes()).isLessThan(WARMING_UP);
      assertThat(after.usedHeapBytes() - before.usedHeapBytes()).isLessThan(8 << 20);
    } finally {
      fetchers.shutdownNow();
    }
  }

  private static int take(SampleEncoder encoder, int count) {
    int tokenized = 0;
    for (int i = 0; i < count; i++) {
      SampleOutcome outcome = encoder.next();
      tokenized += outcome.isTokenized() ? 1 : 0;
    }
    return tokenized;
  }

  /** Ten files, the last one cut off. */
  private static List<byte[]> files() throws Exception {
    List<byte[]> files = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      BufferedImage image = new BufferedImage(40, 36, BufferedImage.TYPE_INT_RGB);
      for (int x = 0; x < 40; x++) {
        for (int y = 0; y < 36; y++) {
          image.setRGB(x, y, new Color(x * 5, y * 7, i * 20).getRGB());
        }
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      ImageIO.write(image, i % 2 == 0 ? "png" : "jpg", bytes);
      byte[] content = bytes.toByteArray();
      files.add(i < 9 ? content : java.util.Arrays.copyOf(content, 30));
    }
    return files;
  }

  private static Iterator<RawSample> samples(List<byte[]> files) {
    return IntStream.range(0, SAMPLES)
        .<RawSample>mapToObj(i -> new HeapSample("memory:/" + i, files.get(i % files.size())))
        .iterator();
  }

  private record HeapSample(String uri, byte[] content) implements RawSample {
    @Override
    public String member() {
      return "";
    }

    @Override
    public long sizeHint() {
      return content.length;
    }

    @Override
    public SortedMap<String, String> labels() {
      return Collections.emptySortedMap();
    }

    @Override
    public Fetched fetch() {
      return Fetched.of(SampleInput.of(uri, content), () -> {});
    }
  }
}
