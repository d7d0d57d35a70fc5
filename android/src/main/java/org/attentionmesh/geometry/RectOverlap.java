package org.attentionmesh.geometry;

import androidx.annotation.NonNull;
import org.attentionmesh.packets.NormalizedRects;

/** Intersection over union of rectangles, as if neither were rotated. */
public final class RectOverlap {
  private RectOverlap() {}

  /** In [0, 1], 0 without area. */
  public static double of(@NonNull NormalizedRects first, int row, @NonNull NormalizedRects second, int otherRow) {
    double width = first.get(row, 2);
    double height = first.get(row, 3);
    double otherWidth = second.get(otherRow, 2);
    double otherHeight = second.get(otherRow, 3);
    double across = side(first.get(row, 0), width, second.get(otherRow, 0), otherWidth);
    double down = side(first.get(row, 1), height, second.get(otherRow, 1), otherHeight);
    if (across <= 0 || down <= 0) {
      return 0;
    }
    double intersection = across * down;
    return intersection / (width * height + otherWidth * otherHeight - intersection);
  }

  private static double side(double center, double length, double otherCenter, double otherLength) {
    return Math.min((length + otherLength) / 2 - Math.abs(center - otherCenter), Math.min(length, otherLength));
  }
}
