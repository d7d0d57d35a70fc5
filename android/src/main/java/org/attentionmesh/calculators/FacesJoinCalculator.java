package org.attentionmesh.calculators;

import java.util.List;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Output;
import org.attentionmesh.graph.SideInput;
import org.attentionmesh.packets.FloatRows;
import org.attentionmesh.packets.NormalizedLandmarks;
import org.attentionmesh.packets.NormalizedRects;

/** Joins the LANDMARKS, ROIS and SCORES of two searches, the first one's first, and keeps at most NUM_FACES. */
public final class FacesJoinCalculator extends Calculator {
  private final List<Input<NormalizedLandmarks>> landmarks = inputs("LANDMARKS", NormalizedLandmarks.class, 2);
  private final List<Input<NormalizedRects>> rois = inputs("ROIS", NormalizedRects.class, 2);
  private final List<Input<FloatRows>> scores = inputs("SCORES", FloatRows.class, 2);
  private final SideInput<Integer> numFaces = optionalSideInput("NUM_FACES", Integer.class);
  private final Output<NormalizedLandmarks> allLandmarks = output("LANDMARKS");
  private final Output<NormalizedRects> allRois = output("ROIS");
  private final Output<FloatRows> allScores = output("SCORES");
  private final NormalizedLandmarks points = new NormalizedLandmarks();
  private final NormalizedRects rects = new NormalizedRects();
  private final FloatRows presence = new FloatRows();

  public FacesJoinCalculator() {
    super("");
  }

  @Override
  protected void process() {
    if (landmarks.get(0).isEmpty()) {
      return;
    }
    int first = landmarks.get(0).value().faces;
    int second = landmarks.get(1).isEmpty() ? 0 : landmarks.get(1).value().faces;
    int count = landmarks.get(first == 0 && second > 0 ? 1 : 0).value().count;
    // As the Python side, the first search alone is not cut.
    int most = second == 0 ? first : Math.min(first + second, numFaces.valueOr(1));
    points.resize(most, count);
    presence.resize(most, 1);
    rects.clear();
    for (int face = 0; face < most; face++) {
      int search = face < first ? 0 : 1;
      int from = face < first ? face : face - first;
      NormalizedLandmarks source = landmarks.get(search).value();
      System.arraycopy(source.points, source.start(from), points.points, points.start(face), 3 * count);
      presence.values[face] = scores.get(search).value().values[from];
      rects.add(rois.get(search).value(), from);
    }
    allLandmarks.send(points);
    allRois.send(rects);
    allScores.send(presence);
  }
}
