package org.tessera.pipeline.spark.export;

import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;

/** What each element of an iterator stands for, one after another. */
final class Flattened<T, R> implements Iterator<R> {
  private final Iterator<T> outer;
  private final Function<T, Iterator<R>> inner;
  private Iterator<R> current = Collections.emptyIterator();

  Flattened(Iterator<T> outer, Function<T, Iterator<R>> inner) {
    this.outer = outer;
    this.inner = inner;
  }

  @Override
  public boolean hasNext() {
    while (!current.hasNext() && outer.hasNext()) {
      current = inner.apply(outer.next());
    }
    return current.hasNext();
  }

  @Override
  public R next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return current.next();
  }
}
