package org.attentionmesh.calculators;

import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Output;
import org.attentionmesh.graph.SideInput;
import org.attentionmesh.packets.Detections;

/** Passes the DETECTIONS with a high score, or all of them if no second look follows. */
public final class SureDetectionsCalculator extends Calculator {
  private final Input<Detections> detections = input("DETECTIONS", Detections.class);
  private final SideInput<Boolean> wider = optionalSideInput("WIDER", Boolean.class);
  private final Output<Detections> sure = output("DETECTIONS");
  private final Detections result = new Detections();

  public SureDetectionsCalculator() {
    super("attention_mesh.SureDetectionsCalculatorOptions", "sure_score");
  }

  @Override
  protected void process() {
    Detections found = detections.value();
    if (!wider.valueOr(true)) {
      sure.send(found);
      return;
    }
    result.clear();
    for (int index = 0; index < found.size; index++) {
      if (found.scores[index] >= options().getFloat("sure_score")) {
        result.add(found, index);
      }
    }
    sure.send(result);
  }
}
