package org.attentionmesh.graph;

import androidx.annotation.NonNull;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A graph: its nodes and its own inputs and outputs. {@link GraphLibrary} reads one from files. */
public final class GraphConfig {
  private static final Set<String> KNOWN = new HashSet<>(Arrays.asList(
      "node", "input_stream", "output_stream", "input_side_packet", "output_side_packet", "type"));

  final Schema schema;
  final List<NodeConfig> nodes;
  final List<Connection> inputs;
  final List<Connection> outputs;
  final List<Connection> sideInputs;

  /** The name under which other graphs contain this one; "" if it has none. */
  final String type;

  GraphConfig(Schema schema, String type, List<NodeConfig> nodes, List<Connection> inputs, List<Connection> outputs,
      List<Connection> sideInputs) {
    this.schema = schema;
    this.type = type;
    this.nodes = nodes;
    this.inputs = inputs;
    this.outputs = outputs;
    this.sideInputs = sideInputs;
  }

  /**
   * Reads a graph from a serialized CalculatorGraphConfig; its subgraphs are nodes.
   *
   * @throws GraphException if the data is damaged or uses what is unknown here; the text names it.
   */
  @NonNull
  public static GraphConfig parse(@NonNull Schema schema, @NonNull byte[] data) {
    Message config = new Message(schema, "mediapipe.CalculatorGraphConfig", data);
    for (String field : config.setFields()) {
      if (!KNOWN.contains(field)) {
        throw new GraphException("the graph's " + field + " is not supported on Android");
      }
    }
    List<NodeConfig> nodes = new ArrayList<>();
    for (Object node : config.getList("node")) {
      nodes.add(new NodeConfig((Message) node, nodes.size()));
    }
    if (nodes.isEmpty()) {
      throw new GraphException("the graph has no node; the file is empty");
    }
    return new GraphConfig(schema, config.getString("type"), nodes, Connection.readAll(config.getList("input_stream")),
        Connection.readAll(config.getList("output_stream")),
        Connection.readAll(config.getList("input_side_packet")));
  }

  /** The names of the calculators, each once, sorted. */
  @NonNull
  public List<String> calculators() {
    Set<String> names = new HashSet<>();
    for (NodeConfig node : nodes) {
      names.add(node.calculator);
    }
    List<String> sorted = new ArrayList<>(names);
    Collections.sort(sorted);
    return sorted;
  }

  /** The side packets that the graph takes. */
  @NonNull
  public Set<String> sidePacketNames() {
    Set<String> names = new HashSet<>();
    for (Connection side : sideInputs) {
      names.add(side.name);
    }
    return names;
  }

  /**
   * The part that makes some streams; what they do not depend on is left out, so that it costs nothing.
   *
   * @throws GraphException if no node makes one of them.
   */
  @NonNull
  public GraphConfig partFor(@NonNull Collection<String> streams) {
    Set<String> wanted = new HashSet<>(streams);
    Set<NodeConfig> needed = new HashSet<>();
    boolean grows = true;
    while (grows) {
      grows = false;
      for (NodeConfig node : nodes) {
        if (!needed.contains(node) && (makesAny(node.outputs, wanted) || makesAny(node.sideOutputs, wanted))) {
          needed.add(node);
          addNames(node.inputs, wanted);
          addNames(node.sideInputs, wanted);
          grows = true;
        }
      }
    }
    List<NodeConfig> kept = new ArrayList<>();
    Set<String> made = new HashSet<>();
    for (NodeConfig node : nodes) {
      if (needed.contains(node)) {
        kept.add(node);
        addNames(node.outputs, made);
      }
    }
    for (String stream : streams) {
      if (!made.contains(stream)) {
        throw new GraphException("no node of the graph makes the stream \"" + stream + "\"");
      }
    }
    return new GraphConfig(schema, type, kept, named(inputs, wanted), named(outputs, new HashSet<>(streams)),
        named(sideInputs, wanted));
  }

  private static boolean makesAny(List<Connection> connections, Set<String> names) {
    for (Connection connection : connections) {
      if (names.contains(connection.name)) {
        return true;
      }
    }
    return false;
  }

  private static void addNames(List<Connection> connections, Set<String> names) {
    for (Connection connection : connections) {
      names.add(connection.name);
    }
  }

  private static List<Connection> named(List<Connection> connections, Set<String> names) {
    List<Connection> kept = new ArrayList<>();
    for (Connection connection : connections) {
      if (names.contains(connection.name)) {
        kept.add(connection);
      }
    }
    return kept;
  }
}
