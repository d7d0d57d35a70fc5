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
  private final SideInput<Integer> numFaces = sideInput("NUM_FACES", Integer.class);
  private final SideInput<Boolean> wider = sideInput("WIDER", Boolean.class);
  private final Output<ImageFrame> imageToSearch = output("IMAGE");

  public MissingCandidatesCalculator() {
    super("");
  }

  @Override
  protected void process() {
    if (!image.isEmpty() && wider.value() && known.value().size + detections.value().size < numFaces.value()) {
      imageToSearch.send(image.value());
    }
  }
}
