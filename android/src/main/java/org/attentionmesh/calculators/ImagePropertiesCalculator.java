package org.attentionmesh.calculators;

import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Output;
import org.attentionmesh.packets.ImageFrame;
import org.attentionmesh.packets.ImageSize;

/** Says how large an image is: IMAGE to SIZE. */
public final class ImagePropertiesCalculator extends Calculator {
  private final Input<ImageFrame> image = input("IMAGE", ImageFrame.class);
  private final Output<ImageSize> size = output("SIZE");
  private final ImageSize result = new ImageSize();

  public ImagePropertiesCalculator() {
    super("");
  }

  @Override
  protected void process() {
    result.width = image.value().width;
    result.height = image.value().height;
    size.send(result);
  }
}
