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
 * blocks depend on its inputs alone. Memory is bounded by one block, one sample and what a source
 * reads ahead of a few inputs. Not thread-safe.
 */
public final class GroupReader implements Iterator<Object> {
  /** How many inputs are open at a time. */
  private static final int OPEN = 8;

  private final ReadPlan plan;
  private final TrainingSource source;
  private final Iterator<String> inputs;
  private final Harvest harvest;
  private final ArrayDeque<Object> ready = new ArrayDeque<>();
  private final ArrayDeque<Opened> opened = new ArrayDeque<>();
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

  private record Opened(String input, TrainingSource.Samples samples) {}

  @Override
  public boolean hasNext() {
    try {
      while (ready.isEmpty() && !ended) {
        step();
      }
    } catch (RuntimeException e) {
      closeAll();
      throw e;
    }
    return !ready.isEmpty();
  }

  private void step() {
    boolean wantsMore = harvest.vectors() < plan.most();
    while (wantsMore && opened.size() < OPEN && inputs.hasNext()) {
      open(inputs.next());
    }
    if (wantsMore && !opened.isEmpty()) {
      read(opened.poll());
    } else {
      closeAll();
      flush();
      ready.add(harvest);
      ended = true;
    }
  }

  private void open(String input) {
    try {
      opened.add(new Opened(input, source.open(input)));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + input, e);
    }
  }

  private void closeAll() {
    opened.forEach(one -> one.samples().close());
    opened.clear();
  }

  /** A {@link Block}, or at the end the {@link Harvest}. */
  @Override
  public Object next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.poll();
  }

  private void read(Opened one) {
    harvest.input();
    try (TrainingSource.Samples samples = one.samples()) {
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
      throw new UncheckedIOException("Cannot read " + one.input(), e);
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
