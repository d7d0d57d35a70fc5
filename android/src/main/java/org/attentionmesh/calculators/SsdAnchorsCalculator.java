package org.attentionmesh.calculators;

import java.util.List;
import org.attentionmesh.geometry.SsdAnchors;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Message;
import org.attentionmesh.graph.SideOutput;

/** Makes the anchors of a single-shot detector, an output side packet without a tag. */
public final class SsdAnchorsCalculator extends Calculator {
  private final SideOutput<float[]> anchors = sideOutput("");

  public SsdAnchorsCalculator() {
    super("mediapipe.SsdAnchorsCalculatorOptions", "input_size_width", "input_size_height", "num_layers", "strides",
        "min_scale", "max_scale", "anchor_offset_x", "anchor_offset_y", "aspect_ratios",
        "interpolated_scale_aspect_ratio", "reduce_boxes_in_lowest_layer", "fixed_anchor_size");
  }

  @Override
  protected void open() {
    Message options = options();
    SsdAnchors made = new SsdAnchors();
    made.inputWidth = options.getInt("input_size_width");
    made.inputHeight = options.getInt("input_size_height");
    List<Object> strides = options.getList("strides");
    if (strides.isEmpty() || strides.size() != options.getInt("num_layers")) {
      throw new IllegalArgumentException("num_layers is " + options.getInt("num_layers") + ", but there are "
          + strides.size() + " strides");
    }
    made.strides = new int[strides.size()];
    for (int index = 0; index < made.strides.length; index++) {
      made.strides[index] = (int) (long) (Long) strides.get(index);
    }
    List<Object> ratios = options.getList("aspect_ratios");
    made.aspectRatios = new double[ratios.size()];
    for (int index = 0; index < made.aspectRatios.length; index++) {
      made.aspectRatios[index] = (Double) ratios.get(index);
    }
    made.minScale = options.getFloat("min_scale");
    made.maxScale = options.getFloat("max_scale");
    made.offsetX = options.getFloat("anchor_offset_x");
    made.offsetY = options.getFloat("anchor_offset_y");
    made.interpolatedScaleAspectRatio = options.getFloat("interpolated_scale_aspect_ratio");
    made.reducesBoxesInLowestLayer = options.getBool("reduce_boxes_in_lowest_layer");
    made.hasFixedSize = options.getBool("fixed_anchor_size");
    anchors.set(made.make());
  }
}
