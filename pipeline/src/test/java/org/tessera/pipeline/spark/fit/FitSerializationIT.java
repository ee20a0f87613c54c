package org.tessera.pipeline.spark.fit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tessera.pipeline.fit.Block;
import org.tessera.pipeline.fit.CrossingParts;
import org.tessera.pipeline.fit.VectorBlocks;
import scala.reflect.ClassTag;

/** What crosses to executors and back survives both of Spark's serializers. */
class FitSerializationIT {
  static Stream<SerializerInstance> serializers() {
    return Stream.of(
        new JavaSerializer(new SparkConf()).newInstance(),
        new KryoSerializer(new SparkConf()).newInstance());
  }

  private static <T> T copy(SerializerInstance serializer, T value) {
    ClassTag<T> tag = ClassTag.apply(value.getClass());
    return serializer.deserialize(serializer.serialize(value, tag), tag);
  }

  @ParameterizedTest
  @MethodSource("serializers")
  void foldsMapsBlocksAndPartsSurvive(SerializerInstance serializer) {
    Block block = copy(serializer, CrossingParts.block());
    assertThat(CrossingParts.values(block)).isEqualTo(CrossingParts.values(CrossingParts.block()));
    for (VectorBlocks.Fold fold : CrossingParts.folds()) {
      CrossingParts.run(fold, block)
          .forEach(
              (key, expected) -> {
                VectorBlocks.Part actual =
                    copy(serializer, CrossingParts.run(copy(serializer, fold), block).get(key));
                // Merging with an equal part doubles what is added up, whichever copy is asked.
                assertThat(CrossingParts.describe(actual.merge(copy(serializer, expected))))
                    .isEqualTo(
                        CrossingParts.describe(
                            expected.merge(CrossingParts.run(fold, block).get(key))));
              });
    }
    for (VectorBlocks.BlockMap map : CrossingParts.maps()) {
      assertThat(CrossingParts.values(CrossingParts.run(copy(serializer, map), block)))
          .isEqualTo(CrossingParts.values(CrossingParts.run(map, block)));
    }
  }
}
