package org.attentionmesh.calculators;

import org.attentionmesh.geometry.Scores;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.SideInput;
import org.attentionmesh.graph.SideOutput;

/**
 * Turns the choice of a face detector, "short", "full" or "auto", into side packets.
 *
 * <p>With "auto", the full-range detector gets a threshold that is stricter than the user's by as much as
 * MediaPipe's own 0.6 is stricter than its 0.5, measured on the logits.
 */
public final class FaceDetectorChoiceCalculator extends Calculator {
  private static final double SHORT_RANGE_CONFIDENCE = 0.5;
  private static final double FULL_RANGE_CONFIDENCE = 0.6;

  private final SideInput<String> detector = optionalSideInput("DETECTOR", String.class);
  private final SideInput<Double> confidence = optionalSideInput("MIN_DETECTION_CONFIDENCE", Double.class);
  private final SideOutput<Boolean> shortRange = sideOutput("SHORT_RANGE");
  private final SideOutput<Boolean> fullRange = sideOutput("FULL_RANGE");
  private final SideOutput<Boolean> tiled = sideOutput("TILED");
  private final SideOutput<Double> fullRangeConfidence = sideOutput("FULL_RANGE_CONFIDENCE");
  private final SideOutput<String> first = sideOutput("FIRST");
  private final SideOutput<Boolean> wider = sideOutput("WIDER");

  public FaceDetectorChoiceCalculator() {
    super("attention_mesh.FaceDetectorChoiceCalculatorOptions", "detector");
  }

  @Override
  protected void open() {
    String choice = detector.valueOr(options().getString("detector"));
    boolean isAuto = choice.equals("auto");
    if (!isAuto && !choice.equals("short") && !choice.equals("full")) {
      throw new IllegalArgumentException("DETECTOR is " + choice + "; expected short, full or auto");
    }
    boolean usesShort = isAuto || choice.equals("short");
    shortRange.set(usesShort);
    fullRange.set(isAuto || choice.equals("full"));
    tiled.set(isAuto);
    first.set(usesShort ? "short" : "full");
    wider.set(isAuto);
    fullRangeConfidence.set(fullRangeConfidence(usesShort));
  }

  private double fullRangeConfidence(boolean afterShortRange) {
    if (!confidence.isGiven()) {
      return FULL_RANGE_CONFIDENCE;
    }
    double given = confidence.value();
    if (!(given >= 0 && given <= 1)) {
      throw new IllegalArgumentException("side packet MIN_DETECTION_CONFIDENCE is " + given + "; expected 0 to 1");
    }
    if (!afterShortRange || given == 0 || given == 1) {
      return given;
    }
    double stricter = Scores.logit(FULL_RANGE_CONFIDENCE) - Scores.logit(SHORT_RANGE_CONFIDENCE);
    return 1 / (1 + Math.exp(-(Scores.logit(given) + stricter)));
  }
}
