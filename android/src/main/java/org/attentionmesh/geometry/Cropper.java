package org.attentionmesh.geometry;

import androidx.annotation.NonNull;
import org.attentionmesh.packets.ImageFrame;

/**
 * Cuts a rotated rectangle out of an image, bilinearly.
 *
 * <p>The samples are those of OpenCV 5's warpAffine, which the project's Python side calls: the map is in single
 * precision, each sample is the mean of four pixels by exact fractions, rounded to the nearest byte. The
 * rectangle's corners map to the indices (0, 0) and (width, height) of the crop, without half-pixel terms, as in
 * MediaPipe's OpenCV converter.
 */
public final class Cropper {
  /** Source pixels per sample up to which the Python side cuts the region out first. */
  private static final int CUT_LIMIT = 20;

  /** Adding it leaves the nearest whole number, ties to even, in the lowest bits of a float below 2^22. */
  private static final float ROUND = 8388608f;

  private final int width;
  private final int height;
  private final boolean isBlackOutside;
  private final RectAffine affine = new RectAffine();

  /**
   * Makes a cropper.
   *
   * @param width of the crops in pixels.
   * @param height of the crops in pixels.
   * @param isBlackOutside whether black lies outside the image, rather than its edge pixels.
   * @throws IllegalArgumentException if a side is not positive.
   */
  public Cropper(int width, int height, boolean isBlackOutside) {
    if (width <= 0 || height <= 0) {
      throw new IllegalArgumentException("a crop's width and height must be positive, got " + width + "x" + height);
    }
    this.width = width;
    this.height = height;
    this.isBlackOutside = isBlackOutside;
  }

  /**
   * Writes a crop: RGB bytes, row after row.
   *
   * @param image the frame.
   * @param x center of the rectangle in pixels, and so on; rotation in radians, clockwise.
   * @param crop where the bytes go, from {@code start} on.
   * @throws IllegalArgumentException if the rectangle has no area or is not finite.
   */
  public void crop(@NonNull ImageFrame image, double x, double y, double rectWidth, double rectHeight,
      double rotation, @NonNull byte[] crop, int start) {
    double sum = x + y + rectWidth + rectHeight + rotation;
    if (Double.isNaN(sum) || Double.isInfinite(sum) || !(rectWidth > 0) || !(rectHeight > 0)) {
      throw new IllegalArgumentException("a region must be finite with positive width and height; got x_center, "
          + "y_center, width, height, rotation = " + x + ", " + y + ", " + rectWidth + ", " + rectHeight + ", "
          + rotation);
    }
    affine.set(x, y, rectWidth, rectHeight, rotation);
    double xx = affine.xx / width;
    double xy = affine.xy / height;
    double yx = affine.yx / width;
    double yy = affine.yy / height;
    // The Python side counts from the corner of the part that it cuts out: single precision sees the difference.
    double reachX = (Math.abs(xx) * width + Math.abs(xy) * height) / 2;
    double reachY = (Math.abs(yx) * width + Math.abs(yy) * height) / 2;
    int left = Math.max(0, (int) (x - reachX) - 1);
    int top = Math.max(0, (int) (y - reachY) - 1);
    int right = Math.min(image.width, (int) (x + reachX) + 3);
    int bottom = Math.min(image.height, (int) (y + reachY) + 3);
    boolean isCut = left < right && top < bottom
        && (long) (right - left) * (bottom - top) <= (long) CUT_LIMIT * width * height;
    if (!isCut) {
      left = 0;
      top = 0;
    }
    sample(image, (float) xx, (float) xy, (float) (affine.x0 - left), (float) yx, (float) yy,
        (float) (affine.y0 - top), left, top, crop, start);
  }

  private void sample(ImageFrame image, float xx, float xy, float x0, float yx, float yy, float y0, int left,
      int top, byte[] crop, int start) {
    byte[] rgba = image.rgba;
    int stride = 4 * image.width;
    int lastX = image.width - 1;
    int lastY = image.height - 1;
    int at = start;
    for (int row = 0; row < height; row++) {
      float rowX = row * xy + x0;
      float rowY = row * yy + y0;
      for (int column = 0; column < width; column++, at += 3) {
        // One rounding, as a fused multiply-add has it.
        float sampleX = (float) ((double) column * xx + rowX);
        float sampleY = (float) ((double) column * yx + rowY);
        int cellX = floor(sampleX);
        int cellY = floor(sampleY);
        float partX = sampleX - cellX;
        float partY = sampleY - cellY;
        int px = cellX + left;
        int py = cellY + top;
        if (px >= 0 && py >= 0 && px < lastX && py < lastY) {
          int p = py * stride + 4 * px;
          for (int channel = 0; channel < 3; channel++, p++) {
            float p00 = rgba[p] & 255;
            float p10 = rgba[p + stride] & 255;
            float upper = p00 + partX * ((rgba[p + 4] & 255) - p00);
            float lower = p10 + partX * ((rgba[p + stride + 4] & 255) - p10);
            crop[at + channel] = (byte) Float.floatToRawIntBits(upper + partY * (lower - upper) + ROUND);
          }
        } else {
          sampleAtBorder(image, px, py, partX, partY, crop, at);
        }
      }
    }
  }

  private void sampleAtBorder(ImageFrame image, int px, int py, float partX, float partY, byte[] crop, int at) {
    for (int channel = 0; channel < 3; channel++) {
      float p00 = pixel(image, px, py, channel);
      float p10 = pixel(image, px, py + 1, channel);
      float upper = p00 + partX * (pixel(image, px + 1, py, channel) - p00);
      float lower = p10 + partX * (pixel(image, px + 1, py + 1, channel) - p10);
      crop[at + channel] = (byte) Float.floatToRawIntBits(upper + partY * (lower - upper) + ROUND);
    }
  }

  private float pixel(ImageFrame image, int x, int y, int channel) {
    int nearX = Math.max(0, Math.min(x, image.width - 1));
    int nearY = Math.max(0, Math.min(y, image.height - 1));
    if (isBlackOutside && (nearX != x || nearY != y)) {
      return 0;
    }
    return image.rgba[4 * (nearY * image.width + nearX) + channel] & 255;
  }

  private static int floor(float value) {
    int whole = (int) value;
    return whole > value ? whole - 1 : whole;
  }
}
