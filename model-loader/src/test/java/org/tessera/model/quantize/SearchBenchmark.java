package org.tessera.model.quantize;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.npy.FloatTensor;
import org.tessera.model.quantize.kernel.Norms;

/**
 * Plain Euclidean VQ of {@value #ROWS} vectors three ways: the reference (one thread), the graph in
 * row blocks, and one matrix product over the whole batch, whose ids depend on the batch. Figures
 * are in {@code QUANTIZERS.md}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SearchBenchmark {
  private static final int ROWS = 2048;

  @Param({"8x1024", "64x1024", "512x1024", "8x8192", "32x8192", "256x8192", "8x262144"})
  String size;

  private float[] vectors;
  private int[] ids;
  private Quantizer quantizer;
  private GraphRunner blocks;
  private Graph graph;
  private Session session;
  private Placeholder<TFloat32> input;
  private Operand<TInt32> whole;
  private TFloat32 tensor;

  @Setup
  public void setUp() {
    int d = Integer.parseInt(size.substring(0, size.indexOf('x')));
    int codes = Integer.parseInt(size.substring(size.indexOf('x') + 1));
    float[] table = Specs.gaussian(1, codes * d);
    vectors = Specs.gaussian(2, ROWS * d);
    ids = new int[ROWS];
    quantizer =
        Quantizers.of(
            Specs.spec(
                "vq",
                "codebook",
                "c",
                "metric",
                "euclidean",
                "normalise",
                "none",
                "dequantise",
                "stored"),
            Specs.tensors("c", FloatTensor.of(table, codes, d)));
    blocks = new GraphRunner(quantizer);
    graph = new Graph();
    Ops tf = Ops.create(graph);
    input = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, d)));
    Operand<TFloat32> codebook =
        tf.constant(Shape.of(codes, d), DataBuffers.of(table, true, false));
    Operand<TFloat32> products = tf.linalg.matMul(input, codebook, MatMul.transposeB(true));
    Operand<TFloat32> halves = tf.constant(Norms.halfSquares(table, d));
    whole = tf.math.argMax(tf.math.sub(products, halves), tf.constant(1), TInt32.class);
    session = new Session(graph);
    tensor = TFloat32.tensorOf(Shape.of(ROWS, d), DataBuffers.of(vectors, true, false));
  }

  @TearDown
  public void tearDown() {
    blocks.close();
    tensor.close();
    session.close();
    graph.close();
  }

  @Benchmark
  public int[] reference() {
    quantizer.encode(vectors, ROWS, ids, null);
    return ids;
  }

  @Benchmark
  public Object graphInBlocks() {
    return blocks.encode(vectors, ROWS);
  }

  @Benchmark
  public long graphInOneProduct() {
    try (var result = session.runner().feed(input, tensor).fetch(whole).run()) {
      return result.get(0).shape().size();
    }
  }
}
