package org.attentionmesh.calculators;

import org.attentionmesh.geometry.CloserLook;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Output;
import org.attentionmesh.packets.Detections;
import org.attentionmesh.packets.ImageFrame;
import org.attentionmesh.packets.ImageSize;

/** Raises the scores of DETECTIONS that CLOSER confirms; those of the first look if there was no closer one. */
public final class CloserLookResultCalculator extends Calculator {
  private final Input<Detections> detections = input("DETECTIONS", Detections.class);
  private final Input<Detections> closer = input("CLOSER", Detections.class);
  private final Input<ImageFrame> image = input("IMAGE", ImageFrame.class);
  private final Output<Detections> confirmed = output("DETECTIONS");
  private final Detections result = new Detections();
  private final ImageSize size = new ImageSize();

  public CloserLookResultCalculator() {
    super("attention_mesh.CloserLookResultCalculatorOptions", "least_score");
  }

  @Override
  protected void process() {
    if (detections.isEmpty()) {
      return;
    }
    Detections found = detections.value();
    if (closer.isEmpty() || image.isEmpty() || found.size == 0 || closer.value().size == 0) {
      confirmed.send(found);
      return;
    }
    size.width = image.value().width;
    size.height = image.value().height;
    result.clear();
    CloserLook.confirm(found, closer.value(), size, options().getFloat("least_score"), result);
    confirmed.send(result);
  }
}
