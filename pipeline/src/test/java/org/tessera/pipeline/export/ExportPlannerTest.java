package org.tessera.pipeline.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExportPlannerTest {
  private static ExportOptions options(ExportFormat format) {
    return ExportOptions.of(format);
  }

  @Test
  void crossesAsJson() {
    ExportSpec spec =
        Samples.plan(
            options(ExportFormat.MDS)
                .template("a=<boi>{image}")
                .weight("a", 0.5)
                .label("class_id")
                .pack(64));
    assertThat(ExportSpec.fromJson(spec.toJson())).isEqualTo(spec);
  }

  @ParameterizedTest
  @CsvSource({
    "MEGATRON, 65379, uint16", // + 120 codes = 65499 ids
    "MEGATRON, 65380, int32", // 65500
    "WEBDATASET, 135, uint8", // 255 ids
    "WEBDATASET, 136, uint8", // 256 ids, the largest is 255
    "WEBDATASET, 137, uint16",
    "MDS, 65416, uint16", // 65536 ids, the largest is 65535
    "MDS, 65417, int32",
    "HF, 2147483527, int32", // 2^31 - 1 ids
    "HF, 2, int32"
  })
  void theTypeFollowsFromTheLargestId(ExportFormat format, int text, String type) {
    assertThat(Samples.plan(options(format).textVocabulary(text)).output().dtype()).isEqualTo(type);
  }

  @Test
  void int16EndsAt32767() {
    ExportOptions fits = options(ExportFormat.NPY).layout("4m").textVocabulary(32768 - 120);
    assertThat(Samples.plan(fits).output().dtype()).isEqualTo("int16");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Samples.plan(options(ExportFormat.NPY).layout("4m").textVocabulary(32769 - 120)))
        .withMessageStartingWith("Cannot write ids up to 32768 as int16: it ends at 32767");
  }

  @Test
  void idsEndAtTwoToThe31() {
    int last = Integer.MAX_VALUE - 119;
    assertThat(
            VocabularyFile.read(
                    Samples.plan(options(ExportFormat.JSONL).textVocabulary(last)).vocabulary())
                .largest())
        .isEqualTo(Integer.MAX_VALUE);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Samples.plan(options(ExportFormat.JSONL).textVocabulary(last + 1)))
        .withMessageStartingWith("Cannot number voice up to 2147483648: ids end at 2147483647");
  }

  @Test
  void specialTokensMayLieInTheTextVocabulary() {
    Vocabulary vocabulary =
        VocabularyFile.read(
            Samples.plan(
                    options(ExportFormat.JSONL)
                        .textVocabulary(100)
                        .special("eos=2")
                        .around("", "eos"))
                .vocabulary());
    assertThat(vocabulary.special("eos").orElseThrow().id()).isEqualTo(2);
    assertThat(vocabulary.codes("pixels").orElseThrow().from()).isEqualTo(100);
    assertThat(vocabulary.explain(2).sentence())
        .isEqualTo("the special token <eos>: a document ends");
  }

  @Test
  void whatIsAppendedKeepsTheIdsThatWere() {
    Vocabulary first =
        VocabularyFile.read(
            Samples.plan(options(ExportFormat.HF).template("{image}")).vocabulary());
    ExportSpec second =
        new ExportPlanner(
                options(ExportFormat.HF).template("<boa>{voice}"),
                Samples.both(),
                Optional.of(first))
            .plan();
    Vocabulary both = VocabularyFile.read(second.vocabulary());
    assertThat(both.codes("pixels")).isEqualTo(first.codes("pixels"));
    assertThat(both.special("boa").orElseThrow().id()).isEqualTo(100);
  }

  @Test
  void saysWhichOptionsAreWrong() {
    refused(options(ExportFormat.HF).layout("4m"), "Cannot write hf in the layout 4m");
    refused(options(ExportFormat.HF).compression("zstd"), "Cannot compress hf by zstd");
    refused(options(ExportFormat.HF).column("colour"), "Cannot write the column colour");
    refused(options(ExportFormat.HF).dtype("uint16"), "Cannot write Parquet ids of uint16");
    refused(options(ExportFormat.HF).label("input_ids"), "Cannot write label input_ids");
    refused(options(ExportFormat.MDS).column("labels"), "Cannot add columns [labels] to mds");
    refused(options(ExportFormat.MEGATRON).dtype("int64"), "Cannot write Megatron files of int64");
    refused(options(ExportFormat.HF).pack(8).bucket(4), "Cannot pack sequences and bucket them");
    refused(options(ExportFormat.HF).shardBytes(0), "Cannot write shards of 0 bytes");
    refused(options(ExportFormat.HF).weight("x", 1), "Cannot weigh x: there is no such template");
    refused(options(ExportFormat.HF).template("a={image}").weight("a", 0), "Cannot weigh a by 0.0");
    refused(
        options(ExportFormat.HF).template("{image}").template("{image}"),
        "Cannot use two templates named image");
    refused(options(ExportFormat.HF).special("a=b"), "Cannot use the special token a=b");
    refused(options(ExportFormat.HF).flatten("eyes", "delay"), "Cannot flatten eyes: ");
    refused(options(ExportFormat.HF).flatten("voice", "delay"), "Cannot delay levels of voice");
    refused(
        options(ExportFormat.HF).flatten("pixels", "row-major:separate=row"),
        "Cannot separate the rows of pixels without a separator");
    refused(options(ExportFormat.NPY).name("{nam}.npy"), "Cannot name files by {nam}.npy");
    refused(options(ExportFormat.NPY).name("{label:x}.npy"), "Cannot name files by {label:x}.npy");
    refused(options(ExportFormat.NPY).layout("llamagen"), "Cannot write LlamaGen's labels");
    refused(options(ExportFormat.NPY).layout("fish-speech"), "Cannot write (levels, time)");
    refused(options(ExportFormat.JSONL).layout("pretokenized"), "Cannot write class ids");
    refused(options(ExportFormat.MDS).shardBytes(1L << 31), "Cannot write MDS shards of");
    refused(
        options(ExportFormat.HF)
            .vocabulary(VocabularyFile.write(new VocabularyBuilder().text(5).build()))
            .textVocabulary(5),
        "Cannot place an existing vocabulary after another text");
  }

  private static void refused(ExportOptions options, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Samples.plan(options))
        .withMessageStartingWith(message);
  }

  @Test
  void refusesAVocabularyOfAnotherVersion() {
    Vocabulary other =
        new VocabularyBuilder().codes(Samples.both().get("f1"), "f0", IdOffsets.PER_LEVEL).build();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new ExportPlanner(
                        options(ExportFormat.HF).vocabulary(VocabularyFile.write(other)),
                        Map.of("f1", Samples.both().get("f1")),
                        Optional.empty())
                    .plan())
        .withMessage(
            "Cannot export tokens of pixels f1: the vocabulary was made for its version f0");
  }
}
