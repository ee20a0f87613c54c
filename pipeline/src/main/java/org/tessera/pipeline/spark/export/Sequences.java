package org.tessera.pipeline.spark.export;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.tessera.pipeline.export.Composer;
import org.tessera.pipeline.export.ExportRow;
import org.tessera.pipeline.export.ExportSpec;
import org.tessera.pipeline.export.Order;
import org.tessera.pipeline.export.Packer;
import org.tessera.pipeline.export.Sequence;
import org.tessera.pipeline.export.ShardFormat;
import org.tessera.pipeline.export.VocabularyFile;
import scala.Tuple2;

/** What the tasks of an export do with sequences. Made once a task. */
final class Sequences {
  private static final int BUCKET_DIGITS = 3;

  private final ExportSpec spec;
  private final Composer composer;
  private final ShardFormat format;

  Sequences(String specJson) {
    this.spec = ExportSpec.fromJson(specJson);
    this.composer = new Composer(spec);
    this.format = ShardFormat.of(spec);
  }

  ExportSpec spec() {
    return spec;
  }

  ShardFormat format() {
    return format;
  }

  /**
   * The sequences of one key, checked.
   *
   * @throws IllegalArgumentException when they cannot be written
   */
  List<Sequence> of(Tuple2<String, Iterable<byte[]>> rows) {
    List<ExportRow> read = new ArrayList<>();
    for (byte[] bytes : rows._2()) {
      try {
        read.add(ExportRow.read(new DataInputStream(new ByteArrayInputStream(bytes))));
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read a row", e);
      }
    }
    List<Sequence> sequences = composer.compose(rows._1(), read);
    for (Sequence sequence : sequences) {
      Packer.check(sequence, spec.pack());
      if (spec.pack().context() == 0) {
        format.check(sequence);
      }
    }
    return sequences;
  }

  /** The bucket of a sequence's length. */
  int bucket(Sequence sequence) {
    int bucket = 0;
    while (bucket < spec.buckets().size() && sequence.ids().length > spec.buckets().get(bucket)) {
      bucket++;
    }
    return bucket;
  }

  /** Where a sequence stands in the order of all. */
  String place(Sequence sequence) {
    return String.format(Locale.ROOT, "%03d", bucket(sequence))
        + Order.place(sequence.name(), spec.seed())
        + sequence.name();
  }

  static int bucket(String place) {
    return Integer.parseInt(place.substring(0, BUCKET_DIGITS));
  }

  static int part(String place, int parts) {
    return Order.part(place.substring(BUCKET_DIGITS), parts);
  }

  /** The sequences of a part as they are written, packed if they are to be. */
  Iterator<Sequence> written(Iterator<Tuple2<String, byte[]>> sorted) {
    Iterator<Sequence> sequences =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return sorted.hasNext();
          }

          @Override
          public Sequence next() {
            return Sequence.fromBytes(sorted.next()._2());
          }
        };
    if (spec.pack().context() == 0) {
      return sequences;
    }
    int pad =
        spec.pad().isEmpty()
            ? -1
            : VocabularyFile.read(spec.vocabulary()).special(spec.pad()).orElseThrow().id();
    return new Packer(sequences, spec.pack(), pad);
  }
}
