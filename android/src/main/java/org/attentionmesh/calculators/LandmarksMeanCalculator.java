package org.attentionmesh.calculators;

import java.util.List;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Output;
import org.attentionmesh.models.Topology;
import org.attentionmesh.packets.FloatRows;
import org.attentionmesh.packets.ImageSize;
import org.attentionmesh.packets.NormalizedLandmarks;
import org.attentionmesh.packets.NormalizedRects;

/**
 * Averages the landmarks of two crops of the same faces, and drops faces on which the crops disagree.
 *
 * <p>Inputs: LANDMARKS:0, the first crop's; ROIS:0, the regions of the second crop, face by face with it;
 * LANDMARKS:1, the second crop's; ROIS:1 and SCORES, face by face with these; IMAGE_SIZE. Outputs: LANDMARKS, ROIS
 * and SCORES of the faces that stay.
 */
public final class LandmarksMeanCalculator extends Calculator {
  private final List<Input<NormalizedLandmarks>> landmarks = inputs("LANDMARKS", NormalizedLandmarks.class, 2);
  private final List<Input<NormalizedRects>> rois = inputs("ROIS", NormalizedRects.class, 2);
  private final Input<FloatRows> scores = input("SCORES", FloatRows.class);
  private final Input<ImageSize> imageSize = input("IMAGE_SIZE", ImageSize.class);
  private final Output<NormalizedLandmarks> mean = output("LANDMARKS");
  private final Output<NormalizedRects> keptRois = output("ROIS");
  private final Output<FloatRows> keptScores = output("SCORES");
  private final NormalizedLandmarks points = new NormalizedLandmarks();
  private final NormalizedRects rects = new NormalizedRects();
  private final FloatRows presence = new FloatRows();
  private int rightEye;
  private int leftEye;

  public LandmarksMeanCalculator() {
    super("attention_mesh.LandmarksMeanCalculatorOptions", "largest_gap");
  }

  @Override
  protected void open() {
    int[] corners = service(Topology.class).group("outer_eye_corners");
    rightEye = corners[0];
    leftEye = corners[1];
  }

  @Override
  protected void process() {
    if (landmarks.get(0).isEmpty() || landmarks.get(1).isEmpty() || rois.get(0).isEmpty() || rois.get(1).isEmpty()
        || scores.isEmpty() || imageSize.isEmpty()) {
      return;
    }
    NormalizedLandmarks first = landmarks.get(0).value();
    NormalizedLandmarks second = landmarks.get(1).value();
    points.resize(second.faces, second.count);
    presence.resize(second.faces, 1);
    rects.clear();
    double limit = options().getDouble("largest_gap");
    for (int face = 0; face < second.faces; face++) {
      int before = second.faces == first.faces ? face : place(rois.get(0).value(), rois.get(1).value(), face);
      if (limit > 0 && !(gap(first, before, second, face) <= limit)) {
        continue;
      }
      int from = first.start(before);
      int with = second.start(face);
      int to = points.start(rects.size);
      for (int index = 0; index < 3 * second.count; index++) {
        points.points[to + index] = (first.points[from + index] + second.points[with + index]) * 0.5f;
      }
      presence.values[rects.size] = scores.value().values[face];
      rects.add(rois.get(1).value(), face);
    }
    points.faces = rects.size;
    presence.rows = rects.size;
    mean.send(points);
    keptRois.send(rects);
    keptScores.send(presence);
  }

  private static int place(NormalizedRects given, NormalizedRects left, int face) {
    for (int row = 0; row < given.size; row++) {
      boolean isSame = true;
      for (int field = 0; field < NormalizedRects.FIELDS; field++) {
        isSame &= given.get(row, field) == left.get(face, field);
      }
      if (isSame) {
        return row;
      }
    }
    throw new IllegalArgumentException("ROIS:1 holds a region that is none of ROIS:0");
  }

  /** How far apart the landmarks of two crops are, over the distance of the outer eye corners. */
  private double gap(NormalizedLandmarks first, int before, NormalizedLandmarks second, int face) {
    double sum = 0;
    for (int index = 0; index < second.count; index++) {
      sum += distance(first.points, first.start(before) + 3 * index, second.points, second.start(face) + 3 * index);
    }
    int start = second.start(face);
    double eyes = distance(second.points, start + 3 * rightEye, second.points, start + 3 * leftEye);
    return sum / second.count / Math.max(eyes, 1e-6);
  }

  private double distance(float[] points, int at, float[] others, int otherAt) {
    double across = (double) (others[otherAt] - points[at]) * imageSize.value().width;
    double down = (double) (others[otherAt + 1] - points[at + 1]) * imageSize.value().height;
    return Math.sqrt(across * across + down * down);
  }
}
