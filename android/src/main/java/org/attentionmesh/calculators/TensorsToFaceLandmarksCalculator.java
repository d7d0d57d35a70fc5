package org.attentionmesh.calculators;

import java.util.Arrays;
import org.attentionmesh.geometry.LandmarkProjection;
import org.attentionmesh.geometry.LandmarkRefinement;
import org.attentionmesh.geometry.Scores;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Output;
import org.attentionmesh.graph.SideInput;
import org.attentionmesh.models.Topology;
import org.attentionmesh.packets.FloatRows;
import org.attentionmesh.packets.NormalizedLandmarks;
import org.attentionmesh.packets.NormalizedRects;
import org.attentionmesh.packets.Tensor;
import org.attentionmesh.packets.Tensors;

/**
 * Reads all outputs of a landmark network at once: refines the mesh, drops regions without a face, and projects.
 *
 * <p>Two tensors are landmarks and face flag, in any order: the flag is the one with a single number per face, or
 * is called {@code presence} in the signature. Seven are the attention network's as released. A region stays if its
 * presence is strictly above the threshold.
 *
 * <p>Inputs: TENSORS; ROIS. Outputs: LANDMARKS, in the frame; SCORES; ROIS, face by face.
 */
public final class TensorsToFaceLandmarksCalculator extends Calculator {
  private final Input<Tensors> tensors = input("TENSORS", Tensors.class);
  private final Input<NormalizedRects> rois = input("ROIS", NormalizedRects.class);
  private final SideInput<Double> minPresence = optionalSideInput("MIN_PRESENCE", Double.class);
  private final SideInput<Integer> maxFaces = optionalSideInput("MAX_FACES", Integer.class);
  private final Output<NormalizedLandmarks> landmarks = output("LANDMARKS");
  private final Output<FloatRows> scores = output("SCORES");
  private final Output<NormalizedRects> faceRois = output("ROIS");
  private final NormalizedLandmarks points = new NormalizedLandmarks();
  private final FloatRows presence = new FloatRows();
  private final NormalizedRects kept = new NormalizedRects();
  private final LandmarkProjection projection = new LandmarkProjection();
  private LandmarkRefinement refinement;
  private float[] mesh = new float[0];
  private double threshold;

  public TensorsToFaceLandmarksCalculator() {
    super("attention_mesh.TensorsToFaceLandmarksCalculatorOptions", "min_presence", "input_size");
  }

  @Override
  protected void open() {
    threshold = minPresence.valueOr(options().getDouble("min_presence"));
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new IllegalArgumentException("minimum presence is " + threshold
          + "; a probability is between 0 and 1");
    }
    refinement = service(Topology.class).refinement();
  }

  @Override
  protected void process() {
    if (tensors.isEmpty() || rois.isEmpty()) {
      return;
    }
    Tensor[] given = tensors.value().tensors;
    if (given.length != 2 && given.length != refinement.regionCount() + 1) {
      throw new IllegalArgumentException(given.length + " tensors; expected 2 (landmarks, face flag) or the "
          + "attention network's " + (refinement.regionCount() + 1));
    }
    Tensor flag = flag(given);
    Tensor merged = given[0] == flag ? given[1] : given[0];
    int count = given.length == 2 ? merged.length / 3 : refinement.count();
    NormalizedRects regions = rois.value();
    int most = maxFaces.isGiven() ? maxFaces.value() : regions.size;
    points.resize(Math.min(most, regions.size), count);
    presence.resize(regions.size, 1);
    kept.clear();
    for (int row = 0; row < regions.size && kept.size < most; row++) {
      float score = (float) Scores.sigmoid(flag.floats[row]);
      if (score > threshold) {
        float[] face = merged.floats;
        int start = row * merged.length;
        if (given.length != 2) {
          refine(given, row, count);
          face = mesh;
          start = 0;
        }
        projection.project(face, start, count, regions.values, row * NormalizedRects.FIELDS,
            options().getInt("input_size"), points.points, points.start(kept.size));
        presence.values[kept.size] = score;
        kept.add(regions, row);
      }
    }
    points.faces = kept.size;
    presence.rows = kept.size;
    landmarks.send(points);
    scores.send(presence);
    faceRois.send(kept);
  }

  private static Tensor flag(Tensor[] given) {
    for (Tensor tensor : given) {
      if (tensor.length == 1 || tensor.name.equals("presence")) {
        return tensor;
      }
    }
    throw new IllegalArgumentException("no tensor is a face flag, one number per face; is it a landmark network?");
  }

  /** Merges the six sets of one face into {@code mesh}; each set is the tensor of its length, in their order. */
  private void refine(Tensor[] given, int row, int count) {
    if (mesh.length < 3 * count) {
      mesh = new float[3 * count];
    }
    Arrays.fill(mesh, 0);
    int next = 0;
    for (int region = 0; region < refinement.regionCount(); region++) {
      Tensor output = given[next++];
      int length = refinement.region(region).length();
      if (output.length != length) {
        throw new IllegalArgumentException("tensor " + (next - 1) + " has " + output.length
            + " numbers per face; expected " + length);
      }
      refinement.put(region, output.floats, row * length, mesh, 0);
    }
  }
}
