package org.attentionmesh.graph;

import androidx.annotation.NonNull;
import androidx.annotation.Nullable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A node of a graph: takes packets, calls a function, sends packets.
 *
 * <p>A subclass declares its ports as fields and its options in the constructor. A graph that sets another
 * option, or connects another port, is refused. {@link #process} runs at each timestamp at which an input has
 * a packet, on the graph's thread. It does not allocate: what it sends lies in fields.
 */
public abstract class Calculator {
  private final Set<String> optionNames;
  private final String optionsType;
  final List<Input<?>> inputs = new ArrayList<>();
  final List<Output<?>> outputs = new ArrayList<>();
  final List<SideInput<?>> sideInputs = new ArrayList<>();
  final List<SideOutput<?>> sideOutputs = new ArrayList<>();
  @Nullable private Message options;
  @Nullable private GraphServices services;
  private long timestampUs;

  /**
   * Declares the options.
   *
   * @param optionsType the message of the options, such as {@code mediapipe.GateCalculatorOptions}; "" for a
   *     calculator without any.
   * @param optionNames its fields that this calculator follows.
   */
  protected Calculator(@NonNull String optionsType, @NonNull String... optionNames) {
    this.optionsType = optionsType;
    this.optionNames = new HashSet<>(Arrays.asList(optionNames));
  }

  /** Reads options and side packets; sets output side packets. */
  protected void open() {}

  /** Handles one timestamp; nothing to do for a calculator of side packets alone. */
  protected void process() {}

  /** Forgets the frames before. */
  protected void reset() {}

  /** Gives back what {@link #open} took. */
  protected void close() {}

  @NonNull
  protected final <T> Input<T> input(@NonNull String tag, @NonNull Class<T> type) {
    return add(new Input<>(tag, type, false));
  }

  @NonNull
  protected final <T> Input<T> optionalInput(@NonNull String tag, @NonNull Class<T> type) {
    return add(new Input<>(tag, type, true));
  }

  private <T> Input<T> add(Input<T> input) {
    inputs.add(input);
    return input;
  }

  /** Streams of one tag, such as DETECTIONS:0 and DETECTIONS:1; each may be left out. */
  @NonNull
  protected final <T> List<Input<T>> inputs(@NonNull String tag, @NonNull Class<T> type, int most) {
    List<Input<T>> list = new ArrayList<>();
    for (int index = 0; index < most; index++) {
      list.add(add(new Input<>(tag, type, true)));
    }
    return list;
  }

  @NonNull
  protected final <T> Output<T> output(@NonNull String tag) {
    Output<T> output = new Output<>(tag);
    outputs.add(output);
    return output;
  }

  @NonNull
  protected final <T> SideInput<T> sideInput(@NonNull String tag, @NonNull Class<T> type) {
    SideInput<T> input = new SideInput<>(tag, type, false);
    sideInputs.add(input);
    return input;
  }

  @NonNull
  protected final <T> SideInput<T> optionalSideInput(@NonNull String tag, @NonNull Class<T> type) {
    SideInput<T> input = new SideInput<>(tag, type, true);
    sideInputs.add(input);
    return input;
  }

  @NonNull
  protected final <T> SideOutput<T> sideOutput(@NonNull String tag) {
    SideOutput<T> output = new SideOutput<>(tag);
    sideOutputs.add(output);
    return output;
  }

  /** The options of this node, with their defaults. */
  @NonNull
  protected final Message options() {
    if (options == null) {
      throw new GraphException("this calculator takes no options");
    }
    return options;
  }

  /**
   * What the program gives to all nodes.
   *
   * @throws GraphException if it gives no such thing.
   */
  @NonNull
  protected final <T> T service(@NonNull Class<T> type) {
    return services.get(type);
  }

  /** The current timestamp in microseconds. */
  protected final long timestampUs() {
    return timestampUs;
  }

  final void bind(Schema schema, NodeConfig node, GraphServices given) {
    services = given;
    if (optionsType.isEmpty()) {
      if (!node.options.isEmpty()) {
        throw new GraphException("it takes no options, but has " + node.options.keySet());
      }
      return;
    }
    for (String name : node.options.keySet()) {
      if (!name.equals(optionsType)) {
        throw new GraphException("its options are " + optionsType + ", not " + name);
      }
    }
    byte[] data = node.options.containsKey(optionsType) ? node.options.get(optionsType) : new byte[0];
    options = new Message(schema, optionsType, data);
    for (String field : options.setFields()) {
      if (!optionNames.contains(field)) {
        throw new GraphException("option " + field + " of " + optionsType + " is not known here; known are "
            + optionNames);
      }
    }
  }

  final void processAt(long time) {
    timestampUs = time;
    process();
  }

  /** The input of a tag and index; null if the calculator has none. */
  @Nullable
  final Input<?> findInput(String tag, int index) {
    return find(inputs, tag, index, input -> input.tag);
  }

  @Nullable
  final Output<?> findOutput(String tag, int index) {
    return find(outputs, tag, index, output -> output.tag);
  }

  @Nullable
  final SideInput<?> findSideInput(String tag) {
    return find(sideInputs, tag, 0, input -> input.tag);
  }

  @Nullable
  final SideOutput<?> findSideOutput(String tag) {
    return find(sideOutputs, tag, 0, output -> output.tag);
  }

  private interface TagOf<P> {
    String of(P port);
  }

  @Nullable
  private static <P> P find(List<P> ports, String tag, int index, TagOf<P> tagOf) {
    for (P port : ports) {
      if (tagOf.of(port).equals(tag) && index-- == 0) {
        return port;
      }
    }
    return null;
  }
}
