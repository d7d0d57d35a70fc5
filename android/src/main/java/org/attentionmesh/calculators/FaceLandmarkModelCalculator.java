package org.attentionmesh.calculators;

import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.SideInput;
import org.attentionmesh.graph.SideOutput;

/**
 * Names the landmark network: the attention network with 478 landmarks, or the plain one with 468.
 *
 * <p>Side packets: WITH_ATTENTION; WEIGHTS, the path of a .tflite file in place of the archive's networks. Output
 * side packet: MODEL.
 */
public final class FaceLandmarkModelCalculator extends Calculator {
  private final SideInput<Boolean> withAttention = optionalSideInput("WITH_ATTENTION", Boolean.class);
  private final SideInput<String> weights = optionalSideInput("WEIGHTS", String.class);
  private final SideOutput<String> model = sideOutput("MODEL");

  public FaceLandmarkModelCalculator() {
    super("attention_mesh.FaceLandmarkModelCalculatorOptions", "with_attention");
  }

  @Override
  protected void open() {
    boolean attention = withAttention.valueOr(options().getBool("with_attention"));
    model.set(weights.valueOr(attention ? "attention_mesh" : "face_landmark"));
  }
}
