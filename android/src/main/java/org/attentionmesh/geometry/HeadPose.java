package org.attentionmesh.geometry;

import androidx.annotation.NonNull;
import org.attentionmesh.packets.ImageSize;
import org.attentionmesh.packets.NormalizedLandmarks;

/**
 * Head pose: where a head is and how it is turned, by the method of MediaPipe's face geometry.
 *
 * <p>The camera's frame is right-handed, in cm: x to the right of the picture, y up, z toward the viewer; the
 * camera is at the origin. The canonical face gives the size, the angle of view the distance.
 */
public final class HeadPose {
  private static final double FARTHEST_CM = 10000;

  private final Procrustes canonical;
  private final double heightAtOne;
  private float[] points = new float[0];

  /**
   * Makes a pose finder.
   *
   * @param canonical fits the canonical face, in cm.
   * @param verticalFovDegrees the camera's angle of view.
   * @throws IllegalArgumentException if the angle is not between 0 and 180.
   */
  public HeadPose(@NonNull Procrustes canonical, double verticalFovDegrees) {
    if (!(verticalFovDegrees > 0 && verticalFovDegrees < 180)) {
      throw new IllegalArgumentException("vertical_fov_degrees is " + verticalFovDegrees
          + "; expected a number between 0 and 180");
    }
    this.canonical = canonical;
    heightAtOne = 2 * Math.tan(Math.toRadians(verticalFovDegrees) / 2);
  }

  /**
   * Finds a pose and the face without it.
   *
   * @param pose sixteen numbers, row-major, for column vectors: from the canonical face to the camera's frame.
   * @param metric x, y, z of the landmarks in the frame of the canonical face, cm.
   * @throws IllegalArgumentException if a landmark is not a finite number.
   */
  public void find(@NonNull NormalizedLandmarks landmarks, int face, @NonNull ImageSize size, @NonNull float[] pose,
      int poseStart, @NonNull float[] metric, int metricStart) {
    int count = landmarks.count;
    unproject(landmarks, face, size);
    if (!canonical.fit(points, 0)) {
      throw new IllegalArgumentException("points of face " + face + " are not finite numbers");
    }
    double distance = 1 / Math.max(canonical.scale, 1 / FARTHEST_CM);
    double[] rotation = canonical.rotation;
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 3; column++) {
        pose[poseStart + 4 * row + column] = (float) rotation[3 * row + column];
      }
      pose[poseStart + 4 * row + 3] = (float) (canonical.translation[row] * distance);
    }
    pose[poseStart + 12] = 0;
    pose[poseStart + 13] = 0;
    pose[poseStart + 14] = 0;
    pose[poseStart + 15] = 1;
    for (int index = 0; index < 3 * count; index += 3) {
      double x = points[index] * distance - pose[poseStart + 3];
      double y = points[index + 1] * distance - pose[poseStart + 7];
      double z = points[index + 2] * distance - pose[poseStart + 11];
      for (int column = 0; column < 3; column++) {
        metric[metricStart + index + column] =
            (float) (x * rotation[column] + y * rotation[3 + column] + z * rotation[6 + column]);
      }
    }
  }

  /** The landmarks in the camera's frame, if their mean depth were at a distance of 1. */
  private void unproject(NormalizedLandmarks landmarks, int face, ImageSize size) {
    int length = 3 * landmarks.count;
    if (points.length < length) {
      points = new float[length];
    }
    float width = (float) (heightAtOne * size.width / size.height);
    float height = (float) heightAtOne;
    int start = landmarks.start(face);
    double sum = 0;
    for (int index = 0; index < length; index += 3) {
      points[index] = landmarks.points[start + index] * width - width / 2;
      points[index + 1] = landmarks.points[start + index + 1] * -height + height / 2;
      points[index + 2] = landmarks.points[start + index + 2] * -width;
      sum += points[index + 2];
    }
    float mean = (float) (sum / landmarks.count) + 1;
    for (int index = 0; index < length; index += 3) {
      points[index + 2] -= mean;
      points[index] *= -points[index + 2];
      points[index + 1] *= -points[index + 2];
    }
  }
}
