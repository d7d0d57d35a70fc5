package org.attentionmesh.calculators;

import java.util.List;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Output;

/** Sends the packet of the first input that has one; the inputs are in the order of preference. */
public final class MergeCalculator extends Calculator {
  private static final int MOST_STREAMS = 8;

  private final List<Input<Object>> inputs = inputs("", Object.class, MOST_STREAMS);
  private final Output<Object> first = output("");

  public MergeCalculator() {
    super("");
  }

  @Override
  protected void process() {
    for (int index = 0; index < MOST_STREAMS; index++) {
      if (!inputs.get(index).isEmpty()) {
        first.send(inputs.get(index).value());
        return;
      }
    }
  }
}
