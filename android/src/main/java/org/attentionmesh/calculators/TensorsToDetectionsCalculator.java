package org.attentionmesh.calculators;

import org.attentionmesh.geometry.BoxDecoder;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Message;
import org.attentionmesh.graph.Output;
import org.attentionmesh.graph.SideInput;
import org.attentionmesh.packets.Detections;
import org.attentionmesh.packets.Matrices;
import org.attentionmesh.packets.Tensor;
import org.attentionmesh.packets.Tensors;

/**
 * Decodes a face detector's boxes, keypoints and scores, and keeps those with a high enough score.
 *
 * <p>Inputs: TENSORS, boxes and scores of all regions; PROJECTION_MATRIX, one map per region to the image. Side
 * packets: ANCHORS; MIN_SCORE_THRESH, which overrides the option. Output: DETECTIONS, those of all regions.
 *
 * <p>Of the tensors, the one with {@code num_coords} numbers per anchor has the boxes, whatever the order.
 */
public final class TensorsToDetectionsCalculator extends Calculator {
  private final Input<Tensors> tensors = input("TENSORS", Tensors.class);
  private final Input<Matrices> matrix = optionalInput("PROJECTION_MATRIX", Matrices.class);
  private final SideInput<float[]> anchors = sideInput("ANCHORS", float[].class);
  private final SideInput<Double> minScore = optionalSideInput("MIN_SCORE_THRESH", Double.class);
  private final Output<Detections> detections = output("DETECTIONS");
  private Detections found;
  private BoxDecoder decoder;
  private int boxes;
  private int columns;

  public TensorsToDetectionsCalculator() {
    super("mediapipe.TensorsToDetectionsCalculatorOptions", "num_classes", "num_boxes", "num_coords",
        "keypoint_coord_offset", "num_keypoints", "reverse_output_order", "sigmoid_score", "score_clipping_thresh",
        "min_score_thresh", "x_scale", "y_scale", "w_scale", "h_scale");
  }

  @Override
  protected void open() {
    Message options = options();
    boxes = options.getInt("num_boxes");
    columns = options.getInt("num_coords");
    int keypoints = options.getInt("num_keypoints");
    if (options.getInt("num_classes") != 1 || !options.getBool("reverse_output_order")
        || !options.getBool("sigmoid_score") || options.getInt("keypoint_coord_offset") != 4
        || columns != 4 + 2 * keypoints) {
      throw new IllegalArgumentException("only the coding of the face detectors is known here: num_classes 1, "
          + "reverse_output_order, sigmoid_score, keypoint_coord_offset 4 and num_coords 4 + 2 num_keypoints");
    }
    if (anchors.value().length != 4 * boxes) {
      throw new IllegalArgumentException(anchors.value().length / 4 + " anchors for num_boxes " + boxes);
    }
    double least = minScore.valueOr((double) options.getFloat("min_score_thresh"));
    if (!(least >= 0 && least <= 1)) {
      throw new IllegalArgumentException("the minimum score is " + least + "; expected 0 to 1");
    }
    double clip = options.has("score_clipping_thresh") ? options.getFloat("score_clipping_thresh") : 100;
    decoder = new BoxDecoder(keypoints, options.getFloat("x_scale"), options.getFloat("y_scale"),
        options.getFloat("w_scale"), options.getFloat("h_scale"), clip, least);
    found = new Detections(keypoints);
  }

  @Override
  protected void process() {
    if (tensors.isEmpty() || (matrix.isConnected() && matrix.isEmpty())) {
      return;
    }
    Tensor rows = tensor(boxes * columns);
    Tensor scores = tensor(boxes);
    found.clear();
    for (int region = 0; region < rows.items; region++) {
      int first = found.size;
      decoder.decode(rows.floats, region * rows.length, scores.floats, region * scores.length, anchors.value(), found);
      if (matrix.isConnected()) {
        BoxDecoder.project(found, first, matrix.value().values, region * Matrices.FIELDS);
      }
    }
    detections.send(found);
  }

  private Tensor tensor(int length) {
    for (Tensor tensor : tensors.value().tensors) {
      if (tensor.length == length) {
        return tensor;
      }
    }
    throw new IllegalArgumentException("no tensor has " + length + " numbers, as num_boxes and num_coords ask");
  }
}
