package org.tessera.model.engine.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads of an ONNX file what a safety check needs: the operations of all graphs, subgraphs and
 * functions, and what its tensors claim. Field numbers are those of {@code onnx.proto}.
 */
final class OnnxGraphReader {
  /**
   * An operation.
   *
   * @param inputs the names of its inputs, empty where one is left out
   * @param trains whether its attribute {@code training_mode} is set
   */
  record Node(String domain, String type, String name, List<String> inputs, boolean trains) {}

  /**
   * A stored tensor.
   *
   * @param dims its extents
   * @param external where its values are outside the file, by key; empty when they are inside
   */
  record Tensor(String name, List<Long> dims, Map<String, String> external) {}

  private static final int MAX_DEPTH = 200;

  /** TensorProto.DataType.BOOL. */
  private static final int BOOL = 9;

  private final List<Node> nodes = new ArrayList<>();
  private final List<Tensor> tensors = new ArrayList<>();
  private final List<String> functions = new ArrayList<>();

  /** Stored tensors of one truth value, by name; and that of the last tensor that was read. */
  private final Map<String, Boolean> truths = new HashMap<>();

  private Optional<Boolean> truth = Optional.empty();
  private int depth;

  /** Handles one field of a message; returns whether it was read. */
  @FunctionalInterface
  private interface Field {
    boolean read(int number, CodedInputStream in) throws IOException;
  }

  private OnnxGraphReader() {}

  /**
   * Reads a file.
   *
   * @throws IOException when it is no ONNX file
   */
  static OnnxGraphReader read(Path file) throws IOException {
    OnnxGraphReader reader = new OnnxGraphReader();
    try (InputStream stream = Files.newInputStream(file)) {
      CodedInputStream in = CodedInputStream.newInstance(stream);
      in.setSizeLimit(Integer.MAX_VALUE);
      fields(
          in,
          (number, model) ->
              switch (number) {
                case 7 -> reader.nested(model, reader::graph);
                case 25 -> reader.nested(model, reader::function);
                default -> false;
              });
    }
    return reader;
  }

  List<Node> nodes() {
    return nodes;
  }

  List<Tensor> tensors() {
    return tensors;
  }

  /** The model's own functions, as {@code domain:name}. */
  List<String> functions() {
    return functions;
  }

  /** What a tensor of one truth value holds, where the file says it. */
  Optional<Boolean> truth(String name) {
    return Optional.ofNullable(truths.get(name));
  }

  private boolean graph(int number, CodedInputStream in) throws IOException {
    return switch (number) {
      case 1 -> node(in);
      case 5 -> tensor(in);
      case 15 -> nested(in, (sparse, tensor) -> sparse <= 2 && tensor(tensor));
      default -> false;
    };
  }

  private boolean function(int number, CodedInputStream in) throws IOException {
    return switch (number) {
      case 1 -> add(functions, ":" + in.readString());
      case 7 -> node(in);
      case 10 -> {
        int last = functions.size() - 1;
        functions.set(last, in.readString() + functions.get(last));
        yield true;
      }
      default -> false;
    };
  }

  private static boolean add(List<String> list, String value) {
    list.add(value);
    return true;
  }

  private boolean node(CodedInputStream in) throws IOException {
    String[] texts = {"", "", ""};
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    boolean[] trains = {false};
    truth = Optional.empty();
    nested(
        in,
        (number, node) -> {
          switch (number) {
            case 1 -> inputs.add(node.readString());
            case 2 -> outputs.add(node.readString());
            case 7 -> texts[0] = node.readString();
            case 4 -> texts[1] = node.readString();
            case 3 -> texts[2] = node.readString();
            case 5 -> trains[0] |= attribute(node);
            default -> {
              return false;
            }
          }
          return true;
        });
    if (texts[1].equals("Constant") && outputs.size() == 1) {
      truth.ifPresent(value -> truths.put(outputs.get(0), value));
    }
    nodes.add(new Node(texts[0], texts[1], texts[2], List.copyOf(inputs), trains[0]));
    return true;
  }

  /** Reads an attribute; whether it says that the operation is as in training. */
  private boolean attribute(CodedInputStream in) throws IOException {
    String[] name = {""};
    long[] value = {0};
    nested(
        in,
        (number, attribute) ->
            switch (number) {
              case 1 -> {
                name[0] = attribute.readString();
                yield true;
              }
              case 3 -> {
                value[0] = attribute.readInt64();
                yield true;
              }
              case 5, 10 -> tensor(attribute);
              case 6, 11 -> nested(attribute, this::graph);
              default -> false;
            });
    return name[0].equals("training_mode") && value[0] != 0;
  }

  private boolean tensor(CodedInputStream in) throws IOException {
    List<Long> dims = new ArrayList<>();
    Map<String, String> external = new HashMap<>();
    String[] name = {""};
    long[] type = {0};
    List<Long> values = new ArrayList<>();
    nested(
        in,
        (number, tensor) -> {
          switch (number) {
            case 1 -> dims.addAll(longs(tensor));
            case 2 -> type[0] = tensor.readInt32();
            case 8 -> name[0] = tensor.readString();
            case 13 -> entry(tensor, external);
            // Numbers are read of truth values alone; weights are long.
            case 5, 9 -> {
              if (type[0] != BOOL) {
                return false;
              }
              values.addAll(number == 5 ? longs(tensor) : bytes(tensor));
            }
            default -> {
              return false;
            }
          }
          return true;
        });
    tensors.add(new Tensor(name[0], dims, external));
    truth = values.size() == 1 ? Optional.of(values.get(0) != 0) : Optional.empty();
    truth.ifPresent(value -> truths.put(name[0], value));
    return true;
  }

  private static List<Long> bytes(CodedInputStream in) throws IOException {
    List<Long> values = new ArrayList<>();
    for (byte value : in.readByteArray()) {
      values.add((long) value);
    }
    return values;
  }

  /** A repeated 64-bit field, packed or not. */
  private static List<Long> longs(CodedInputStream in) throws IOException {
    if (WireFormat.getTagWireType(in.getLastTag()) == WireFormat.WIRETYPE_VARINT) {
      return List.of(in.readInt64());
    }
    List<Long> values = new ArrayList<>();
    int old = in.pushLimit(in.readRawVarint32());
    while (in.getBytesUntilLimit() > 0) {
      values.add(in.readInt64());
    }
    in.popLimit(old);
    return values;
  }

  private void entry(CodedInputStream in, Map<String, String> entries) throws IOException {
    String[] pair = {"", ""};
    nested(
        in,
        (number, entry) -> {
          if (number > 2) {
            return false;
          }
          pair[number - 1] = entry.readString();
          return true;
        });
    entries.put(pair[0], pair[1]);
  }

  private boolean nested(CodedInputStream in, Field field) throws IOException {
    if (++depth > MAX_DEPTH) {
      throw new IOException("messages are nested more than " + MAX_DEPTH + " deep");
    }
    int old = in.pushLimit(in.readRawVarint32());
    fields(in, field);
    in.popLimit(old);
    depth--;
    return true;
  }

  private static void fields(CodedInputStream in, Field field) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (!field.read(WireFormat.getTagFieldNumber(tag), in)) {
        in.skipField(tag);
      }
    }
  }
}
