package org.tessera.pipeline.export;

/**
 * Where the tokens of one row went in a sequence. Immutable and thread-safe.
 *
 * @param row the row
 * @param tokenizer its tokenizer
 * @param from the first place in the sequence
 * @param to the place after the last
 * @param skipped how many of the row's places went into sequences before, when a document was cut
 */
public record Piece(ExportRow.Identity row, String tokenizer, int from, int to, int skipped) {
  /** The same, so many places later. */
  Piece moved(int places) {
    return new Piece(row, tokenizer, from + places, to + places, skipped);
  }
}
