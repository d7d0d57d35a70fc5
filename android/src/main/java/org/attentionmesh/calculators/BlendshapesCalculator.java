package org.attentionmesh.calculators;

import org.attentionmesh.geometry.FaceAlignment;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Output;
import org.attentionmesh.graph.SideInput;
import org.attentionmesh.models.Network;
import org.attentionmesh.models.Networks;
import org.attentionmesh.models.Topology;
import org.attentionmesh.packets.FloatRows;
import org.attentionmesh.packets.ImageSize;
import org.attentionmesh.packets.NormalizedLandmarks;
import org.attentionmesh.packets.NormalizedRects;
import org.attentionmesh.packets.Tensor;
import org.attentionmesh.packets.Tensors;

/**
 * Finds the coefficients of ARKit's 52 blend shapes of all faces.
 *
 * <p>Inputs: LANDMARKS, 478 of each face; IMAGE_SIZE; ROIS. Side packets: NEUTRAL, x, y, z of the person's neutral
 * face, aligned with the reference face, which counts for every face; CALIBRATION_SECONDS, which must be 0 here.
 * Output: BLENDSHAPES.
 */
public final class BlendshapesCalculator extends Calculator {
  private final Input<NormalizedLandmarks> landmarks = input("LANDMARKS", NormalizedLandmarks.class);
  private final Input<ImageSize> imageSize = input("IMAGE_SIZE", ImageSize.class);
  private final Input<NormalizedRects> rois = optionalInput("ROIS", NormalizedRects.class);
  private final SideInput<float[]> neutral = optionalSideInput("NEUTRAL", float[].class);
  private final SideInput<Double> seconds = optionalSideInput("CALIBRATION_SECONDS", Double.class);
  private final Output<FloatRows> blendshapes = output("BLENDSHAPES");
  private final FloatRows result = new FloatRows();
  private FaceAlignment alignment;
  private float[] reference;
  private Network network;
  private final Tensor aligned = new Tensor();
  private final Tensor calibrated = new Tensor();
  private Tensor[] inputs = new Tensor[0];
  private Tensors outputs;

  public BlendshapesCalculator() {
    super("attention_mesh.BlendshapesCalculatorOptions");
  }

  @Override
  protected void open() {
    if (seconds.valueOr(0.0) != 0) {
      throw new IllegalArgumentException("CALIBRATION_SECONDS is " + seconds.value()
          + "; neutral faces are not learned on Android, give NEUTRAL");
    }
    Topology topology = service(Topology.class);
    reference = topology.referenceFace();
    alignment = new FaceAlignment(reference, topology.referenceWeights());
    if (neutral.isGiven() && neutral.value().length != reference.length) {
      throw new IllegalArgumentException("NEUTRAL has " + neutral.value().length + " numbers; expected "
          + reference.length);
    }
    network = service(Networks.class).open("blendshapes");
    int landmarkPlace = network.input("aligned_landmarks");
    int calibratedPlace = network.input("calibrated");
    if (network.inputCount() != 2 || landmarkPlace < 0 || calibratedPlace < 0) {
      throw new IllegalArgumentException("the network blendshapes has no inputs aligned_landmarks and calibrated");
    }
    inputs = new Tensor[2];
    outputs = network.newResults();
    inputs[landmarkPlace] = aligned;
    inputs[calibratedPlace] = calibrated;
  }

  @Override
  protected void process() {
    if (landmarks.isEmpty() || imageSize.isEmpty()) {
      return;
    }
    NormalizedLandmarks faces = landmarks.value();
    int length = 3 * alignment.count();
    if (faces.count != alignment.count()) {
      throw new IllegalArgumentException(faces.count + " landmarks per face; expected " + alignment.count()
          + ", the attention network's");
    }
    aligned.resize(faces.faces, length, false);
    calibrated.resize(faces.faces, 1, false);
    for (int face = 0; face < faces.faces; face++) {
      alignment.align(faces, face, imageSize.value(), aligned.floats, face * length);
      calibrated.floats[face] = neutral.isGiven() ? 1 : 0;
      for (int index = 0; neutral.isGiven() && index < length; index++) {
        aligned.floats[face * length + index] -= neutral.value()[index] - reference[index];
      }
    }
    network.run(outputs, inputs);
    Tensor coefficients = outputs.tensors[0];
    result.resize(faces.faces, coefficients.length);
    for (int index = 0; index < faces.faces * coefficients.length; index++) {
      float value = coefficients.floats[index];
      result.values[index] = Float.isNaN(value) ? 0 : value;
    }
    blendshapes.send(result);
  }

  @Override
  protected void close() {
    network = null;
  }
}
