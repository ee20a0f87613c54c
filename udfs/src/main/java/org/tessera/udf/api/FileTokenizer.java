package org.tessera.udf.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.tokenizer.Latents;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.model.tokenizer.TokenizerOptions;
import org.tessera.model.tokenizer.Tokenizers;
import org.tessera.udf.encode.ComputePool;
import org.tessera.udf.encode.EncodeOptions;
import org.tessera.udf.encode.EncodeTimes;
import org.tessera.udf.encode.SampleEncoder;
import org.tessera.udf.encode.SampleOutcome;
import org.tessera.udf.encode.SegmentCodes;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.modality.FrontEnds;
import org.tessera.udf.sample.HeapSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.RawSample;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/**
 * Tokenizes single files without Spark, with the same front-end, model and outcome as the jobs.
 * Used by one thread; closed by whoever opened it, which frees the model.
 *
 * <pre>{@code
 * try (FileTokenizer tokenizer = FileTokenizer.open(Path.of("image.bundle"))) {
 *   for (SampleOutcome outcome : tokenizer.tokenize(Path.of("photo.jpg"))) {
 *     System.out.println(Arrays.toString(outcome.tokens().ids()));
 *   }
 * }
 * }</pre>
 */
public final class FileTokenizer implements AutoCloseable {
  private final Bundle bundle;
  private final Tokenizer tokenizer;
  private final ComputePool pool;

  private FileTokenizer(Bundle bundle, Tokenizer tokenizer) {
    this.bundle = bundle;
    this.tokenizer = tokenizer;
    this.pool = new ComputePool(1);
  }

  /**
   * Loads a tokenizer.
   *
   * @param bundle a folder or a {@code .zip}
   * @throws org.tessera.model.bundle.BundleException when it is no sound bundle
   * @throws org.tessera.model.engine.ModelException when its model cannot be loaded
   */
  public static FileTokenizer open(Path bundle) {
    return open(bundle, TokenizerOptions.threads(1));
  }

  /** Loads a tokenizer with options of the model. */
  public static FileTokenizer open(Path bundle, TokenizerOptions options) {
    Bundle opened = Bundle.open(bundle);
    try {
      return new FileTokenizer(opened, Tokenizers.load(opened, options));
    } catch (RuntimeException | Error e) {
      opened.close();
      throw e;
    }
  }

  /** What the tokenizer is. */
  public TokenizerManifest manifest() {
    return tokenizer.manifest();
  }

  /**
   * Tokenizes a file. What belongs to it in other files (BrainVision, EEGLAB, OBJ) is looked for
   * beside it.
   *
   * @return one outcome for each segment, or one rejection that says what is wrong with the file
   * @throws IOException when it cannot be read
   */
  public List<SampleOutcome> tokenize(Path file) throws IOException {
    return tokenize(List.of(file));
  }

  /**
   * Tokenizes files together: segments of equal shape share calls of the model.
   *
   * @return in the order of the files, one outcome for each segment of a file or one rejection
   * @throws IOException when one cannot be read
   */
  public List<SampleOutcome> tokenize(List<Path> files) throws IOException {
    List<RawSample> samples = new ArrayList<>();
    for (Path file : files) {
      samples.add(
          new BytesSample(
              file.toUri().toString(),
              file.getFileName().toString(),
              Files.readAllBytes(file),
              FolderCompanions.of(file)));
    }
    return outcomes(samples);
  }

  /**
   * Tokenizes bytes.
   *
   * @param name identifies them, and is the hint that a file name is
   * @return one outcome for each segment, or one rejection
   */
  public List<SampleOutcome> tokenize(String name, byte[] content) {
    return outcomes(List.of(new BytesSample(name, name, content)));
  }

  /**
   * What the models make of a file before it is quantized, as {@link Tokenizer#latents}.
   *
   * @return those of each segment, which goes through the models alone
   * @throws SampleException when the file is rejected
   * @throws IOException when it cannot be read
   * @throws UnsupportedOperationException when the models return ids
   */
  public List<Latents> latents(Path file) throws SampleException, IOException {
    SampleInput input =
        new SampleInput(
            file.getFileName().toString(),
            new HeapSource(Files.readAllBytes(file)),
            FolderCompanions.of(file));
    List<Latents> all = new ArrayList<>();
    try (Segments segments = FrontEnds.of(tokenizer.manifest(), Limits.DEFAULT).open(input)) {
      for (Segment segment = segments.next(); segment != null; segment = segments.next()) {
        Map<String, NativeTensor> inputs = SegmentCodes.tensors(tokenizer, List.of(segment));
        try {
          all.add(tokenizer.latents(inputs));
        } finally {
          inputs.values().forEach(NativeTensor::close);
        }
      }
    }
    return all;
  }

  private List<SampleOutcome> outcomes(List<RawSample> samples) {
    List<SampleOutcome> outcomes = new ArrayList<>();
    try (SampleEncoder encoder =
        new SampleEncoder(
            samples.iterator(),
            FrontEnds.of(tokenizer.manifest(), Limits.DEFAULT),
            tokenizer,
            pool,
            Runnable::run,
            EncodeOptions.DEFAULT,
            new EncodeTimes())) {
      encoder.forEachRemaining(outcomes::add);
    }
    return outcomes;
  }

  @Override
  public void close() {
    pool.close();
    tokenizer.close();
    bundle.close();
  }
}
