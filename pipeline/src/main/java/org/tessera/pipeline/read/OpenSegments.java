package org.tessera.pipeline.read;

import java.io.IOException;
import java.util.List;
import org.tessera.pipeline.plan.PlannedInput;
import org.tessera.udf.container.Containers;
import org.tessera.udf.frontend.FrontEnd;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/**
 * Finds the segments of token rows again. Rows that come in the order of their segments read each
 * file once. Not thread-safe; closed by its owner.
 */
public final class OpenSegments implements AutoCloseable {
  private final SampleReader reader;
  private final FrontEnd frontEnd;
  private String current = "";
  private Containers.Samples samples;
  private SampleCursor cursor;
  private Segments segments;
  private Segment last;

  public OpenSegments(SampleReader reader, FrontEnd frontEnd) {
    this.reader = reader;
    this.frontEnd = frontEnd;
  }

  /**
   * One segment of a planned input.
   *
   * @throws SampleException when it cannot be read any more
   */
  public Segment find(PlannedInput input, String member, int index, int channel)
      throws SampleException, IOException {
    String key = input.object().uri() + '\0' + member;
    if (!key.equals(current) || segments == null || passed(index, channel)) {
      open(input, member);
      current = key;
    }
    while (last == null || last.index() != index || last.channel() != channel) {
      last = segments.next();
      if (last == null) {
        close();
        throw SampleException.of(
            Phase.FRONTEND,
            RejectCode.CHANGED,
            "Cannot find segment " + index + " any more (the file or the front-end changed)");
      }
    }
    return last;
  }

  /** The digest of the bytes that the last found segment comes from, lower-case hex. */
  public String contentSha256() throws SampleException {
    return cursor.fetched().input().content().sha256();
  }

  private boolean passed(int index, int channel) {
    return last != null
        && (last.index() > index || (last.index() == index && last.channel() > channel));
  }

  private void open(PlannedInput input, String member) throws SampleException, IOException {
    close();
    samples = reader.samples(List.of(input).iterator());
    cursor = new SampleCursor(samples);
    while (next(member)) {
      if (cursor.sample().member().equals(member)) {
        segments = frontEnd.open(cursor.fetched().input());
        return;
      }
    }
    throw SampleException.of(
        Phase.CONTAINER,
        RejectCode.MISSING,
        "Cannot find member " + member + " any more (the container changed)");
  }

  /** Moves on; other samples may be bad. */
  private boolean next(String member) throws SampleException, IOException {
    while (true) {
      try {
        return cursor.next();
      } catch (SampleException e) {
        if (cursor.sample().member().equals(member)) {
          throw e;
        }
      }
    }
  }

  @Override
  public void close() {
    current = "";
    last = null;
    if (segments != null) {
      segments.close();
      segments = null;
    }
    if (cursor != null) {
      cursor.close();
      cursor = null;
      samples.close();
    }
  }
}
