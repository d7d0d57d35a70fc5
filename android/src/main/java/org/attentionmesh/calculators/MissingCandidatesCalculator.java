package org.attentionmesh.calculators;

import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Output;
import org.attentionmesh.graph.SideInput;
import org.attentionmesh.packets.Detections;
import org.attentionmesh.packets.ImageFrame;
import org.attentionmesh.packets.NormalizedRects;

/** Passes IMAGE if the KNOWN faces and the DETECTIONS of others are fewer than the faces wanted. */
public final class MissingCandidatesCalculator extends Calculator {
  private final Input<ImageFrame> image = input("IMAGE", ImageFrame.class);
  private final Input<NormalizedRects> known = input("KNOWN", NormalizedRects.class);
  private final Input<Detections> detections = input("DETECTIONS", Detections.class);
  private final SideInput<Integer> numFaces = optionalSideInput("NUM_FACES", Integer.class);
  private final SideInput<Boolean> wider = optionalSideInput("WIDER", Boolean.class);
  private final Output<ImageFrame> imageToSearch = output("IMAGE");

  public MissingCandidatesCalculator() {
    super("");
  }

  @Override
  protected void process() {
    if (!image.isEmpty() && wider.valueOr(true) && known.value().size + detections.value().size < numFaces.valueOr(1)) {
      imageToSearch.send(image.value());
    }
  }
}
