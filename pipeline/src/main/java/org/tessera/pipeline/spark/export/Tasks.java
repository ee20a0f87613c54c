package org.tessera.pipeline.spark.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.tessera.pipeline.export.Measured;
import org.tessera.pipeline.export.Sequence;
import org.tessera.pipeline.export.ShardCut;
import scala.Tuple2;

/** The tasks before writing: measuring, putting together, cutting. */
final class Tasks {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Tasks() {}

  /** Measures and checks everything; what is wrong is reported, not thrown. */
  static FlatMapFunction<Iterator<Tuple2<String, Iterable<byte[]>>>, String> measure(
      String specJson) {
    return groups -> {
      Sequences sequences = new Sequences(specJson);
      Measured measured = new Measured();
      while (groups.hasNext()) {
        try {
          for (Sequence sequence : sequences.of(groups.next())) {
            measured.add(sequences.bucket(sequence), sequence, sequences.format().bytes(sequence));
          }
        } catch (IllegalArgumentException e) {
          measured.problem(e.getMessage());
        }
      }
      return List.of(measured.toJson()).iterator();
    };
  }

  /** Puts sequences together, each with its place in the order. */
  static PairFlatMapFunction<Iterator<Tuple2<String, Iterable<byte[]>>>, String, byte[]> compose(
      String specJson) {
    return groups -> {
      Sequences sequences = new Sequences(specJson);
      return new Flattened<>(
          groups,
          group ->
              sequences.of(group).stream()
                  .map(sequence -> new Tuple2<>(sequences.place(sequence), sequence.toBytes()))
                  .iterator());
    };
  }

  /** The names of the files of sequences, of formats that have one file each. */
  static FlatMapFunction<Iterator<Tuple2<String, Iterable<byte[]>>>, String> files(
      String specJson) {
    return groups -> {
      Sequences sequences = new Sequences(specJson);
      return new Flattened<>(
          groups,
          group ->
              sequences.of(group).stream()
                  .map(sequence -> sequences.format().file("", sequence, 0))
                  .iterator());
    };
  }

  /** Cuts each part into shards, without writing them. */
  static Function2<Integer, Iterator<Tuple2<String, byte[]>>, Iterator<String>> cut(
      String specJson) {
    return (part, sorted) -> {
      Sequences sequences = new Sequences(specJson);
      ShardCut cut = new ShardCut(sequences.spec(), sequences.format());
      ObjectNode node = JSON.createObjectNode();
      node.put("part", part);
      try {
        for (Iterator<Sequence> all = sequences.written(sorted); all.hasNext(); ) {
          cut.add(all.next());
        }
      } catch (IllegalArgumentException e) {
        node.put("problem", e.getMessage());
      }
      var array = node.putArray("shards");
      for (ShardCut.Shard shard : cut.shards()) {
        array
            .addObject()
            .put("sequences", shard.sequences())
            .put("ids", shard.ids())
            .put("bytes", shard.bytes());
      }
      return List.of(node.toString()).iterator();
    };
  }
}
