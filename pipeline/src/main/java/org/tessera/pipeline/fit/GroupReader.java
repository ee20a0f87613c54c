package org.tessera.pipeline.fit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.tessera.udf.sample.SampleException;

/**
 * Reads a group of inputs into blocks, and at the end gives the group's {@link Harvest}. A group's
 * blocks depend on its inputs alone. Memory is bounded by one block and one sample. Not
 * thread-safe.
 */
public final class GroupReader implements Iterator<Object> {
  private final ReadPlan plan;
  private final TrainingSource source;
  private final Iterator<String> inputs;
  private final Harvest harvest;
  private final ArrayDeque<Object> ready = new ArrayDeque<>();
  private float[] buffer = new float[0];
  private int dimensions;
  private int buffered;
  private int blocks;
  private boolean ended;

  /**
   * A reader of one group.
   *
   * @param group the group's number
   * @param inputs the texts of its inputs, in order
   */
  public GroupReader(ReadPlan plan, TrainingSource source, int group, Iterator<String> inputs) {
    this.plan = plan;
    this.source = source;
    this.inputs = inputs;
    this.harvest = new Harvest(group);
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && !ended) {
      if (inputs.hasNext() && harvest.vectors() < plan.most()) {
        read(inputs.next());
      } else {
        flush();
        ready.add(harvest);
        ended = true;
      }
    }
    return !ready.isEmpty();
  }

  /** A {@link Block}, or at the end the {@link Harvest}. */
  @Override
  public Object next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.poll();
  }

  private void read(String input) {
    harvest.input();
    try (TrainingSource.Samples samples = source.open(input)) {
      boolean more = true;
      while (more && harvest.vectors() < plan.most()) {
        try {
          TrainingSource.Sample sample = samples.next();
          more = sample != null;
          if (more) {
            take(sample);
          }
        } catch (SampleException e) {
          harvest.reject(e);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + input, e);
    }
  }

  private void take(TrainingSource.Sample sample) {
    float[] vectors = plan.cutter().cut(sample);
    if (buffer.length == 0) {
      dimensions = plan.cutter().dimensions(sample.features());
      buffer = new float[plan.perBlock() * dimensions];
    }
    harvest.sample(sample.features(), vectors.length / dimensions, dimensions);
    for (int start = 0; start < vectors.length; ) {
      int length = Math.min(vectors.length - start, buffer.length - buffered);
      System.arraycopy(vectors, start, buffer, buffered, length);
      buffered += length;
      start += length;
      if (buffered == buffer.length) {
        flush();
      }
    }
  }

  private void flush() {
    if (buffered > 0) {
      long id = Block.id(harvest.group(), blocks++);
      ready.add(new Block(id, buffered / dimensions, dimensions, Arrays.copyOf(buffer, buffered)));
      buffered = 0;
    }
  }
}
