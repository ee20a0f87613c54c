package org.tessera.pipeline.spark.fit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tessera.model.bundle.Step;
import org.tessera.pipeline.fit.TrainingSource;
import org.tessera.udf.frontend.FrontEnd;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.image.ImageFrontEnd;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/** Local image files, one sample each. */
final class ImageFilesSource implements TrainingSource {
  private static final long serialVersionUID = 1L;

  private final int size;

  ImageFilesSource(int size) {
    this.size = size;
  }

  FrontEnd frontEnd() {
    return ImageFrontEnd.of(
        List.of(
            new Step(
                "resize_center_crop", new java.util.TreeMap<>(java.util.Map.of("size", size)))),
        Limits.DEFAULT);
  }

  @Override
  public Samples open(String input) throws IOException {
    byte[] content = Files.readAllBytes(Path.of(input));
    FrontEnd frontEnd = frontEnd();
    return new Samples() {
      private boolean read;

      @Override
      public Sample next() throws SampleException {
        if (read) {
          return null;
        }
        read = true;
        try (Segments segments = frontEnd.open(SampleInput.of(input, content))) {
          Segment segment = segments.next();
          return new Sample(input, segment.signal());
        }
      }
    };
  }
}
