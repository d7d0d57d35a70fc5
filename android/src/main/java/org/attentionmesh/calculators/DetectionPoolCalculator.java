package org.attentionmesh.calculators;

import java.util.ArrayList;
import java.util.List;
import org.attentionmesh.geometry.DetectionPool;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Output;
import org.attentionmesh.packets.Detections;
import org.attentionmesh.packets.ImageSize;
import org.attentionmesh.packets.NormalizedRects;

/**
 * Joins the DETECTIONS of several looks; at each place the best score says how the face is turned.
 *
 * <p>If only the first look was had, its detections pass unchanged. A detection at the place of a KNOWN face is left
 * out if it sees that face turned by more than 45 degrees, and in any case without {@code keep_known}.
 */
public final class DetectionPoolCalculator extends Calculator {
  private static final int MOST_LOOKS = 8;

  private final List<Input<Detections>> detections = inputs("DETECTIONS", Detections.class, MOST_LOOKS);
  private final Input<NormalizedRects> known = input("KNOWN", NormalizedRects.class);
  private final Input<ImageSize> imageSize = input("IMAGE_SIZE", ImageSize.class);
  private final Output<Detections> pooled = output("DETECTIONS");
  private final List<Detections> looks = new ArrayList<>();
  private final Detections result = new Detections();

  public DetectionPoolCalculator() {
    super("attention_mesh.DetectionPoolCalculatorOptions", "keep_known");
  }

  @Override
  protected void process() {
    if (detections.get(0).isEmpty()) {
      return;
    }
    looks.clear();
    looks.add(detections.get(0).value());
    for (int look = 1; look < MOST_LOOKS; look++) {
      if (!detections.get(look).isEmpty()) {
        looks.add(usable(detections.get(look).value()));
      }
    }
    if (looks.size() == 1) {
      pooled.send(looks.get(0));
      return;
    }
    result.clear();
    DetectionPool.pool(looks, imageSize.value(), result);
    pooled.send(result);
  }

  private Detections usable(Detections found) {
    Detections kept = new Detections(found.keypoints);
    boolean keepsKnown = options().getBool("keep_known");
    for (int index = 0; index < found.size; index++) {
      boolean isOut = keepsKnown ? DetectionPool.contradicts(found, index, known.value(), imageSize.value())
          : DetectionPool.isKnown(found, index, known.value());
      if (!isOut) {
        kept.add(found, index);
      }
    }
    return kept;
  }
}
