package org.tessera.model.engine.tensorflow;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** What some nodes of a graph reach: their inputs, and the functions that they call. */
final class GraphReach {
  /** An attribute by which TensorFlow's optimizer may put one function in another's place. */
  private static final String INTERFACE = "api_implements";

  private final Map<String, NodeDef> nodes = new HashMap<>();
  private final Map<String, FunctionDef> functions = new HashMap<>();

  GraphReach(GraphDef graph) {
    graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    graph
        .getLibrary()
        .getFunctionList()
        .forEach(function -> functions.put(function.getSignature().getName(), function));
  }

  boolean has(String node) {
    return nodes.containsKey(node);
  }

  /**
   * Every node that running some nodes may run, by place ({@code node} or {@code function/node}).
   * All nodes of a called function count.
   *
   * @param roots names of nodes or their outputs
   */
  Map<String, NodeDef> from(Iterable<String> roots) {
    Map<String, NodeDef> reached = new LinkedHashMap<>();
    Set<String> called = new HashSet<>();
    Deque<String> pending = new ArrayDeque<>();
    roots.forEach(root -> pending.add(nodeName(root)));
    Deque<String> pendingFunctions = new ArrayDeque<>();
    while (!pending.isEmpty()) {
      String name = pending.poll();
      NodeDef node = nodes.get(name);
      if (node == null || reached.putIfAbsent(name, node) != null) {
        continue;
      }
      node.getInputList().forEach(input -> pending.add(nodeName(input)));
      addFunctions(node, pendingFunctions);
    }
    while (!pendingFunctions.isEmpty()) {
      String name = pendingFunctions.poll();
      FunctionDef function = functions.get(name);
      if (function == null || !called.add(name)) {
        continue;
      }
      for (NodeDef node : function.getNodeDefList()) {
        reached.put(name + "/" + node.getName(), node);
        addFunctions(node, pendingFunctions);
      }
      addSubstitutes(function, pendingFunctions);
    }
    return reached;
  }

  private static String nodeName(String output) {
    String name = output.startsWith("^") ? output.substring(1) : output;
    int colon = name.indexOf(':');
    return colon < 0 ? name : name.substring(0, colon);
  }

  private void addFunctions(NodeDef node, Deque<String> pending) {
    pending.add(node.getOp());
    node.getAttrMap().values().forEach(value -> addFunctions(value, pending));
  }

  private void addFunctions(AttrValue value, Deque<String> pending) {
    if (value.hasFunc()) {
      pending.add(value.getFunc().getName());
      value.getFunc().getAttrMap().values().forEach(inner -> addFunctions(inner, pending));
    }
    value
        .getList()
        .getFuncList()
        .forEach(
            function -> {
              pending.add(function.getName());
              function.getAttrMap().values().forEach(inner -> addFunctions(inner, pending));
            });
  }

  private void addSubstitutes(FunctionDef function, Deque<String> pending) {
    AttrValue wanted = function.getAttrMap().get(INTERFACE);
    if (wanted == null) {
      return;
    }
    functions.forEach(
        (name, other) -> {
          if (wanted.getS().equals(other.getAttrOrDefault(INTERFACE, wanted).getS())
              && other.containsAttr(INTERFACE)) {
            pending.add(name);
          }
        });
  }

  /** Whether an operation's name is that of a function of the graph. */
  boolean isFunction(String op) {
    return functions.containsKey(op);
  }
}
