package org.attentionmesh.calculators;

import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Output;
import org.attentionmesh.graph.SideInput;
import org.attentionmesh.models.Network;
import org.attentionmesh.models.Networks;
import org.attentionmesh.packets.Tensors;

/**
 * Runs a network on all items of a batch: TENSORS to TENSORS, with the names of the outputs.
 *
 * <p>The model is the side packet MODEL or the option {@code model_path}: the name of a network of the archive, or a
 * path. The file is checked at the start and opened when the first tensors arrive, so that a network behind a closed
 * gate costs nothing. Device and threads are those of the program's {@code Networks}.
 */
public final class InferenceCalculator extends Calculator {
  private final Input<Tensors> input = input("TENSORS", Tensors.class);
  private final Output<Tensors> output = output("TENSORS");
  private final SideInput<String> model = optionalSideInput("MODEL", String.class);
  private final SideInput<Integer> numThreads = optionalSideInput("NUM_THREADS", Integer.class);
  private final SideInput<String> device = optionalSideInput("DEVICE", String.class);
  private Network network;
  private Tensors results;
  private String name;

  public InferenceCalculator() {
    super("mediapipe.InferenceCalculatorOptions", "model_path");
  }

  @Override
  protected void open() {
    name = model.valueOr(options().getString("model_path"));
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a model is needed: the option model_path or the side packet MODEL");
    }
    if (numThreads.isGiven() || device.isGiven()) {
      throw new IllegalArgumentException("NUM_THREADS and DEVICE are the app's choice here, for all networks");
    }
    service(Networks.class).check(name);
  }

  @Override
  protected void process() {
    if (network == null) {
      network = service(Networks.class).open(name);
      results = network.newResults();
    }
    network.run(results, input.value().tensors);
    output.send(results);
  }

  @Override
  protected void close() {
    network = null;
  }
}
