package org.attentionmesh.calculators;

import org.attentionmesh.geometry.WeightedMerge;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Output;
import org.attentionmesh.packets.Detections;

/** Keeps the best of detections that overlap, or their score-weighted mean; best score first. */
public final class NonMaxSuppressionCalculator extends Calculator {
  private final Input<Detections> detections = input("", Detections.class);
  private final Output<Detections> kept = output("");
  private final Detections result = new Detections();
  private float maxOverlap;
  private boolean isWeighted;
  private boolean sendsEmpty;

  public NonMaxSuppressionCalculator() {
    super("mediapipe.NonMaxSuppressionCalculatorOptions", "min_suppression_threshold", "overlap_type", "algorithm",
        "return_empty_detections");
  }

  @Override
  protected void open() {
    if (!options().getEnum("overlap_type").equals("INTERSECTION_OVER_UNION")) {
      throw new IllegalArgumentException("overlap_type is " + options().getEnum("overlap_type")
          + "; expected INTERSECTION_OVER_UNION");
    }
    maxOverlap = options().getFloat("min_suppression_threshold");
    isWeighted = options().getEnum("algorithm").equals("WEIGHTED");
    sendsEmpty = options().getBool("return_empty_detections");
  }

  @Override
  protected void process() {
    result.clear();
    if (isWeighted) {
      WeightedMerge.merge(detections.value(), maxOverlap, null, 0, result);
    } else {
      WeightedMerge.suppress(detections.value(), maxOverlap, result);
    }
    if (result.size > 0 || sendsEmpty) {
      kept.send(result);
    }
  }
}
