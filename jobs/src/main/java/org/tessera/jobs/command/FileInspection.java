package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.tessera.pipeline.plan.InputLister;
import org.tessera.pipeline.read.ObjectReader;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.modality.Formats;
import org.tessera.udf.modality.FrontEnds;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/** What a raw file is: its format and what decoding it without any step gives. */
final class FileInspection {
  private static final long HEAP_BYTES = 64L << 20;

  private final FileStatus status;
  private final Configuration configuration;
  private final Limits limits;
  private final ObjectReader reader;
  private final List<ObjectReader.Content> open = new ArrayList<>();

  FileInspection(FileStatus status, Configuration configuration, Limits limits) {
    this.status = status;
    this.configuration = configuration;
    this.limits = limits;
    this.reader = new ObjectReader(configuration, limits.bytes(), HEAP_BYTES);
  }

  void describe(ObjectNode node) throws IOException {
    node.put("bytes", status.getLen());
    try {
      ByteSource source = read(status);
      node.put("sha256", source.sha256());
      decode(source, node);
    } catch (SampleException e) {
      node.put("rejected", e.phase().id() + "/" + e.code().name());
      node.put("message", e.getMessage());
      if (e.offset() >= 0) {
        node.put("offset", e.offset());
      }
    } finally {
      open.forEach(content -> content.release().run());
    }
  }

  private ByteSource read(FileStatus file) throws SampleException, IOException {
    ObjectReader.Content content = reader.read(InputLister.state(file));
    open.add(content);
    return content.source();
  }

  /** What belongs to the file is looked for beside it. */
  private Optional<ByteSource> companion(String name) throws SampleException {
    if (name.isEmpty() || name.indexOf('/') >= 0 || name.indexOf('\\') >= 0) {
      return Optional.empty();
    }
    Path path = new Path(status.getPath().getParent(), new Path(null, null, name));
    try {
      return Optional.of(read(path.getFileSystem(configuration).getFileStatus(path)));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw SampleException.passing(
          Phase.FETCH,
          RejectCode.UNREADABLE,
          "Cannot read companion " + name + ": " + e.getMessage());
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
    SampleInput input = new SampleInput(status.getPath().getName(), source, this::companion);
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
