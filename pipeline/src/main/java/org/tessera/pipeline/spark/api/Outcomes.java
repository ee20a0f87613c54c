package org.tessera.pipeline.spark.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.tessera.udf.encode.SampleOutcome;
import org.tessera.udf.sample.SampleException;

/** Outcomes of one sample as a value of a Spark column. */
final class Outcomes {
  /** Segments, or a rejection; the other is null. */
  static final StructType TYPE =
      StructType.fromDDL(
          "segments ARRAY<STRUCT<segment: INT, channel: INT, start_s: DOUBLE, end_s: DOUBLE,"
              + " tokens: ARRAY<INT>, shape: ARRAY<INT>, quantization_error: ARRAY<FLOAT>,"
              + " geometry: STRING>>,"
              + " rejection STRUCT<phase: STRING, code: STRING, message: STRING, offset: BIGINT>");

  private static final ObjectMapper JSON = new ObjectMapper();

  private Outcomes() {}

  static Row value(List<SampleOutcome> outcomes) {
    List<Row> segments = new ArrayList<>();
    Row rejection = null;
    for (SampleOutcome outcome : outcomes) {
      if (outcome.isTokenized()) {
        segments.add(segment(outcome));
      } else {
        SampleException cause = outcome.rejection();
        rejection =
            RowFactory.create(
                cause.phase().id(),
                cause.code().name(),
                cause.getMessage(),
                cause.offset() < 0 ? null : cause.offset());
      }
    }
    Object found =
        rejection != null ? null : scala.jdk.javaapi.CollectionConverters.asScala(segments).toSeq();
    return RowFactory.create(found, rejection);
  }

  private static Row segment(SampleOutcome outcome) {
    SampleOutcome.Tokens tokens = outcome.tokens();
    return RowFactory.create(
        outcome.key().segment(),
        outcome.key().channel(),
        tokens.startS(),
        tokens.endS(),
        seq(tokens.ids()),
        seq(tokens.shape()),
        floats(tokens.quantizationError()),
        json(tokens));
  }

  private static Object seq(int[] values) {
    return scala.jdk.javaapi.CollectionConverters.asScala(Arrays.stream(values).boxed().toList())
        .toSeq();
  }

  private static Object floats(float[] values) {
    if (values == null) {
      return null;
    }
    List<Float> list = new ArrayList<>();
    for (float value : values) {
      list.add(value);
    }
    return scala.jdk.javaapi.CollectionConverters.asScala(list).toSeq();
  }

  private static String json(SampleOutcome.Tokens tokens) {
    try {
      return JSON.writeValueAsString(tokens.geometry());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write geometry as JSON: " + tokens.geometry(), e);
    }
  }
}
