package org.attentionmesh.geometry;

import androidx.annotation.NonNull;

/**
 * Landmarks of square crops as landmarks of the frame.
 *
 * <p>The formula is that of MediaPipe's LandmarkProjectionCalculator: relative to the crop's center, rotated,
 * scaled to the frame; z grows with the length of the crop's upper side.
 */
public final class LandmarkProjection {
  private final RectAffine affine = new RectAffine();

  /**
   * Projects one face.
   *
   * @param points x, y, z of landmark after landmark from {@code start} on; x, y from 0 to {@code cropSide}.
   * @param rect x_center, y_center, width, height, rotation normalized to the frame, from {@code rectStart} on;
   *     square in pixels.
   * @param count of landmarks.
   * @param target where x, y, z in fractions of the frame go, from {@code targetStart} on.
   */
  public void project(@NonNull float[] points, int start, int count, @NonNull float[] rect, int rectStart,
      double cropSide, @NonNull float[] target, int targetStart) {
    double width = rect[rectStart + 2];
    double height = rect[rectStart + 3];
    // Equal sides in pixels: the crop's width in units of the frame's height is its normalized height.
    affine.set(rect[rectStart], rect[rectStart + 1], width, height, rect[rectStart + 4], height, width);
    double by = 1 / cropSide;
    float xx = (float) (affine.xx * by);
    float xy = (float) (affine.xy * by);
    float x0 = (float) affine.x0;
    float yx = (float) (affine.yx * by);
    float yy = (float) (affine.yy * by);
    float y0 = (float) affine.y0;
    float zz = (float) (width * by);
    for (int index = 0; index < 3 * count; index += 3) {
      // One rounding per product and sum, as OpenCV's transform has it on the Python side.
      double x = points[start + index];
      double y = points[start + index + 1];
      target[targetStart + index] = (float) (x * xx + (float) (y * xy + x0));
      target[targetStart + index + 1] = (float) (x * yx + (float) (y * yy + y0));
      target[targetStart + index + 2] = points[start + index + 2] * zz;
    }
  }
}
