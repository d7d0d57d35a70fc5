package org.attentionmesh.calculators;

import org.attentionmesh.geometry.RegionsOfInterest;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Output;
import org.attentionmesh.packets.ImageSize;
import org.attentionmesh.packets.NormalizedLandmarks;
import org.attentionmesh.packets.NormalizedRects;

/**
 * Makes a square around each face's landmarks, with level eyes and the face's track id.
 *
 * <p>Inputs: LANDMARKS; ROIS, whose ids go on; IMAGE_SIZE. Output: ROIS.
 */
public final class LandmarksToRectsCalculator extends Calculator {
  private final Input<NormalizedLandmarks> landmarks = input("LANDMARKS", NormalizedLandmarks.class);
  private final Input<NormalizedRects> rois = optionalInput("ROIS", NormalizedRects.class);
  private final Input<ImageSize> imageSize = input("IMAGE_SIZE", ImageSize.class);
  private final Output<NormalizedRects> nextRois = output("ROIS");
  private final NormalizedRects result = new NormalizedRects();
  private int start;
  private int end;
  private double scale;

  public LandmarksToRectsCalculator() {
    super("attention_mesh.LandmarksToRectsCalculatorOptions", "rotation_start", "rotation_end", "scale");
  }

  @Override
  protected void open() {
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
    nextRois.send(result);
  }
}
