package org.attentionmesh.calculators;

import org.attentionmesh.geometry.RegionsOfInterest;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Message;
import org.attentionmesh.graph.Output;
import org.attentionmesh.packets.ImageSize;
import org.attentionmesh.packets.NormalizedRects;

/** Turns, shifts, squares and scales NORM_RECTS, in this order; track ids stay. */
public final class RectTransformationCalculator extends Calculator {
  private final Input<NormalizedRects> rects = input("NORM_RECTS", NormalizedRects.class);
  private final Input<ImageSize> imageSize = input("IMAGE_SIZE", ImageSize.class);
  private final Output<NormalizedRects> transformed = output("");
  private final NormalizedRects result = new NormalizedRects();
  private final RegionsOfInterest.Transform transform = new RegionsOfInterest.Transform();

  public RectTransformationCalculator() {
    super("mediapipe.RectTransformationCalculatorOptions", "scale_x", "scale_y", "rotation", "rotation_degrees",
        "shift_x", "shift_y", "square_long", "square_short");
  }

  @Override
  protected void open() {
    Message options = options();
    if (options.getBool("square_long") && options.getBool("square_short")) {
      throw new IllegalArgumentException("square_long and square_short exclude each other");
    }
    transform.rotation = options.has("rotation_degrees") ? Math.toRadians(options.getInt("rotation_degrees"))
        : options.getFloat("rotation");
    transform.shiftX = options.getFloat("shift_x");
    transform.shiftY = options.getFloat("shift_y");
    transform.squaresLong = options.getBool("square_long");
    transform.squaresShort = options.getBool("square_short");
    transform.scaleX = options.getFloat("scale_x");
    transform.scaleY = options.getFloat("scale_y");
  }

  @Override
  protected void process() {
    if (!rects.isEmpty() && !imageSize.isEmpty()) {
      RegionsOfInterest.transform(rects.value(), imageSize.value(), transform, result);
      transformed.send(result);
    }
  }
}
