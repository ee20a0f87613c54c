package org.tessera.model.engine.tensorflow;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.OpDef;

/**
 * Which TensorFlow operations a served graph may reach. What reaches files, processes or the
 * network is named; of the rest, operations without state are computations, and operations with
 * state must be known to be harmless. Immutable and thread-safe.
 */
final class OpRules {
  /** What an operation does. */
  enum Kind {
    /** Computes, or keeps state inside the process. */
    HARMLESS,
    /** Draws from a generator whose state changes with every call. */
    RANDOM,
    /** Draws random numbers that are a function of its seed input. */
    SEEDED_RANDOM,
    /** Restores variables; only loading a model does that. */
    RESTORE,
    /** Reads or writes files. */
    FILE("reads or writes files"),
    /** Runs code outside the graph. */
    CODE("runs code outside the graph"),
    /** Speaks to other processes or machines. */
    NETWORK("speaks to other processes or machines"),
    /** Has state that is not known to be harmless. */
    STATE("has state that is not known to be harmless"),
    /** Is not one of TensorFlow's. */
    UNKNOWN("is not one of this TensorFlow's operations");

    private final String effect;

    Kind() {
      this("");
    }

    Kind(String effect) {
      this.effect = effect;
    }

    /** What is wrong with it; empty when nothing is. */
    String effect() {
      return effect;
    }
  }

  private static final Set<String> RESTORES = Set.of("RestoreV2", "Restore", "RestoreSlice");
  private static final Pattern FILES =
      Pattern.compile(
          "ReadFile|WriteFile|MatchingFiles|Save|SaveV2|SaveSlices|MergeV2Checkpoints"
              + "|DistributedSave|DTensorRestoreV2|LoadAndRemapMatrix|GenerateVocabRemapping"
              + "|InitializeTableFrom.*|DecodeProto(V2)?|EncodeProto|RecordInput|ImportEvent"
              + "|Debug(Identity|NumericSummary|NanCount).*|DumpTensor|PrintV2|.*SummaryWriter"
              + "|CreateSummary.*|Write.*Summary|CalibrationStatisticsSaver"
              + "|FileSystemSetConfiguration|.*Reader(V2)?|Reader.*|.*Dataset.*|.*Iterator.*");
  private static final Pattern CODE =
      Pattern.compile(
          "PyFunc|PyFuncStateless|EagerPyFunc|XlaCustomCall.*|XlaHostCompute.*|_XlaHostCompute.*"
              + "|RemoteFusedGraphExecute");
  private static final Pattern NETWORK =
      Pattern.compile(
          "Rpc.*|RemoteCall|_?(Host)?(Send|Recv)|Collective.*|_?Nccl.*|.*TPU.*|.*Tpu.*"
              + "|Infeed.*|Outfeed.*|Xla(Send|Recv).*|WorkerHeartbeat");
  private static final Pattern RANDOM =
      Pattern.compile(
          "RandomUniform(Int)?|RandomStandardNormal|TruncatedNormal|ParameterizedTruncatedNormal"
              + "|RandomShuffle|RandomGamma|RandomPoisson(V2)?|Multinomial|RandomCrop"
              + "|Stateful(StandardNormal|TruncatedNormal|Uniform|RandomBinomial).*"
              + "|Rng(Skip|ReadAndSkip)|NonDeterministicInts|SampleDistortedBoundingBox(V2)?"
              + "|.*CandidateSampler");
  private static final Pattern SEEDED_RANDOM =
      Pattern.compile(
          "Stateless(Random(?!Get).*|Multinomial|TruncatedNormal.*|ParameterizedTruncatedNormal"
              + "|SampleDistortedBoundingBox|Shuffle)");
  private static final Pattern WRITES =
      Pattern.compile(
          "Assign(Add|Sub)?(VariableOp)?|(Resource)?Scatter(Nd)?(Update|Add|Sub|Mul|Div|Min|Max)"
              + "|ResourceStridedSliceAssign|(Resource)?CountUpTo"
              + "|LookupTable(Insert|Import|Remove)(V2)?");
  private static final Pattern HARMLESS_STATE =
      Pattern.compile(
          "VarHandleOp|ReadVariableOp|Variable(V2)?|VarIsInitializedOp|VariableShape"
              + "|Assign(Add|Sub)?VariableOp|ResourceGather(Nd)?|ResourceScatter.*"
              + "|ResourceStridedSliceAssign|ResourceCountUpTo|DestroyResourceOp|DisableCopyOnRead"
              + "|TemporaryVariable|If|While|Case|StatefulPartitionedCall|TensorArray.*|Stack.*"
              + "|HashTable(V2)?|AnonymousHashTable|(Anonymous)?Mutable(Dense)?HashTable.*"
              + "|LookupTable(Find|Insert|Size|Export|Import|Remove)V2|InitializeTableV2|Assert"
              + "|CheckNumerics(V2)?|GuaranteeConst|Empty|Print|DeviceIndex|CudnnRNN.*|MutexV2"
              + "|MutexLock|ConsumeMutexLock|DeepCopy|StatelessRandomGetAlg|XlaCallModule|_Arg"
              + "|_Retval");

  private final Map<String, Boolean> stateful = new HashMap<>();

  private OpRules(List<OpDef> registered) {
    registered.forEach(op -> stateful.put(op.getName(), op.getIsStateful()));
  }

  /** The rules for the operations of the TensorFlow library that is loaded. */
  static OpRules ofLibrary() {
    return new OpRules(TensorFlow.registeredOpList().getOpList());
  }

  /** Whether an operation changes what later calls find. */
  static boolean writes(String op) {
    return WRITES.matcher(op).matches();
  }

  Kind kind(String op) {
    if (RESTORES.contains(op)) {
      return Kind.RESTORE;
    }
    return named(op).orElseGet(() -> byState(op));
  }

  private static Optional<Kind> named(String op) {
    if (CODE.matcher(op).matches()) {
      return Optional.of(Kind.CODE);
    }
    if (NETWORK.matcher(op).matches()) {
      return Optional.of(Kind.NETWORK);
    }
    if (FILES.matcher(op).matches()) {
      return Optional.of(Kind.FILE);
    }
    if (RANDOM.matcher(op).matches()) {
      return Optional.of(Kind.RANDOM);
    }
    if (SEEDED_RANDOM.matcher(op).matches()) {
      return Optional.of(Kind.SEEDED_RANDOM);
    }
    return Optional.empty();
  }

  private Kind byState(String op) {
    Boolean state = stateful.get(op);
    if (state == null) {
      return Kind.UNKNOWN;
    }
    return !state || HARMLESS_STATE.matcher(op).matches() ? Kind.HARMLESS : Kind.STATE;
  }
}
