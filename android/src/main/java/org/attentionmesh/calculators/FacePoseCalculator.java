package org.attentionmesh.calculators;

import org.attentionmesh.geometry.HeadPose;
import org.attentionmesh.geometry.Procrustes;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Output;
import org.attentionmesh.graph.SideInput;
import org.attentionmesh.models.Topology;
import org.attentionmesh.packets.FloatRows;
import org.attentionmesh.packets.ImageSize;
import org.attentionmesh.packets.NormalizedLandmarks;

/**
 * Fits the canonical face to the landmarks of every face: where the heads are, and how they are turned.
 *
 * <p>Inputs: LANDMARKS; IMAGE_SIZE. Side packet: VERTICAL_FOV_DEGREES. Outputs: POSES, 16 numbers per face,
 * row-major, for column vectors, in cm; METRIC_LANDMARKS, the faces without their poses, in cm.
 */
public final class FacePoseCalculator extends Calculator {
  private final Input<NormalizedLandmarks> landmarks = input("LANDMARKS", NormalizedLandmarks.class);
  private final Input<ImageSize> imageSize = input("IMAGE_SIZE", ImageSize.class);
  private final SideInput<Double> verticalFov = optionalSideInput("VERTICAL_FOV_DEGREES", Double.class);
  private final Output<FloatRows> poses = output("POSES");
  private final Output<FloatRows> metricLandmarks = output("METRIC_LANDMARKS");
  private final FloatRows poseRows = new FloatRows();
  private final FloatRows metricRows = new FloatRows();
  private float[] canonical;
  private float[] weights;
  private HeadPose pose;
  private int count;

  public FacePoseCalculator() {
    super("attention_mesh.FacePoseCalculatorOptions", "vertical_fov_degrees");
  }

  @Override
  protected void open() {
    canonical = service(Topology.class).canonicalFace();
    weights = service(Topology.class).poseWeights();
    prepare(weights.length);
  }

  /** A mesh without irises is fitted to the canonical face without them. */
  private void prepare(int landmarkCount) {
    count = landmarkCount;
    pose = new HeadPose(new Procrustes(canonical, weights, count),
        verticalFov.valueOr(options().getDouble("vertical_fov_degrees")));
  }

  @Override
  protected void process() {
    if (landmarks.isEmpty() || imageSize.isEmpty()) {
      return;
    }
    NormalizedLandmarks faces = landmarks.value();
    if (faces.count > weights.length) {
      throw new IllegalArgumentException(faces.count + " landmarks per face; expected " + weights.length);
    }
    if (faces.count != count) {
      prepare(faces.count);
    }
    poseRows.resize(faces.faces, 16);
    metricRows.resize(faces.faces, 3 * count);
    for (int face = 0; face < faces.faces; face++) {
      pose.find(faces, face, imageSize.value(), poseRows.values, 16 * face, metricRows.values, 3 * count * face);
    }
    poses.send(poseRows);
    metricLandmarks.send(metricRows);
  }
}
