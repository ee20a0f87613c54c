package org.tessera.pipeline.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/**
 * JSON lines: {@code {"key","code"}} as S3Tokenizer writes them, {@code {"class_id","tokens"}} as
 * pretokenized image sets have them, or {@code {"key","text"}} with ids rendered as words.
 */
final class JsonLines extends ShardFormat {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ExportSpec.Output output;
  private final Vocabulary vocabulary;

  JsonLines(ExportSpec spec) {
    this.output = spec.output();
    this.vocabulary = VocabularyFile.read(spec.vocabulary());
    if (output.layout().equals("pretokenized") && output.labels().size() != 1) {
      throw new IllegalArgumentException(
          "Cannot write class ids: give the label that holds them by one --label");
    }
  }

  @Override
  public void check(Sequence sequence) {
    line(sequence);
  }

  @Override
  public long bytes(Sequence sequence) {
    return line(sequence).length;
  }

  private byte[] line(Sequence sequence) {
    ObjectNode node = JSON.createObjectNode();
    switch (output.layout()) {
      case "pretokenized" -> {
        node.put("class_id", Labels.number(sequence, output.labels().get(0)));
        ids(node, "tokens", sequence.ids());
      }
      case "text" -> {
        node.put("key", sequence.name());
        labels(node, sequence);
        node.put("text", new Rendering(vocabulary).text(sequence.ids()));
      }
      default -> {
        node.put("key", sequence.name());
        labels(node, sequence);
        ids(node, "code", sequence.ids());
      }
    }
    return (node + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private void labels(ObjectNode node, Sequence sequence) {
    for (String label : output.labels()) {
      node.put(label, Labels.text(sequence, label));
    }
  }

  private static void ids(ObjectNode node, String name, int[] ids) {
    var array = node.putArray(name);
    for (int id : ids) {
      array.add(id);
    }
  }

  @Override
  public String file(String shard, Sequence sequence, long index) {
    return shard + extension();
  }

  private String extension() {
    return output.compression().equals("gzip") ? ".jsonl.gz" : ".jsonl";
  }

  @Override
  public ShardSink open(ShardTarget target, String name) throws IOException {
    OutputStream file = target.create(name + extension());
    OutputStream out = output.compression().equals("gzip") ? new GZIPOutputStream(file) : file;
    return new StreamSink(out) {
      @Override
      public void write(Sequence sequence, long index) throws IOException {
        out.write(line(sequence));
      }
    };
  }
}
