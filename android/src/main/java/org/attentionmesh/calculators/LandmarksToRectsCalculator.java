package org.attentionmesh.calculators;

import org.attentionmesh.geometry.RegionsOfInterest;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Output;
import org.attentionmesh.graph.SideInput;
import org.attentionmesh.packets.ImageSize;
import org.attentionmesh.packets.NormalizedLandmarks;
import org.attentionmesh.packets.NormalizedRects;

/**
 * Makes a square around each face's landmarks, with level eyes and the face's track id.
 *
 * <p>Inputs: LANDMARKS; ROIS, whose ids go on; IMAGE_SIZE. Input side packets: STEPS, of a grid on which the squares
 * lie; 0 for none. Output: ROIS.
 */
public final class LandmarksToRectsCalculator extends Calculator {
  private final Input<NormalizedLandmarks> landmarks = input("LANDMARKS", NormalizedLandmarks.class);
  private final Input<NormalizedRects> rois = optionalInput("ROIS", NormalizedRects.class);
  private final Input<ImageSize> imageSize = input("IMAGE_SIZE", ImageSize.class);
  private final SideInput<Integer> gridSteps = optionalSideInput("STEPS", Integer.class);
  private final Output<NormalizedRects> nextRois = output("ROIS");
  private final NormalizedRects result = new NormalizedRects();
  private final NormalizedRects snapped = new NormalizedRects();
  private int steps;
  private int start;
  private int end;
  private double scale;

  public LandmarksToRectsCalculator() {
    super("attention_mesh.LandmarksToRectsCalculatorOptions", "rotation_start", "rotation_end", "scale");
  }

  @Override
  protected void open() {
    steps = gridSteps.valueOr(0);
    if (steps < 0) {
      throw new IllegalArgumentException("STEPS is " + steps + "; expected 0 or more");
    }
    start = options().getInt("rotation_start");
    end = options().getInt("rotation_end");
    scale = options().getDouble("scale");
  }

  @Override
  protected void process() {
    if (landmarks.isEmpty() || imageSize.isEmpty()) {
      return;
    }
    NormalizedLandmarks faces = landmarks.value();
    result.clear();
    for (int face = 0; face < faces.faces; face++) {
      long id = rois.isEmpty() ? 0 : rois.value().ids[face];
      RegionsOfInterest.addFromLandmarks(faces, face, imageSize.value(), start, end, scale, id, result);
    }
    if (steps == 0) {
      nextRois.send(result);
      return;
    }
    snapped.clear();
    for (int face = 0; face < result.size; face++) {
      RegionsOfInterest.addSnapped(result, face, imageSize.value(), steps, snapped);
    }
    nextRois.send(snapped);
  }
}
