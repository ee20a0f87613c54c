package org.tessera.model.engine.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import org.tessera.model.bundle.Randomness;
import org.tessera.model.engine.Engines;
import org.tessera.model.engine.Finding;

/** Each test puts something into the graph of a good model. */
class SavedModelScanTest {
  private static final String SERVED = "and a served signature reaches it";

  @TempDir Path temporary;
  private Path model;

  @BeforeEach
  void write() throws Exception {
    model = TestSavedModels.vectorQuantizer(temporary.resolve("model"));
  }

  private void edit(Consumer<MetaGraphDef.Builder> change) throws Exception {
    Path file = model.resolve("saved_model.pb");
    SavedModel.Builder saved = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    change.accept(saved.getMetaGraphsBuilder(0));
    Files.write(file, saved.build().toByteArray());
  }

  private static NodeDef node(String name, String op) {
    return NodeDef.newBuilder().setName(name).setOp(op).build();
  }

  private static AttrValue function(String name) {
    return AttrValue.newBuilder().setFunc(NameAttrList.newBuilder().setName(name)).build();
  }

  /** Makes the output {@code ids} wait for a node. */
  private static void reach(MetaGraphDef.Builder graph, NodeDef node) {
    String ids = graph.getSignatureDefOrThrow("encode").getOutputsOrThrow("ids").getName();
    String producer = ids.substring(0, ids.indexOf(':'));
    GraphDef.Builder definition = graph.getGraphDefBuilder();
    definition.addNode(node);
    definition
        .getNodeBuilderList()
        .forEach(
            builder -> {
              if (builder.getName().equals(producer)) {
                builder.addInput("^" + node.getName());
              }
            });
  }

  private static void library(MetaGraphDef.Builder graph, String name, NodeDef... body) {
    graph
        .getGraphDefBuilder()
        .getLibraryBuilder()
        .addFunction(
            FunctionDef.newBuilder()
                .setSignature(OpDef.newBuilder().setName(name))
                .addAllNodeDef(List.of(body)));
  }

  private List<Finding> scan(Randomness randomness) {
    return Engines.of("tensorflow").scan(model, Set.of("encode"), randomness);
  }

  private List<Finding> scan() {
    return scan(Randomness.NONE);
  }

  private void assertRefused(String place, String message) {
    assertThat(scan())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.isError()).isTrue();
              assertThat(finding.place()).isEqualTo(place);
              assertThat(finding.message()).contains(message);
            });
  }

  @Test
  void acceptsAGoodModel() {
    assertThat(scan()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ReadFile",
        "WriteFile",
        "MatchingFiles",
        "SaveV2",
        "RestoreV2",
        "MergeV2Checkpoints",
        "TextLineReaderV2",
        "TFRecordDataset",
        "OneShotIterator",
        "PrintV2",
        "DebugIdentityV3",
        "CreateSummaryFileWriter",
        "WriteImageSummary",
        "InitializeTableFromTextFileV2",
        "LoadAndRemapMatrix",
        "DecodeProtoV2",
        "ExperimentalLMDBDataset"
      })
  void refusesOperationsOnFiles(String op) throws Exception {
    edit(graph -> reach(graph, node("evil", op)));
    assertRefused("evil", op + " reads or writes files, " + SERVED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PyFunc", "EagerPyFunc", "PyFuncStateless", "XlaCustomCallV2"})
  void refusesCodeOutsideTheGraph(String op) throws Exception {
    edit(graph -> reach(graph, node("evil", op)));
    assertRefused("evil", op + " runs code outside the graph, " + SERVED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"RpcCall", "RemoteCall", "_Send", "CollectiveReduceV2", "TPUExecute"})
  void refusesTheNetwork(String op) throws Exception {
    edit(graph -> reach(graph, node("evil", op)));
    assertRefused("evil", op + " speaks to other processes or machines, " + SERVED);
  }

  @Test
  void refusesWhatItDoesNotKnow() throws Exception {
    edit(graph -> reach(graph, node("evil", "FIFOQueueV2")));
    assertRefused("evil", "FIFOQueueV2 has state that is not known to be harmless");
    edit(graph -> reach(graph, node("worse", "BrandNewOp")));
    assertThat(scan())
        .anyMatch(
            finding -> finding.message().startsWith("BrandNewOp is not one of this TensorFlow's"));
  }

  @Test
  void acceptsWhatNothingReaches() throws Exception {
    edit(
        graph -> {
          graph.getGraphDefBuilder().addNode(node("saver", "SaveV2"));
          graph.getGraphDefBuilder().addNode(node("restorer", "RestoreV2"));
          library(graph, "unused", node("write", "WriteFile"));
        });
    assertThat(scan()).isEmpty();
  }

  @Test
  void followsCallsBranchesAndLoops() throws Exception {
    edit(
        graph -> {
          library(graph, "evil", node("read", "ReadFile"));
          library(
              graph,
              "branch",
              node("If", "If").toBuilder().putAttr("then_branch", function("evil")).build());
          library(
              graph,
              "body",
              node("call", "PartitionedCall").toBuilder().putAttr("f", function("branch")).build());
          reach(graph, node("loop", "While").toBuilder().putAttr("body", function("body")).build());
        });
    assertRefused("evil/read", "ReadFile reads or writes files, " + SERVED);
  }

  @Test
  void followsOldCallsAndFunctionLists() throws Exception {
    edit(
        graph -> {
          library(graph, "evil", node("read", "ReadFile"));
          library(graph, "named", node("inner", "evil"));
          reach(
              graph,
              node("case", "Case").toBuilder()
                  .putAttr(
                      "branches",
                      AttrValue.newBuilder()
                          .setList(
                              AttrValue.ListValue.newBuilder()
                                  .addFunc(NameAttrList.newBuilder().setName("named")))
                          .build())
                  .build());
        });
    assertRefused("evil/read", "ReadFile reads or writes files");
  }

  /** The graph optimizer may swap functions that implement one interface. */
  @Test
  void followsFunctionsThatMayBeSwappedIn() throws Exception {
    AttrValue lstm = AttrValue.newBuilder().setS(ByteString.copyFromUtf8("lstm")).build();
    edit(
        graph -> {
          GraphDef.Builder definition = graph.getGraphDefBuilder();
          definition
              .getLibraryBuilder()
              .addFunction(
                  FunctionDef.newBuilder()
                      .setSignature(OpDef.newBuilder().setName("plain"))
                      .putAttr("api_implements", lstm));
          definition
              .getLibraryBuilder()
              .addFunction(
                  FunctionDef.newBuilder()
                      .setSignature(OpDef.newBuilder().setName("evil"))
                      .putAttr("api_implements", lstm)
                      .addNodeDef(node("read", "ReadFile")));
          reach(graph, node("call", "plain"));
        });
    assertRefused("evil/read", "ReadFile reads or writes files");
  }

  @Test
  void judgesWhatLoadingRuns() throws Exception {
    edit(
        graph -> {
          graph.getGraphDefBuilder().addNode(node("evil", "WriteFile"));
          graph.putCollectionDef(
              "saved_model_main_op",
              CollectionDef.newBuilder()
                  .setNodeList(CollectionDef.NodeList.newBuilder().addValue("evil"))
                  .build());
        });
    assertRefused("evil", "WriteFile reads or writes files, and loading the model runs it");
  }

  @Test
  void judgesTheInitSignature() throws Exception {
    edit(
        graph -> {
          graph.getGraphDefBuilder().addNode(node("evil", "PyFunc"));
          graph.putSignatureDef(
              "__saved_model_init_op",
              SignatureDef.newBuilder()
                  .putOutputs(
                      "__saved_model_init_op", TensorInfo.newBuilder().setName("evil").build())
                  .build());
        });
    assertRefused("evil", "PyFunc runs code outside the graph, and loading the model runs it");
  }

  @Test
  void letsVariablesBeRestoredAndNothingElse() throws Exception {
    Files.createDirectories(model.resolve("variables"));
    edit(
        graph -> {
          graph.setSaverDef(SaverDef.newBuilder().setRestoreOpName("restore_all"));
          graph
              .getGraphDefBuilder()
              .addNode(node("restore", "RestoreV2"))
              .addNode(node("restore_all", "NoOp").toBuilder().addInput("^restore").build());
        });
    assertThat(scan()).isEmpty();
    edit(
        graph -> {
          graph.getGraphDefBuilder().addNode(node("evil", "WriteFile"));
          graph
              .getGraphDefBuilder()
              .getNodeBuilderList()
              .forEach(
                  builder -> {
                    if (builder.getName().equals("restore_all")) {
                      builder.addInput("^evil");
                    }
                  });
        });
    assertRefused("evil", "WriteFile reads or writes files, and loading the variables runs it");
  }

  @Test
  void refusesUndeclaredRandomness() throws Exception {
    edit(graph -> reach(graph, node("noise", "RandomStandardNormal")));
    assertRefused("noise", "draws new random numbers in every call");
    assertThat(scan(new Randomness(Randomness.Policy.MODE, 0)))
        .singleElement()
        .satisfies(finding -> assertThat(finding.isError()).isFalse());
    assertThat(scan(new Randomness(Randomness.Policy.SEED, 7)))
        .singleElement()
        .satisfies(finding -> assertThat(finding.isError()).isTrue());
  }

  @Test
  void doesNotJudgeADecodersRandomness() throws Exception {
    edit(graph -> reach(graph, node("noise", "RandomStandardNormal")));
    assertThat(Engines.of("tensorflow").scan(model, Set.of("decode"), Randomness.NONE)).isEmpty();
  }

  @Test
  void asksForAPolicyForSeededRandomness() throws Exception {
    edit(graph -> reach(graph, node("noise", "StatelessRandomNormalV2")));
    assertRefused("noise", "from a seed that the manifest does not give");
    assertThat(scan(new Randomness(Randomness.Policy.SEED, 7))).isEmpty();
    assertThat(scan(new Randomness(Randomness.Policy.MODE, 0)))
        .singleElement()
        .satisfies(finding -> assertThat(finding.isError()).isFalse());
  }

  /** As training does it: moving averages, the state of a generator. */
  @ParameterizedTest
  @ValueSource(strings = {"AssignVariableOp", "AssignSubVariableOp", "ResourceScatterNdUpdate"})
  void warnsOfAnEncoderThatWritesState(String op) throws Exception {
    edit(graph -> reach(graph, node("moving", op)));
    assertThat(scan())
        .singleElement()
        .extracting(Finding::toString)
        .asString()
        .startsWith("warning: moving: " + op + " writes state");
    assertThat(Engines.of("tensorflow").scan(model, Set.of("decode"), Randomness.NONE)).isEmpty();
  }

  @Test
  void warnsOfAMeanOfTheBatch() throws Exception {
    for (boolean training : new boolean[] {true, false}) {
      write();
      edit(
          graph ->
              reach(
                  graph,
                  node("norm", "FusedBatchNormV3").toBuilder()
                      .putAttr("is_training", AttrValue.newBuilder().setB(training).build())
                      .build()));
      assertThat(scan())
          .extracting(Finding::isError)
          .isEqualTo(training ? List.of(false) : List.of());
    }
  }

  @Test
  void refusesAbsurdTensors() throws Exception {
    TensorShapeProto shape =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dim.newBuilder().setSize(1 << 30))
            .addDim(TensorShapeProto.Dim.newBuilder().setSize(1 << 30))
            .build();
    edit(
        graph ->
            graph
                .getGraphDefBuilder()
                .addNode(
                    node("bomb", "Const").toBuilder()
                        .putAttr(
                            "value",
                            AttrValue.newBuilder()
                                .setTensor(
                                    TensorProto.newBuilder()
                                        .setDtype(DataType.DT_FLOAT)
                                        .setTensorShape(shape))
                                .build())
                        .build()));
    assertRefused("bomb", "it has a tensor of shape [1073741824, 1073741824]");
  }

  @Test
  void refusesWhatItCannotRead() throws Exception {
    Files.writeString(model.resolve("saved_model.pb"), "no protobuf");
    assertRefused("saved_model.pb", "cannot be read");
    Files.write(model.resolve("saved_model.pb"), new byte[0]);
    assertRefused("saved_model.pb", "it has no graph with the tag serve");
  }
}
