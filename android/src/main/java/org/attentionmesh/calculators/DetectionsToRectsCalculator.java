package org.attentionmesh.calculators;

import org.attentionmesh.geometry.RegionsOfInterest;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Message;
import org.attentionmesh.graph.Output;
import org.attentionmesh.packets.Detections;
import org.attentionmesh.packets.ImageSize;
import org.attentionmesh.packets.NormalizedRects;

/** Makes each detection's box a rectangle, which two keypoints rotate: DETECTIONS and IMAGE_SIZE to NORM_RECTS. */
public final class DetectionsToRectsCalculator extends Calculator {
  private final Input<Detections> detections = input("DETECTIONS", Detections.class);
  private final Input<ImageSize> imageSize = optionalInput("IMAGE_SIZE", ImageSize.class);
  private final Output<NormalizedRects> rects = output("NORM_RECTS");
  private final NormalizedRects result = new NormalizedRects();
  private int start = -1;
  private int end = -1;
  private double angle;

  public DetectionsToRectsCalculator() {
    super("mediapipe.DetectionsToRectsCalculatorOptions", "rotation_vector_start_keypoint_index",
        "rotation_vector_end_keypoint_index", "rotation_vector_target_angle",
        "rotation_vector_target_angle_degrees");
  }

  @Override
  protected void open() {
    Message options = options();
    if (options.has("rotation_vector_start_keypoint_index")) {
      if (!options.has("rotation_vector_end_keypoint_index") || !imageSize.isConnected()) {
        throw new IllegalArgumentException("a rotation needs rotation_vector_end_keypoint_index and IMAGE_SIZE");
      }
      start = options.getInt("rotation_vector_start_keypoint_index");
      end = options.getInt("rotation_vector_end_keypoint_index");
      angle = options.has("rotation_vector_target_angle_degrees")
          ? Math.toRadians(options.getFloat("rotation_vector_target_angle_degrees"))
          : options.getFloat("rotation_vector_target_angle");
    }
  }

  @Override
  protected void process() {
    if (detections.isEmpty() || (start >= 0 && imageSize.isEmpty())) {
      return;
    }
    RegionsOfInterest.fromDetections(detections.value(), start, end, angle,
        imageSize.isEmpty() ? null : imageSize.value(), result);
    rects.send(result);
  }
}
