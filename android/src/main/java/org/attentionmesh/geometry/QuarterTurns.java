package org.attentionmesh.geometry;

import androidx.annotation.NonNull;
import org.attentionmesh.packets.ImageSize;
import org.attentionmesh.packets.NormalizedLandmarks;
import org.attentionmesh.packets.NormalizedRects;

/** Quarter turns: what was found in an image that was turned clockwise, in the image as it was before. */
public final class QuarterTurns {
  private QuarterTurns() {}

  /**
   * Quarters of a rotation.
   *
   * @throws IllegalArgumentException if it is no multiple of 90.
   */
  public static int of(int rotationDegrees) {
    if (rotationDegrees % 90 != 0) {
      throw new IllegalArgumentException("rotationDegrees is " + rotationDegrees + "; expected a multiple of 90");
    }
    return (rotationDegrees / 90 % 4 + 4) % 4;
  }

  /** Turns landmarks back; {@code size} is the image's before it was turned. */
  public static void turnBack(@NonNull NormalizedLandmarks landmarks, int quarters, @NonNull ImageSize size) {
    if (quarters == 0) {
      return;
    }
    // z is a fraction of the image's width, which a quarter exchanges with the height.
    float scale = quarters % 2 == 0 ? 1 : (float) ((double) size.height / size.width);
    float[] points = landmarks.points;
    for (int at = 0; at < 3 * landmarks.faces * landmarks.count; at += 3) {
      float x = points[at];
      float y = points[at + 1];
      points[at] = backX(x, y, quarters);
      points[at + 1] = backY(x, y, quarters);
      points[at + 2] *= scale;
    }
  }

  /** Turns rectangles back; {@code size} is the image's before it was turned. */
  public static void turnBack(@NonNull NormalizedRects rects, int quarters, @NonNull ImageSize size) {
    if (quarters == 0) {
      return;
    }
    float aspect = quarters % 2 == 0 ? 1 : (float) ((double) size.height / size.width);
    for (int row = 0; row < rects.size; row++) {
      int at = row * NormalizedRects.FIELDS;
      float[] values = rects.values;
      float x = values[at];
      float y = values[at + 1];
      values[at] = backX(x, y, quarters);
      values[at + 1] = backY(x, y, quarters);
      // Width and height are measured before the rectangle's rotation: the same pixels, of other sides.
      values[at + 2] *= aspect;
      values[at + 3] /= aspect;
      double angle = values[at + 4] - quarters * Math.PI / 2;
      values[at + 4] = (float) (angle - 2 * Math.PI * Math.rint(angle / (2 * Math.PI)));
    }
  }

  private static float backX(float x, float y, int quarters) {
    return quarters == 1 ? y : quarters == 2 ? 1 - x : 1 - y;
  }

  private static float backY(float x, float y, int quarters) {
    return quarters == 1 ? 1 - x : quarters == 2 ? 1 - y : x;
  }
}
