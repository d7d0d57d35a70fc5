package org.attentionmesh.calculators;

import org.attentionmesh.geometry.OneEuroFilter;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Message;
import org.attentionmesh.graph.Output;
import org.attentionmesh.graph.SideInput;
import org.attentionmesh.packets.ImageSize;
import org.attentionmesh.packets.NormalizedLandmarks;
import org.attentionmesh.packets.NormalizedRects;

/**
 * Filters every coordinate of every landmark over time, each face by itself; ids of ROIS tell faces apart.
 *
 * <p>Speed is measured in object sizes per second: the mean of width and height of the landmarks' box. Inputs:
 * NORM_LANDMARKS; IMAGE_SIZE; ROIS. Side packet: ENABLE. Output: NORM_FILTERED_LANDMARKS.
 */
public final class LandmarksSmoothingCalculator extends Calculator {
  private final Input<NormalizedLandmarks> landmarks = input("NORM_LANDMARKS", NormalizedLandmarks.class);
  private final Input<ImageSize> imageSize = input("IMAGE_SIZE", ImageSize.class);
  private final Input<NormalizedRects> rois = optionalInput("ROIS", NormalizedRects.class);
  private final SideInput<Boolean> enable = optionalSideInput("ENABLE", Boolean.class);
  private final Output<NormalizedLandmarks> filtered = output("NORM_FILTERED_LANDMARKS");
  private final NormalizedLandmarks result = new NormalizedLandmarks();
  private OneEuroFilter filter;
  private boolean scalesValues;
  private double minObjectSize;
  private long[] places = new long[0];
  private float[] scales = new float[0];

  public LandmarksSmoothingCalculator() {
    super("mediapipe.LandmarksSmoothingCalculatorOptions", "one_euro_filter", "no_filter");
  }

  @Override
  protected void open() {
    String chosen = options().oneof("filter_options");
    if (chosen == null) {
      throw new IllegalArgumentException("no filter is chosen; give one_euro_filter or no_filter");
    }
    if (chosen.equals("no_filter") || !enable.valueOr(true)) {
      return;
    }
    Message given = options().getMessage(chosen);
    scalesValues = !given.getBool("disable_value_scaling");
    minObjectSize = given.getFloat("min_allowed_object_scale");
    filter = new OneEuroFilter(given.getFloat("min_cutoff"), given.getFloat("beta"),
        given.getFloat("derivate_cutoff"));
  }

  @Override
  protected void reset() {
    if (filter != null) {
      filter.reset();
    }
  }

  @Override
  protected void process() {
    if (landmarks.isEmpty()) {
      reset();
      return;
    }
    NormalizedLandmarks faces = landmarks.value();
    if (filter == null) {
      filtered.send(faces);
      return;
    }
    if (scales.length < faces.faces) {
      scales = new float[faces.faces];
      places = new long[faces.faces];
    }
    for (int face = 0; face < faces.faces; face++) {
      places[face] = face + 1;
      float size = scalesValues ? objectSize(faces, face, imageSize.value()) : 1;
      scales[face] = size < minObjectSize ? 1 : 1 / size;
    }
    filter.apply(faces, rois.isEmpty() ? places : rois.value().ids, timestampUs(), imageSize.value(), scales, result);
    for (int face = 0; scalesValues && face < faces.faces; face++) {
      if (objectSize(faces, face, imageSize.value()) < minObjectSize) {
        System.arraycopy(faces.points, faces.start(face), result.points, faces.start(face), 3 * faces.count);
      }
    }
    filtered.send(result);
  }

  /** Mean of width and height of a face's landmarks in pixels. */
  private static float objectSize(NormalizedLandmarks faces, int face, ImageSize size) {
    float left = Float.POSITIVE_INFINITY;
    float top = Float.POSITIVE_INFINITY;
    float right = Float.NEGATIVE_INFINITY;
    float bottom = Float.NEGATIVE_INFINITY;
    int start = faces.start(face);
    for (int at = start; at < start + 3 * faces.count; at += 3) {
      left = Math.min(left, faces.points[at]);
      right = Math.max(right, faces.points[at]);
      top = Math.min(top, faces.points[at + 1]);
      bottom = Math.max(bottom, faces.points[at + 1]);
    }
    return (right - left) * size.width / 2 + (bottom - top) * size.height / 2;
  }
}
