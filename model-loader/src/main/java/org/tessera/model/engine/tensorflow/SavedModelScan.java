package org.tessera.model.engine.tensorflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import org.tessera.model.bundle.Randomness;
import org.tessera.model.engine.Finding;

/**
 * Judges a SavedModel before it is loaded: a graph is code, and TensorFlow runs it with the rights
 * of the process. Looked at is what the served signatures reach, what loading runs (initializers,
 * and the restore operation where there are variables), and the sizes of tensors. The saver
 * operations of an ordinary Keras model are reached by none of these.
 */
final class SavedModelScan {
  /** No model has one tensor of this size; a file of a few bytes can claim it. */
  private static final long MAX_TENSOR_ELEMENTS = 1L << 31;

  private static final int MAX_FINDINGS = 20;
  private static final List<String> INIT_COLLECTIONS =
      List.of("saved_model_main_op", "legacy_init_op");
  private static final String INIT_SIGNATURE = "__saved_model_init_op";

  /** TensorFlow Java runs an operation of this name before anything else. */
  private static final String JAVA_INIT = "Init";

  private final Path model;
  private final Set<String> encoders;
  private static final String TRAINING = "is_training";

  private final Randomness randomness;
  private final OpRules rules;
  private final List<Finding> findings = new ArrayList<>();

  private SavedModelScan(Path model, Set<String> encoders, Randomness randomness) {
    this.model = model;
    this.encoders = encoders;
    this.randomness = randomness;
    this.rules = OpRules.ofLibrary();
  }

  /**
   * Scans a SavedModel directory.
   *
   * @param encoders the signatures whose random numbers are judged
   */
  static List<Finding> scan(Path model, Set<String> encoders, Randomness randomness) {
    SavedModelScan scan = new SavedModelScan(model, encoders, randomness);
    scan.scan();
    return scan.findings;
  }

  private void scan() {
    SavedModel saved;
    try {
      saved = ServedGraph.read(model);
    } catch (IOException e) {
      findings.add(
          Finding.error(
              "saved_model.pb", "cannot be read: " + e.getMessage() + " (export it again)"));
      return;
    }
    List<MetaGraphDef> graphs = saved.getMetaGraphsList();
    List<Set<String>> tags = ServedGraph.tags(saved);
    Optional<Set<String>> served = ServedGraph.choose(tags);
    if (served.isEmpty()) {
      findings.add(Finding.error("saved_model.pb", ServedGraph.problem(tags)));
      return;
    }
    for (int i = 0; i < graphs.size(); i++) {
      if (tags.get(i).equals(served.get())) {
        scan(graphs.get(i));
      }
    }
  }

  private void scan(MetaGraphDef graph) {
    GraphReach reach = new GraphReach(graph.getGraphDef());
    Set<String> served = new LinkedHashSet<>();
    Set<String> encoding = new LinkedHashSet<>();
    Set<String> run = new LinkedHashSet<>();
    graph
        .getSignatureDefMap()
        .forEach(
            (name, signature) -> {
              add(signature, name.equals(INIT_SIGNATURE) ? run : served);
              if (encoders.contains(name)) {
                add(signature, encoding);
              }
            });
    for (String name : INIT_COLLECTIONS) {
      CollectionDef collection = graph.getCollectionDefOrDefault(name, null);
      if (collection != null) {
        run.addAll(collection.getNodeList().getValueList());
        collection
            .getAnyList()
            .getValueList()
            .forEach(
                value ->
                    findings.add(
                        Finding.error(
                            "collection " + name, "it holds what is no node (export it again)")));
      }
    }
    if (reach.has(JAVA_INIT)) {
      run.add(JAVA_INIT);
    }
    judge(reach.from(served), reach, "a served signature reaches it", false);
    reach.from(encoding).forEach(this::judgeRepeatable);
    judge(reach.from(run), reach, "loading the model runs it", false);
    if (Files.isDirectory(model.resolve("variables")) && graph.hasSaverDef()) {
      List<String> restore = List.of(graph.getSaverDef().getRestoreOpName());
      judge(reach.from(restore), reach, "loading the variables runs it", true);
    }
    graph.getGraphDef().getNodeList().forEach(node -> checkSizes(node.getName(), node));
    graph
        .getGraphDef()
        .getLibrary()
        .getFunctionList()
        .forEach(
            function ->
                function
                    .getNodeDefList()
                    .forEach(
                        node ->
                            checkSizes(
                                function.getSignature().getName() + "/" + node.getName(), node)));
  }

  private static void add(SignatureDef signature, Set<String> roots) {
    signature.getOutputsMap().values().forEach(tensor -> add(tensor, roots));
    // What computes a fed tensor is not run, but a caller may leave out what has a default.
    signature.getInputsMap().values().forEach(tensor -> add(tensor, roots));
  }

  private static void add(TensorInfo tensor, Set<String> roots) {
    if (tensor.hasCooSparse()) {
      roots.add(tensor.getCooSparse().getValuesTensorName());
      roots.add(tensor.getCooSparse().getIndicesTensorName());
      roots.add(tensor.getCooSparse().getDenseShapeTensorName());
    } else if (tensor.hasCompositeTensor()) {
      tensor.getCompositeTensor().getComponentsList().forEach(part -> add(part, roots));
    } else {
      roots.add(tensor.getName());
    }
  }

  private void judge(Map<String, NodeDef> nodes, GraphReach reach, String why, boolean mayRestore) {
    nodes.forEach(
        (place, node) -> {
          if (!reach.isFunction(node.getOp())) {
            judge(place, node.getOp(), why, mayRestore);
          }
        });
  }

  private void judge(String place, String op, String why, boolean mayRestore) {
    OpRules.Kind kind = rules.kind(op);
    switch (kind) {
      case HARMLESS, RANDOM, SEEDED_RANDOM -> {}
      case RESTORE -> {
        if (!mayRestore) {
          refuse(place, op, OpRules.Kind.FILE.effect(), why);
        }
      }
      default -> refuse(place, op, kind.effect(), why);
    }
  }

  /** Judges whether what an encoder gives can be made again. */
  private void judgeRepeatable(String place, NodeDef node) {
    String op = node.getOp();
    OpRules.Kind kind = rules.kind(op);
    boolean draws = kind == OpRules.Kind.RANDOM || kind == OpRules.Kind.SEEDED_RANDOM;
    Randomness.Policy policy = randomness.policy();
    if (draws && policy == Randomness.Policy.MODE) {
      report(
          Finding.warning(
              place,
              op + " draws random numbers; the manifest says that they do not change the ids"));
    } else if (kind == OpRules.Kind.SEEDED_RANDOM && policy == Randomness.Policy.NONE) {
      report(
          Finding.error(
              place,
              op
                  + " draws random numbers from a seed that the manifest does not give, which may"
                  + " change with every call (export without augmentation and sampling, or declare"
                  + " the randomness policy: seed, or mode where they do not change the ids)"));
    } else if (kind == OpRules.Kind.RANDOM) {
      report(
          Finding.error(
              place,
              op
                  + " draws new random numbers in every call, so ids could not be made again"
                  + " (export the mode or the highest score instead, or seeded operations)"));
    }
    if (OpRules.writes(op)) {
      report(
          Finding.warning(
              place,
              op
                  + " writes state, so what the model gives may depend on earlier calls (export it"
                  + " for inference)"));
    }
    if (op.startsWith("FusedBatchNorm")
        && node.getAttrMap().containsKey(TRAINING)
        && node.getAttrOrThrow(TRAINING).getB()) {
      report(
          Finding.warning(
              place,
              op
                  + " takes the mean of the batch, as in training, so ids depend on what is beside"
                  + " a sample (export it for inference, or write batch: 1 for the model)"));
    }
  }

  private void refuse(String place, String op, String effect, String why) {
    report(
        Finding.error(
            place,
            op + " " + effect + ", and " + why + " (trust the bundle only if you know why)"));
  }

  private void report(Finding finding) {
    if (findings.size() < MAX_FINDINGS && !findings.contains(finding)) {
      findings.add(finding);
    }
  }

  private void checkSizes(String place, NodeDef node) {
    node.getAttrMap()
        .forEach(
            (name, value) -> {
              if (value.getValueCase() == AttrValue.ValueCase.TENSOR) {
                TensorProto tensor = value.getTensor();
                checkSize(place, tensor.getTensorShape());
              } else if (value.getValueCase() == AttrValue.ValueCase.SHAPE) {
                checkSize(place, value.getShape());
              }
            });
  }

  private void checkSize(String place, TensorShapeProto shape) {
    long size = 1;
    for (TensorShapeProto.Dim dim : shape.getDimList()) {
      long extent = Math.max(dim.getSize(), 1);
      if (dim.getSize() < -1 || size > MAX_TENSOR_ELEMENTS / extent) {
        report(
            Finding.error(
                place,
                "it has a tensor of shape "
                    + shape.getDimList().stream().map(TensorShapeProto.Dim::getSize).toList()
                    + " (no tensor of a model has that; the file is damaged or an attack)"));
        return;
      }
      size *= extent;
    }
  }
}
