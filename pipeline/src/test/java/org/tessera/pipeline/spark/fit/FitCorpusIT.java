package org.tessera.pipeline.spark.fit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.tokenizer.Codes;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.model.tokenizer.TokenizerOptions;
import org.tessera.model.tokenizer.Tokenizers;
import org.tessera.pipeline.fit.FitInput;
import org.tessera.pipeline.fit.FitReport;
import org.tessera.pipeline.fit.FitSpec;
import org.tessera.pipeline.fit.FitSpecParser;
import org.tessera.pipeline.spark.SparkForTests;
import org.tessera.pipeline.testing.SharedData;
import org.tessera.udf.sample.SampleException;

/** The image specification on real images: quality, usage, and independence of the batch. */
@Tag("corpus")
class FitCorpusIT {
  private static final int SIZE = 256;
  private static final int LEVELS = 4;
  private static final int CODES = 1024;

  @TempDir private Path temp;

  @Test
  void imagesKeepTheirQualityAndEveryCodeIsUsed() throws Exception {
    Path corpus = SharedData.path("corpus/images");
    List<String> files;
    try (Stream<Path> tree = Files.walk(corpus)) {
      files = tree.filter(Files::isRegularFile).map(Path::toString).sorted().toList();
    }
    Path file = Path.of("../conf/tokenizers/image-patch-rvq.yaml");
    FitSpec spec = FitSpecParser.parse(file.toString(), Files.readString(file));
    FitReport report =
        FitFlow.run(
            SparkForTests.session(),
            spec,
            files.stream().map(FitInput::of).toList(),
            new ImageFilesSource(SIZE),
            FitOptions.to(temp.resolve("bundle").toString()));
    assertThat(report.results()).allSatisfy(level -> assertThat(level.used()).isEqualTo(CODES));

    try (Bundle bundle = Bundle.open(temp.resolve("bundle"));
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(2))) {
      measure(tokenizer, files);
    }
  }

  private static void measure(Tokenizer tokenizer, List<String> files) throws Exception {
    ImageFilesSource source = new ImageFilesSource(SIZE);
    List<byte[]> images = new ArrayList<>();
    for (String file : files) {
      try {
        float[] values = source.open(file).next().features().toFloats();
        byte[] image = new byte[values.length];
        for (int i = 0; i < image.length; i++) {
          image[i] = (byte) values[i];
        }
        images.add(image);
      } catch (SampleException e) {
        // Bad images are counted by the fit's own report.
      }
    }
    BitSet[] used = new BitSet[LEVELS];
    Arrays.setAll(used, level -> new BitSet());
    double psnr = 0;
    for (int start = 0; start < images.size(); start += 32) {
      List<byte[]> batch = images.subList(start, Math.min(images.size(), start + 32));
      Codes codes = encode(tokenizer, batch);
      assertThat(codes.shape()).containsExactly(LEVELS, SIZE / 8, SIZE / 8);
      int perLevel = SIZE / 8 * (SIZE / 8);
      for (int i = 0; i < codes.ids().length; i++) {
        used[i / perLevel % LEVELS].set(codes.ids()[i]);
      }
      if (start % 320 == 0) {
        int size = LEVELS * perLevel;
        for (int i = 0; i < batch.size(); i++) {
          assertThat(encode(tokenizer, batch.subList(i, i + 1)).ids())
              .as("image %d alone", start + i)
              .isEqualTo(Arrays.copyOfRange(codes.ids(), i * size, (i + 1) * size));
        }
      }
      psnr += psnr(tokenizer, codes, batch);
    }
    assertThat(images.size()).isGreaterThan(400);
    assertThat(psnr / images.size()).isGreaterThan(24);
    for (BitSet level : used) {
      assertThat(level.cardinality()).isGreaterThanOrEqualTo(CODES * 95 / 100);
    }
  }

  private static Codes encode(Tokenizer tokenizer, List<byte[]> images) {
    try (NativeTensor tensor =
        tokenizer.allocate(ElementType.UINT8, images.size(), SIZE, SIZE, 3)) {
      for (int i = 0; i < images.size(); i++) {
        tensor.write((long) i * images.get(i).length, images.get(i), 0, images.get(i).length);
      }
      return tokenizer.encode(Map.of("signal", tensor));
    }
  }

  /** The sum of the images' PSNR, 10 log10(255² / mean squared error). */
  private static double psnr(Tokenizer tokenizer, Codes codes, List<byte[]> images)
      throws IOException {
    double sum = 0;
    try (NativeTensor signal = tokenizer.decode(codes.ids(), codes.batch(), codes.shape())) {
      byte[] decoded = new byte[images.get(0).length];
      for (int i = 0; i < images.size(); i++) {
        signal.read((long) i * decoded.length, decoded, 0, decoded.length);
        double squares = 0;
        for (int j = 0; j < decoded.length; j++) {
          int difference = (decoded[j] & 0xff) - (images.get(i)[j] & 0xff);
          squares += (double) difference * difference;
        }
        sum += 10 * Math.log10(255.0 * 255.0 / Math.max(squares / decoded.length, 1e-3));
      }
    }
    return sum;
  }
}
