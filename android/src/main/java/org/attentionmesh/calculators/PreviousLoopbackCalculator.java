package org.attentionmesh.calculators;

import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Output;

/** Gives, with each MAIN packet, the LOOP packet of the frame before; LOOP is a back edge. */
public final class PreviousLoopbackCalculator extends Calculator {
  private final Input<Object> main = input("MAIN", Object.class);
  private final Input<Object> loop = input("LOOP", Object.class);
  private final Output<Object> previous = output("PREV_LOOP");

  public PreviousLoopbackCalculator() {
    super("");
  }

  @Override
  protected void process() {
    if (!main.isEmpty() && !loop.isEmpty()) {
      previous.send(loop.value());
    }
  }
}
