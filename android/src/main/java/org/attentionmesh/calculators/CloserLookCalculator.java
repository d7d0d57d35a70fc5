package org.attentionmesh.calculators;

import org.attentionmesh.geometry.CloserLook;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Output;
import org.attentionmesh.graph.SideInput;
import org.attentionmesh.packets.Detections;
import org.attentionmesh.packets.ImageFrame;
import org.attentionmesh.packets.ImageSize;
import org.attentionmesh.packets.NormalizedRects;

/**
 * Gives the squares for a closer look at detections that are not sure.
 *
 * <p>As many detections are looked at as faces are missing, the best ones; none while faces are tracked. Inputs:
 * IMAGE; DETECTIONS; TRACKED. Outputs: IMAGE and NORM_RECTS, a square per detection, or four.
 */
public final class CloserLookCalculator extends Calculator {
  private final Input<ImageFrame> image = input("IMAGE", ImageFrame.class);
  private final Input<Detections> detections = input("DETECTIONS", Detections.class);
  private final Input<NormalizedRects> known = optionalInput("TRACKED", NormalizedRects.class);
  private final SideInput<Integer> numFaces = optionalSideInput("NUM_FACES", Integer.class);
  private final SideInput<Boolean> wider = optionalSideInput("WIDER", Boolean.class);
  private final Output<ImageFrame> imageToLookAt = output("IMAGE");
  private final Output<NormalizedRects> squares = output("NORM_RECTS");
  private final NormalizedRects result = new NormalizedRects();
  private final ImageSize size = new ImageSize();

  public CloserLookCalculator() {
    super("attention_mesh.CloserLookCalculatorOptions", "sure_score", "turned");
  }

  @Override
  protected void process() {
    if (image.isEmpty() || detections.isEmpty() || !wider.valueOr(true) || (!known.isEmpty() && known.value().size > 0)) {
      return;
    }
    Detections found = detections.value();
    float sure = options().getFloat("sure_score");
    boolean turned = options().getBool("turned");
    int missing = numFaces.valueOr(1);
    for (int index = 0; index < found.size; index++) {
      missing -= found.scores[index] >= sure ? 1 : 0;
    }
    size.width = image.value().width;
    size.height = image.value().height;
    result.clear();
    for (int index = 0; index < found.size && missing > 0; index++) {
      if (!(found.scores[index] >= sure)) {
        CloserLook.addSquares(found, index, size, turned, result);
        missing--;
      }
    }
    if (result.size > 0) {
      imageToLookAt.send(image.value());
      squares.send(result);
    }
  }
}
