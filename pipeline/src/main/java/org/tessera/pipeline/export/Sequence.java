package org.tessera.pipeline.export;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One sequence of ids as a trainer gets it: of one sample, of several under one key, or of packed
 * documents. Its arrays are not to be changed.
 */
public final class Sequence {
  private final String name;
  private final String source;
  private final int[] ids;
  private final List<Span> spans;
  private final List<Piece> pieces;
  private final List<Integer> documents;
  private final Grid grid;
  private final SortedMap<String, String> labels;

  /**
   * The array that a sequence was before it was flattened; only sequences of one row that has
   * nothing around it have one.
   *
   * @param shape the extents; empty when there is none
   * @param order the index in the sequence of each id, row-major over the shape
   * @param boxes for each row of the sequence five numbers: top, left, height and width of its
   *     crop, and whether it is mirrored
   */
  public record Grid(int[] shape, int[] order, int[] boxes) {
    /** None. */
    public static final Grid NONE = new Grid(new int[0], new int[0], new int[0]);
  }

  /**
   * A sequence.
   *
   * @param name unique in an export, and the same whenever it is made
   * @param source the template that it was made by
   * @param ids the ids
   * @param spans what they are, without gaps
   * @param pieces which rows went into it
   * @param documents the lengths of the documents in it; what remains is padding
   */
  public Sequence(
      String name,
      String source,
      int[] ids,
      List<Span> spans,
      List<Piece> pieces,
      List<Integer> documents,
      Grid grid,
      SortedMap<String, String> labels) {
    this.name = name;
    this.source = source;
    this.ids = ids;
    this.spans = List.copyOf(spans);
    this.pieces = List.copyOf(pieces);
    this.documents = List.copyOf(documents);
    this.grid = grid;
    this.labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** The template that it was made by. */
  public String source() {
    return source;
  }

  /** The ids. */
  public int[] ids() {
    return ids;
  }

  /** What the ids are. */
  public List<Span> spans() {
    return spans;
  }

  /** Which rows went into it. */
  public List<Piece> pieces() {
    return pieces;
  }

  /** The lengths of its documents, which lie one after another from the start. */
  public List<Integer> documents() {
    return documents;
  }

  /** The array that it was. */
  public Grid grid() {
    return grid;
  }

  /** Pass-through columns; of packed documents those of none. */
  public SortedMap<String, String> labels() {
    return labels;
  }

  /** The same under another name. */
  Sequence named(String other) {
    return new Sequence(other, source, ids, spans, pieces, documents, grid, labels);
  }

  /** The form that crosses between machines. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 + 4 * ids.length);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(name);
      out.writeUTF(source);
      Wire.ints(out, ids);
      out.writeInt(spans.size());
      for (Span span : spans) {
        out.writeUTF(span.kind());
        out.writeInt(span.from());
        out.writeInt(span.to());
      }
      out.writeInt(pieces.size());
      for (Piece piece : pieces) {
        write(piece, out);
      }
      Wire.ints(out, documents.stream().mapToInt(Integer::intValue).toArray());
      Wire.ints(out, grid.shape());
      Wire.ints(out, grid.order());
      Wire.ints(out, grid.boxes());
      Wire.map(out, labels);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(Piece piece, DataOutputStream out) throws IOException {
    ExportRow.Identity row = piece.row();
    out.writeUTF(row.sampleId());
    Wire.text(out, row.uri());
    Wire.text(out, row.member());
    out.writeInt(row.segment());
    out.writeInt(row.channel());
    out.writeDouble(row.startS());
    out.writeDouble(row.endS());
    out.writeUTF(row.sha256());
    out.writeUTF(piece.tokenizer());
    out.writeInt(piece.from());
    out.writeInt(piece.to());
    out.writeInt(piece.skipped());
  }

  /** Reads {@link #toBytes}'s form. */
  public static Sequence fromBytes(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      String name = in.readUTF();
      String source = in.readUTF();
      int[] ids = Wire.ints(in);
      List<Span> spans = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        spans.add(new Span(in.readUTF(), in.readInt(), in.readInt()));
      }
      List<Piece> pieces = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        ExportRow.Identity row =
            new ExportRow.Identity(
                in.readUTF(),
                Wire.text(in),
                Wire.text(in),
                in.readInt(),
                in.readInt(),
                in.readDouble(),
                in.readDouble(),
                in.readUTF());
        pieces.add(new Piece(row, in.readUTF(), in.readInt(), in.readInt(), in.readInt()));
      }
      List<Integer> documents = java.util.Arrays.stream(Wire.ints(in)).boxed().toList();
      Grid grid = new Grid(Wire.ints(in), Wire.ints(in), Wire.ints(in));
      return new Sequence(name, source, ids, spans, pieces, documents, grid, Wire.map(in));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read a sequence", e);
    }
  }
}
