package org.attentionmesh.graph;

import androidx.annotation.NonNull;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A node of a graph's file. */
final class NodeConfig {
  private static final Set<String> KNOWN = new HashSet<>(Arrays.asList(
      "name", "calculator", "input_stream", "output_stream", "input_side_packet", "output_side_packet",
      "node_options", "input_stream_info"));
  private static final String ANY_PREFIX = "type.googleapis.com/";

  final String calculator;
  final String label;
  final List<Connection> inputs;
  final List<Connection> outputs;
  final List<Connection> sideInputs;
  final List<Connection> sideOutputs;
  /** Content by the options' message type. */
  final Map<String, byte[]> options = new LinkedHashMap<>();
  /** {@code TAG} or {@code TAG:index} of back edges. */
  final Set<String> backEdges = new HashSet<>();

  NodeConfig(@NonNull Message node, int place) {
    calculator = node.getString("calculator");
    String name = node.getString("name");
    label = "node " + place + " (" + calculator + (name.isEmpty() ? ")" : ", " + name + ")");
    for (String field : node.setFields()) {
      if (!KNOWN.contains(field)) {
        throw new GraphException(label + ": " + field + " is not supported on Android");
      }
    }
    try {
      inputs = Connection.readAll(node.getList("input_stream"));
      outputs = Connection.readAll(node.getList("output_stream"));
      sideInputs = Connection.readAll(node.getList("input_side_packet"));
      sideOutputs = Connection.readAll(node.getList("output_side_packet"));
    } catch (GraphException error) {
      throw new GraphException(label + ": " + error.getMessage(), error);
    }
    for (Object entry : node.getList("node_options")) {
      Message any = (Message) entry;
      String url = any.getString("type_url");
      options.put(url.startsWith(ANY_PREFIX) ? url.substring(ANY_PREFIX.length()) : url, any.getBytes("value"));
    }
    for (Object entry : node.getList("input_stream_info")) {
      Message info = (Message) entry;
      if (info.getBool("back_edge")) {
        backEdges.add(info.getString("tag_index"));
      }
    }
  }

  private NodeConfig(NodeConfig inner, String label, List<Connection> inputs, List<Connection> outputs,
      List<Connection> sideInputs, List<Connection> sideOutputs) {
    calculator = inner.calculator;
    this.label = label;
    this.inputs = inputs;
    this.outputs = outputs;
    this.sideInputs = sideInputs;
    this.sideOutputs = sideOutputs;
    options.putAll(inner.options);
    backEdges.addAll(inner.backEdges);
  }

  /**
   * This node of a subgraph as a node of the graph around it.
   *
   * @param outer the subgraph's node there.
   * @param names the names there by the names here; null for an input that is not connected there.
   */
  NodeConfig within(NodeConfig outer, Map<String, String> names) {
    String prefix = outer.label + " / ";
    return new NodeConfig(this, prefix + label, renamed(inputs, prefix, names), renamed(outputs, prefix, names),
        renamed(sideInputs, prefix, names), renamed(sideOutputs, prefix, names));
  }

  private static List<Connection> renamed(List<Connection> connections, String prefix, Map<String, String> names) {
    List<Connection> renamed = new ArrayList<>();
    for (Connection connection : connections) {
      String name = names.containsKey(connection.name) ? names.get(connection.name) : prefix + connection.name;
      if (name != null) {
        renamed.add(new Connection(connection.tag, connection.index, name));
      }
    }
    return renamed;
  }

  boolean isBackEdge(Connection input) {
    return backEdges.contains(input.tag + ":" + input.index)
        || (input.index == 0 && backEdges.contains(input.tag));
  }
}
