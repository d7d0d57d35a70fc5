package org.attentionmesh.geometry;

import androidx.annotation.NonNull;
import org.attentionmesh.packets.ImageSize;
import org.attentionmesh.packets.NormalizedLandmarks;

/** Face alignment: takes position, size and turn of the head out of landmarks. */
public final class FaceAlignment {
  private final Procrustes reference;
  private final int count;
  private final float[] points;

  /**
   * Takes the reference face.
   *
   * @param points x, y, z; +x as in the image of a face that looks into the camera, +y up, +z to the viewer.
   * @param weights how much each landmark counts.
   */
  public FaceAlignment(@NonNull float[] points, @NonNull float[] weights) {
    count = weights.length;
    reference = new Procrustes(points, weights, count);
    this.points = new float[3 * count];
  }

  /** Landmarks of a face. */
  public int count() {
    return count;
  }

  /**
   * Aligns a face with the reference, in its unit.
   *
   * @param aligned receives x, y, z from {@code start} on; NaN for a face without extent or with a number that
   *     is not finite.
   */
  public void align(@NonNull NormalizedLandmarks landmarks, int face, @NonNull ImageSize size,
      @NonNull float[] aligned, int start) {
    int from = landmarks.start(face);
    for (int index = 0; index < 3 * count; index += 3) {
      points[index] = landmarks.points[from + index] * size.width;
      points[index + 1] = -landmarks.points[from + index + 1] * size.height;
      points[index + 2] = -landmarks.points[from + index + 2] * size.width;
    }
    boolean isFinite = reference.fit(points, 0);
    double by = isFinite && reference.scale > 0 ? 1 / reference.scale : Double.NaN;
    double[] r = reference.rotation;
    double[] t = reference.translation;
    for (int index = 0; index < 3 * count; index += 3) {
      double x = points[index] - t[0];
      double y = points[index + 1] - t[1];
      double z = points[index + 2] - t[2];
      for (int column = 0; column < 3; column++) {
        aligned[start + index + column] = (float) ((x * r[column] + y * r[3 + column] + z * r[6 + column]) * by);
      }
    }
  }
}
