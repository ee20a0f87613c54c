package org.tessera.pipeline.export;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.TreeMap;

/**
 * Packs documents into sequences of one context length. Documents that may be cut follow each other
 * without gaps. Others stay whole: each goes into the fullest of at most 32 open sequences that has
 * room for it, and the fullest is passed on when there are too many. Equal documents in equal order
 * give equal sequences. Not thread-safe.
 */
public final class Packer implements Iterator<Sequence> {
  private static final int OPEN = 32;

  private final Iterator<Sequence> documents;
  private final ExportSpec.Pack pack;
  private final int pad;
  private final List<Bin> open = new ArrayList<>();
  private final Deque<Sequence> ready = new ArrayDeque<>();

  /**
   * A packer.
   *
   * @param pad fills sequences up; -1 to leave them short
   */
  public Packer(Iterator<Sequence> documents, ExportSpec.Pack pack, int pad) {
    this.documents = documents;
    this.pack = pack;
    this.pad = pad;
  }

  /**
   * Checks a document, before anything is written.
   *
   * @throws IllegalArgumentException when it does not fit and may not be cut
   */
  public static void check(Sequence document, ExportSpec.Pack pack) {
    if (pack.context() > 0 && !pack.split() && document.ids().length > pack.context()) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot pack %s: its %d ids do not fit a context of %d (give a longer one, or"
                  + " --split-documents)",
              document.name(), document.ids().length, pack.context()));
    }
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && documents.hasNext()) {
      Sequence document = documents.next();
      if (pack.split()) {
        addInParts(document);
      } else {
        check(document, pack);
        addWhole(document);
      }
    }
    if (ready.isEmpty()) {
      open.forEach(bin -> ready.add(bin.close()));
      open.clear();
    }
    return !ready.isEmpty();
  }

  @Override
  public Sequence next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.remove();
  }

  private void addInParts(Sequence document) {
    int from = 0;
    while (from < document.ids().length) {
      if (open.isEmpty()) {
        open.add(new Bin());
      }
      Bin bin = open.get(0);
      int to = Math.min(document.ids().length, from + pack.context() - bin.length());
      bin.add(document, from, to);
      from = to;
      closeIfFull(bin);
    }
  }

  private void addWhole(Sequence document) {
    Bin best = null;
    for (Bin bin : open) {
      if (bin.length() + document.ids().length <= pack.context()
          && (best == null || bin.length() > best.length())) {
        best = bin;
      }
    }
    if (best == null) {
      best = new Bin();
      open.add(best);
    }
    best.add(document, 0, document.ids().length);
    closeIfFull(best);
    if (open.size() > OPEN) {
      Bin fullest = open.get(0);
      for (Bin bin : open) {
        fullest = bin.length() > fullest.length() ? bin : fullest;
      }
      open.remove(fullest);
      ready.add(fullest.close());
    }
  }

  private void closeIfFull(Bin bin) {
    if (bin.length() == pack.context()) {
      open.remove(bin);
      ready.add(bin.close());
    }
  }

  /** A sequence that is being filled. */
  private final class Bin {
    private final IntList ids = new IntList();
    private final List<Span> spans = new ArrayList<>();
    private final List<Piece> pieces = new ArrayList<>();
    private final List<Integer> lengths = new ArrayList<>();
    private final StringBuilder names = new StringBuilder();
    private String source = "";

    int length() {
      return ids.size();
    }

    void add(Sequence document, int from, int to) {
      int moved = ids.size() - from;
      ids.addAll(Arrays.copyOfRange(document.ids(), from, to));
      for (Span span : document.spans()) {
        int start = Math.max(span.from(), from);
        int end = Math.min(span.to(), to);
        if (start < end) {
          spans.add(new Span(span.kind(), start, end).moved(moved));
        }
      }
      for (Piece piece : document.pieces()) {
        int start = Math.max(piece.from(), from);
        int end = Math.min(piece.to(), to);
        if (start < end) {
          pieces.add(
              new Piece(
                      piece.row(),
                      piece.tokenizer(),
                      start,
                      end,
                      piece.skipped() + start - piece.from())
                  .moved(moved));
        }
      }
      lengths.add(to - from);
      names.append(document.name()).append('\0').append(from).append('\0');
      source = source.isEmpty() || source.equals(document.source()) ? document.source() : "mixed";
    }

    Sequence close() {
      int length = ids.size();
      if (pad >= 0 && length < pack.context()) {
        int[] pads = new int[pack.context() - length];
        Arrays.fill(pads, pad);
        ids.addAll(pads);
        spans.add(new Span(Span.SPECIAL, length, ids.size()));
      }
      return new Sequence(
          Order.place(names.toString(), 0),
          source,
          ids.toArray(),
          spans,
          pieces,
          lengths,
          Sequence.Grid.NONE,
          new TreeMap<>());
    }
  }
}
