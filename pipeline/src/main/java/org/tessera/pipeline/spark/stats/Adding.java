package org.tessera.pipeline.spark.stats;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.tessera.pipeline.stats.TupleKind;
import org.tessera.pipeline.stats.TupleSums;
import scala.Tuple2;

/**
 * Adds up tables of tuples that come sorted by kind and part, one part after the other, and passes
 * on what follows from each sum under its kind and one of the names here. What a part knows of last
 * ids is not all of it unless it is the only one; such tables are passed on under their part of the
 * last ids, for a second round.
 */
final class Adding
    implements PairFlatMapFunction<
        Iterator<Tuple2<Tuple2<Integer, String>, byte[]>>, Tuple2<Integer, String>, byte[]> {
  /** How often tuples occur. */
  static final String WHOLE = "whole";

  /** How often their first ids do. */
  static final String FIRST = "first";

  /** How often their last ids do. */
  static final String LAST = "last";

  /** The most frequent last ids of each first. */
  static final String NEXT = "next";

  private static final long serialVersionUID = 1L;
  private static final int MOST_NEXT = 8;

  private final StatsSettings settings;
  private final boolean ofLasts;

  private Adding(StatsSettings settings, boolean ofLasts) {
    this.settings = settings;
    this.ofLasts = ofLasts;
  }

  /** The first round. */
  static Adding tuples(StatsSettings settings) {
    return new Adding(settings, false);
  }

  /** The second round, of last ids. */
  static Adding lasts(StatsSettings settings) {
    return new Adding(settings, true);
  }

  /** Whether a table is for the second round. */
  static boolean isPart(Tuple2<Integer, String> key) {
    return Character.isDigit(key._2().charAt(0));
  }

  @Override
  public Iterator<Tuple2<Tuple2<Integer, String>, byte[]>> call(
      Iterator<Tuple2<Tuple2<Integer, String>, byte[]>> tables) {
    return new Sums(tables);
  }

  private final class Sums implements Iterator<Tuple2<Tuple2<Integer, String>, byte[]>> {
    private final Iterator<Tuple2<Tuple2<Integer, String>, byte[]>> tables;
    private final List<TupleKind> kinds = settings.tuples();
    private final Deque<Tuple2<Tuple2<Integer, String>, byte[]>> ready = new ArrayDeque<>();
    private Tuple2<Integer, String> key;
    private TupleSums sum;

    Sums(Iterator<Tuple2<Tuple2<Integer, String>, byte[]>> tables) {
      this.tables = tables;
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && tables.hasNext()) {
        Tuple2<Tuple2<Integer, String>, byte[]> table = tables.next();
        if (!table._1().equals(key)) {
          pass();
          key = table._1();
          sum = new TupleSums(ofLasts ? kind().last() : kind());
        }
        sum.add(table._2());
      }
      if (ready.isEmpty()) {
        pass();
      }
      return !ready.isEmpty();
    }

    @Override
    public Tuple2<Tuple2<Integer, String>, byte[]> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return ready.remove();
    }

    private TupleKind kind() {
      return kinds.get(StatsTask.TUPLES - key._1());
    }

    private void pass() {
      if (sum == null) {
        return;
      }
      if (ofLasts) {
        emit(LAST, sum.whole().write());
      } else {
        passTuples(kind());
      }
      sum = null;
    }

    private void passTuples(TupleKind kind) {
      emit(WHOLE, sum.whole().write());
      if (!kind.ofTwo()) {
        return;
      }
      emit(FIRST, sum.first().write());
      int parts = kind.parts(settings.idsOfSlot());
      if (parts == 1) {
        emit(LAST, sum.last().write());
      } else {
        byte[][] lasts = sum.lastTables(parts);
        for (int part = 0; part < parts; part++) {
          if (lasts[part] != null) {
            emit(Integer.toString(part), lasts[part]);
          }
        }
      }
      if (kind.slot() == kind.other()) {
        emit(NEXT, sum.next(MOST_NEXT));
      }
    }

    private void emit(String what, byte[] bytes) {
      ready.add(new Tuple2<>(new Tuple2<>(key._1(), what), bytes));
    }
  }
}
