package org.attentionmesh.calculators;

import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Output;
import org.attentionmesh.packets.Detections;

/** Says whether any detection has at least {@code min_score}: DETECTIONS to FOUND. */
public final class ConfidentDetectionCalculator extends Calculator {
  private final Input<Detections> detections = input("DETECTIONS", Detections.class);
  private final Output<Boolean> found = output("FOUND");

  public ConfidentDetectionCalculator() {
    super("attention_mesh.ConfidentDetectionCalculatorOptions", "min_score");
  }

  @Override
  protected void process() {
    Detections given = detections.value();
    float least = options().getFloat("min_score");
    boolean isFound = false;
    for (int index = 0; index < given.size; index++) {
      isFound |= given.scores[index] >= least;
    }
    found.send(isFound);
  }
}
