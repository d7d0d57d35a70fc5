package org.attentionmesh.graph;

import androidx.annotation.NonNull;
import androidx.annotation.Nullable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs a graph timestamp by timestamp, on the calling thread.
 *
 * <p>All nodes of our graphs send at the timestamps of their inputs. So one pass over the nodes, producers
 * first, is all there is to do at a timestamp; a back edge brings the value of the frame before. Inputs of a
 * node are synchronized, as by MediaPipe's default policy: the node runs once at each timestamp at which one of
 * them has a packet. Other policies are refused by name.
 *
 * <p>One thread at a time may call a runner. {@link #run} allocates nothing.
 */
public final class GraphRunner {
  private static final class Node {
    final NodeConfig config;
    final Calculator calculator;

    Node(NodeConfig config, Calculator calculator) {
      this.config = config;
      this.calculator = calculator;
    }
  }

  private final Map<String, Stream> streams = new HashMap<>();
  private final Set<String> inputNames = new HashSet<>();
  private final Node[] nodes;
  private Stream[] allStreams;
  private long lastTimestampUs = Long.MIN_VALUE;
  private boolean isClosed;

  /**
   * Opens a graph.
   *
   * @param sidePackets the value of each side packet that the graph takes; what its nodes can do without may
   *     be missing.
   * @throws GraphException if the graph is wrong, or a node cannot open; the text names the node.
   */
  public GraphRunner(@NonNull GraphConfig config, @NonNull CalculatorRegistry registry,
      @NonNull Map<String, ?> sidePackets, @NonNull GraphServices services) {
    Set<String> known = config.sidePacketNames();
    for (String name : sidePackets.keySet()) {
      if (!known.contains(name)) {
        throw new GraphException("the graph has no input side packet \"" + name + "\"; it has " + known);
      }
    }
    for (Connection input : config.inputs) {
      streams.put(input.name, new Stream(input.name));
      inputNames.add(input.name);
    }
    List<Node> all = new ArrayList<>();
    Set<String> sideNames = new HashSet<>(known);
    for (NodeConfig node : config.nodes) {
      all.add(createNode(config.schema, node, registry, services, sideNames));
    }
    for (Node node : all) {
      connectInputs(node, sideNames);
    }
    for (Connection output : config.outputs) {
      if (!streams.containsKey(output.name)) {
        throw new GraphException("no node makes the output stream \"" + output.name + "\"");
      }
    }
    nodes = inOrder(all);
    allStreams = streams.values().toArray(new Stream[0]);
    openAll(new HashMap<>(sidePackets));
  }

  private Node createNode(Schema schema, NodeConfig config, CalculatorRegistry registry, GraphServices services,
      Set<String> sideNames) {
    try {
      Calculator calculator = registry.create(config.calculator);
      calculator.bind(schema, config, services);
      for (Connection output : config.outputs) {
        Output<?> port = calculator.findOutput(output.tag, output.index);
        if (port == null) {
          throw new GraphException("there is no output " + output.tag + ":" + output.index);
        }
        if (streams.containsKey(output.name)) {
          throw new GraphException("the stream \"" + output.name + "\" has another producer");
        }
        Stream stream = new Stream(output.name);
        streams.put(output.name, stream);
        port.connect(stream);
      }
      for (Connection side : config.sideOutputs) {
        if (calculator.findSideOutput(side.tag) == null) {
          throw new GraphException("there is no output side packet " + side.tag);
        }
        if (!sideNames.add(side.name)) {
          throw new GraphException("the side packet \"" + side.name + "\" has another producer");
        }
      }
      return new Node(config, calculator);
    } catch (GraphException error) {
      throw new GraphException(config.label + ": " + error.getMessage(), error);
    }
  }

  private void connectInputs(Node node, Set<String> sideNames) {
    String label = node.config.label;
    for (Connection input : node.config.inputs) {
      Input<?> port = node.calculator.findInput(input.tag, input.index);
      if (port == null) {
        throw new GraphException(label + ": there is no input " + input.tag + ":" + input.index);
      }
      Stream stream = streams.get(input.name);
      if (stream == null) {
        throw new GraphException(label + ": no node makes the stream \"" + input.name + "\"");
      }
      port.connect(stream, node.config.isBackEdge(input));
    }
    for (Input<?> port : node.calculator.inputs) {
      if (!port.isConnected() && !port.isOptional) {
        throw new GraphException(label + ": the input " + port.tag + " is not connected");
      }
    }
    for (Connection side : node.config.sideInputs) {
      if (node.calculator.findSideInput(side.tag) == null) {
        throw new GraphException(label + ": there is no input side packet " + side.tag);
      }
      if (!sideNames.contains(side.name)) {
        throw new GraphException(label + ": nothing makes the side packet \"" + side.name + "\"");
      }
    }
  }

  /** The nodes with producers before consumers; otherwise in the order of the file. */
  private static Node[] inOrder(List<Node> all) {
    Map<String, Node> producers = new HashMap<>();
    for (Node node : all) {
      for (Connection output : node.config.outputs) {
        producers.put("stream " + output.name, node);
      }
      for (Connection side : node.config.sideOutputs) {
        producers.put("side " + side.name, node);
      }
    }
    List<Node> ordered = new ArrayList<>();
    Set<Node> placed = new HashSet<>();
    while (ordered.size() < all.size()) {
      int before = ordered.size();
      for (Node node : all) {
        if (!placed.contains(node) && isReady(node, producers, placed)) {
          ordered.add(node);
          placed.add(node);
        }
      }
      if (ordered.size() == before) {
        List<String> labels = new ArrayList<>();
        for (Node node : all) {
          if (!placed.contains(node)) {
            labels.add(node.config.label);
          }
        }
        throw new GraphException("these nodes wait for each other; mark a back edge: " + labels);
      }
    }
    return ordered.toArray(new Node[0]);
  }

  private static boolean isReady(Node node, Map<String, Node> producers, Set<Node> placed) {
    for (Connection input : node.config.inputs) {
      Node producer = producers.get("stream " + input.name);
      if (producer != null && !node.config.isBackEdge(input) && !placed.contains(producer)) {
        return false;
      }
    }
    for (Connection side : node.config.sideInputs) {
      Node producer = producers.get("side " + side.name);
      if (producer != null && !placed.contains(producer)) {
        return false;
      }
    }
    return true;
  }

  private void openAll(Map<String, Object> sidePackets) {
    int opened = 0;
    try {
      for (Node node : nodes) {
        openNode(node, sidePackets);
        opened++;
      }
    } finally {
      for (int index = 0; opened < nodes.length && index < opened; index++) {
        nodes[index].calculator.close();
      }
    }
  }

  private static void openNode(Node node, Map<String, Object> sidePackets) {
    try {
      for (Connection side : node.config.sideInputs) {
        node.calculator.findSideInput(side.tag).set(side.name, sidePackets.get(side.name));
      }
      for (SideInput<?> side : node.calculator.sideInputs) {
        if (!side.isGiven() && !side.isOptional) {
          throw new GraphException("the side packet " + side.tag + " \"" + side.name() + "\" is missing");
        }
      }
      node.calculator.open();
      for (Connection side : node.config.sideOutputs) {
        sidePackets.put(side.name, node.calculator.findSideOutput(side.tag).value());
      }
    } catch (GraphException | IllegalArgumentException error) {
      throw new GraphException(node.config.label + ": " + error.getMessage(), error);
    }
  }

  /**
   * Gives an input stream its value for the next {@link #run}.
   *
   * @throws GraphException if the graph has no such input.
   */
  public void set(@NonNull String input, @NonNull Object value) {
    if (!inputNames.contains(input)) {
      throw new GraphException("the graph has no input stream \"" + input + "\"; it has " + inputNames);
    }
    streams.get(input).value = value;
  }

  public boolean hasInput(@NonNull String input) {
    return inputNames.contains(input);
  }

  public boolean hasStream(@NonNull String name) {
    return streams.containsKey(name);
  }

  /**
   * Runs all nodes at a timestamp.
   *
   * @param timestampUs in microseconds, larger than in the call before.
   * @throws GraphException if a node fails; the text names node and timestamp. The frame's outputs are lost,
   *     and the next call starts as after {@link #reset}.
   */
  public void run(long timestampUs) {
    if (isClosed) {
      throw new GraphException("the graph is closed");
    }
    if (timestampUs <= lastTimestampUs) {
      throw new GraphException("timestamp " + timestampUs + " us is not after " + lastTimestampUs + " us");
    }
    lastTimestampUs = timestampUs;
    for (Stream stream : allStreams) {
      if (!inputNames.contains(stream.name)) {
        stream.value = null;
      }
    }
    for (Node node : nodes) {
      if (isTriggered(node.calculator)) {
        process(node, timestampUs);
      }
    }
    for (Node node : nodes) {
      List<Input<?>> inputs = node.calculator.inputs;
      for (int index = 0; index < inputs.size(); index++) {
        inputs.get(index).endOfFrame();
      }
    }
    for (Stream stream : allStreams) {
      if (inputNames.contains(stream.name)) {
        stream.value = null;
      }
    }
  }

  private void process(Node node, long timestampUs) {
    try {
      node.calculator.processAt(timestampUs);
    } catch (RuntimeException error) {
      reset();
      throw new GraphException(node.config.label + " at " + timestampUs + " us: " + error.getMessage(), error);
    }
  }

  private static boolean isTriggered(Calculator calculator) {
    List<Input<?>> inputs = calculator.inputs;
    for (int index = 0; index < inputs.size(); index++) {
      if (inputs.get(index).triggers()) {
        return true;
      }
    }
    return false;
  }

  /** The value of a stream after {@link #run}; null if it has none. It is valid until the next run. */
  @Nullable
  public Object output(@NonNull String name) {
    Stream stream = streams.get(name);
    if (stream == null) {
      throw new GraphException("the graph has no stream \"" + name + "\"");
    }
    return stream.value;
  }

  /** Forgets the frames before; timestamps may start again. */
  public void reset() {
    lastTimestampUs = Long.MIN_VALUE;
    for (Node node : nodes) {
      node.calculator.reset();
      for (Input<?> input : node.calculator.inputs) {
        input.reset();
      }
    }
    for (Stream stream : allStreams) {
      stream.value = null;
    }
  }

  /** Closes all nodes; a second call does nothing. */
  public void close() {
    if (!isClosed) {
      isClosed = true;
      for (Node node : nodes) {
        node.calculator.close();
      }
    }
  }
}
