package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.tessera.pipeline.plan.InputLister;
import org.tessera.pipeline.read.ObjectReader;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.modality.Formats;
import org.tessera.udf.modality.FrontEnds;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/** What a raw file is: its format and what decoding it without any step gives. */
final class FileInspection {
  private static final long HEAP_BYTES = 64L << 20;

  private final FileStatus status;
  private final Configuration configuration;
  private final Limits limits;

  FileInspection(FileStatus status, Configuration configuration, Limits limits) {
    this.status = status;
    this.configuration = configuration;
    this.limits = limits;
  }

  void describe(ObjectNode node) throws IOException {
    node.put("bytes", status.getLen());
    try {
      ObjectReader.Content content =
          new ObjectReader(configuration, limits.bytes(), HEAP_BYTES)
              .read(InputLister.state(status));
      try {
        node.put("sha256", content.source().sha256());
        decode(content.source(), node);
      } finally {
        content.release().run();
      }
    } catch (SampleException e) {
      node.put("rejected", e.phase().id() + "/" + e.code().name());
      node.put("message", e.getMessage());
      if (e.offset() >= 0) {
        node.put("offset", e.offset());
      }
    }
  }

  private void decode(ByteSource source, ObjectNode node) throws SampleException {
    byte[] head = new byte[(int) Math.min(source.size(), Formats.HEAD_BYTES)];
    int length = source.read(0, head, 0, head.length);
    Optional<Formats.Format> format =
        Formats.of(Arrays.copyOf(head, Math.max(0, length)), status.getPath().getName());
    if (format.isEmpty()) {
      node.put("format", "unknown");
      return;
    }
    node.put("format", format.get().name());
    node.put("modality", format.get().modality().id());
    SampleInput input =
        new SampleInput(status.getPath().getName(), source, SampleInput.Companions.NONE);
    try (Segments segments = FrontEnds.of(format.get().modality(), List.of(), limits).open(input)) {
      Segment first = segments.next();
      if (first != null) {
        node.put("values", first.signal().type().name().toLowerCase(java.util.Locale.ROOT));
        Arrays.stream(first.signal().shape()).forEach(node.putArray("shape")::add);
        ObjectNode geometry = node.putObject("geometry");
        first.geometry().forEach(geometry::putPOJO);
        if (!first.labels().isEmpty()) {
          first.labels().forEach(node.putObject("labels")::put);
        }
      }
    }
  }
}
