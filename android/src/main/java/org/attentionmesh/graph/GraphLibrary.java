package org.attentionmesh.graph;

import androidx.annotation.NonNull;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The graphs of an app by their types; a graph that contains others is expanded. */
public final class GraphLibrary {
  private final Map<String, GraphConfig> graphs = new HashMap<>();

  /** Adds a graph's file. */
  public void add(@NonNull GraphConfig graph) {
    graphs.put(graph.type, graph);
  }

  /**
   * A graph whose nodes are calculators only.
   *
   * @param type of the graph, such as {@code FaceMesh}.
   * @throws GraphException if there is none, or a graph contains itself.
   */
  @NonNull
  public GraphConfig expanded(@NonNull String type) {
    GraphConfig graph = graphs.get(type);
    if (graph == null) {
      throw new GraphException("there is no graph " + type + "; there are " + graphs.keySet());
    }
    return expand(graph, 0);
  }

  private GraphConfig expand(GraphConfig graph, int depth) {
    if (depth > graphs.size()) {
      throw new GraphException("the graph " + graph.type + " contains itself");
    }
    List<NodeConfig> nodes = new ArrayList<>();
    for (NodeConfig node : graph.nodes) {
      GraphConfig inner = graphs.get(node.calculator);
      if (inner == null) {
        nodes.add(node);
        continue;
      }
      if (!node.options.isEmpty()) {
        throw new GraphException(node.label + ": a graph takes no options, but it has " + node.options.keySet());
      }
      Map<String, String> names = outerNames(node, inner);
      for (NodeConfig part : expand(inner, depth + 1).nodes) {
        nodes.add(part.within(node, names));
      }
    }
    return new GraphConfig(graph.schema, graph.type, nodes, graph.inputs, graph.outputs, graph.sideInputs);
  }

  /** The names in the outer graph of a subgraph's own streams and side packets. */
  private static Map<String, String> outerNames(NodeConfig node, GraphConfig inner) {
    Map<String, String> names = new HashMap<>();
    match(node, node.inputs, inner.inputs, true, names);
    match(node, node.sideInputs, inner.sideInputs, true, names);
    match(node, node.outputs, inner.outputs, false, names);
    return names;
  }

  private static void match(NodeConfig node, List<Connection> outer, List<Connection> inner, boolean dropsMissing,
      Map<String, String> names) {
    for (Connection given : outer) {
      if (find(inner, given) == null) {
        throw new GraphException(node.label + ": the graph has no " + given.tag + ":" + given.index);
      }
    }
    for (Connection own : inner) {
      Connection given = find(outer, own);
      if (given != null) {
        names.put(own.name, given.name);
      } else if (dropsMissing) {
        names.put(own.name, null);
      }
    }
  }

  private static Connection find(List<Connection> connections, Connection like) {
    for (Connection connection : connections) {
      if (connection.tag.equals(like.tag) && connection.index == like.index) {
        return connection;
      }
    }
    return null;
  }
}
