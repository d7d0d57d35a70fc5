package org.attentionmesh.calculators;

import org.attentionmesh.geometry.DetectionPool;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Output;
import org.attentionmesh.graph.SideInput;
import org.attentionmesh.packets.Detections;
import org.attentionmesh.packets.ImageFrame;
import org.attentionmesh.packets.ImageSize;
import org.attentionmesh.packets.NormalizedRects;

/**
 * Decides whether a frame gets a wider look, after the first detector has looked.
 *
 * <p>Inputs: IMAGE, TRACKED and EFFORT as DetectorGateCalculator sends them; DETECTIONS, of the first look. Outputs:
 * FULL and TURNED, the frame for either part of the wider look; DETECTIONS, those of the first look that count;
 * WIDE, a packet if more candidates than usual are worth a try.
 */
public final class WiderLookCalculator extends Calculator {
  private static final Detections NONE = new Detections();

  private final Input<ImageFrame> image = input("IMAGE", ImageFrame.class);
  private final Input<NormalizedRects> known = input("TRACKED", NormalizedRects.class);
  private final Input<Integer> effort = input("EFFORT", Integer.class);
  private final Input<Detections> detections = input("DETECTIONS", Detections.class);
  private final SideInput<Integer> numFaces = optionalSideInput("NUM_FACES", Integer.class);
  private final SideInput<Boolean> wider = optionalSideInput("WIDER", Boolean.class);
  private final Output<ImageFrame> full = output("FULL");
  private final Output<ImageFrame> turned = output("TURNED");
  private final Output<Detections> usable = output("DETECTIONS");
  private final Output<Boolean> wide = output("WIDE");
  private final Detections kept = new Detections();
  private final ImageSize size = new ImageSize();

  public WiderLookCalculator() {
    super("attention_mesh.WiderLookCalculatorOptions", "sure_score", "keep_known");
  }

  @Override
  protected void process() {
    if (image.isEmpty()) {
      return;
    }
    ImageFrame frame = image.value();
    NormalizedRects faces = known.value();
    Detections found = detections.isEmpty() ? NONE : detections.value();
    int least = effort.value();
    size.width = frame.width;
    size.height = frame.height;
    int sureOnes = 0;
    boolean hasUnsure = false;
    for (int index = 0; index < found.size; index++) {
      boolean isNew = !DetectionPool.isKnown(found, index, faces);
      sureOnes += isNew && isSure(found, index) ? 1 : 0;
      hasUnsure |= isNew && !isSure(found, index);
    }
    boolean hasTooFew = sureOnes < numFaces.valueOr(1) - faces.size;
    boolean isWide = least == DetectorGateCalculator.WIDER
        || (wider.valueOr(true) && least == DetectorGateCalculator.WIDER_IF_NEEDED && hasTooFew);
    boolean isAlone = faces.size == 0;
    if (wider.valueOr(true) && (isWide || (isAlone && hasTooFew))) {
      full.send(frame);
    }
    if (wider.valueOr(true) && (isWide || (isAlone && hasUnsure))) {
      turned.send(frame);
    }
    if (isWide) {
      wide.send(true);
    }
    kept.clear();
    for (int index = 0; index < found.size; index++) {
      if (isKept(found, index, faces, isWide || isAlone)) {
        kept.add(found, index);
      }
    }
    usable.send(kept);
  }

  private boolean isKept(Detections found, int index, NormalizedRects faces, boolean takesUnsure) {
    boolean keepsKnown = options().getBool("keep_known");
    if (DetectionPool.isKnown(found, index, faces)) {
      return keepsKnown && (!wider.valueOr(true) || !DetectionPool.contradicts(found, index, faces, size));
    }
    return !wider.valueOr(true) || takesUnsure || isSure(found, index);
  }

  private boolean isSure(Detections found, int index) {
    return found.scores[index] >= options().getFloat("sure_score");
  }
}
