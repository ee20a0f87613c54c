package org.tessera.pipeline.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What is known of a sequence beside its ids, as JSON. */
final class SequenceJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private SequenceJson() {}

  static ObjectNode node(Sequence sequence) {
    ObjectNode node = JSON.createObjectNode();
    node.put("name", sequence.name());
    node.put("source", sequence.source());
    node.put("length", sequence.ids().length);
    var documents = node.putArray("documents");
    sequence.documents().forEach(documents::add);
    var spans = node.putArray("spans");
    for (Span span : sequence.spans()) {
      spans.addObject().put("kind", span.kind()).put("from", span.from()).put("to", span.to());
    }
    var pieces = node.putArray("samples");
    for (Piece piece : sequence.pieces()) {
      pieces
          .addObject()
          .put("sample_id", piece.row().sampleId())
          .put("tokenizer", piece.tokenizer())
          .put("uri", piece.row().uri())
          .put("member", piece.row().member())
          .put("segment", piece.row().segment())
          .put("channel", piece.row().channel())
          .put("start_s", piece.row().startS())
          .put("end_s", piece.row().endS())
          .put("from", piece.from())
          .put("to", piece.to());
    }
    ObjectNode labels = node.putObject("labels");
    sequence.labels().forEach(labels::put);
    return node;
  }
}
