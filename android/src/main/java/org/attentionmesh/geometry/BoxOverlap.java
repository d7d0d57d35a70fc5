package org.attentionmesh.geometry;

import androidx.annotation.NonNull;
import org.attentionmesh.packets.Detections;

/** How much the boxes of detections overlap; 0 if they do not meet or the divisor is 0. */
public final class BoxOverlap {
  private BoxOverlap() {}

  /** Intersection over union of two boxes. */
  public static float ofUnion(@NonNull Detections found, int first, int second) {
    float intersection = intersection(found, first, second);
    float union = area(found, first) + area(found, second) - intersection;
    return union > 0 ? intersection / union : 0;
  }

  /** The intersection over the area of the smaller box. */
  public static float ofSmaller(@NonNull Detections found, int first, int second) {
    float area = Math.min(area(found, first), area(found, second));
    float other = Math.max(area(found, first), area(found, second));
    float intersection = intersection(found, first, second);
    return Math.max(area > 0 ? intersection / area : 0, other > 0 ? intersection / other : 0);
  }

  private static float area(Detections found, int index) {
    return found.box(index, 2) * found.box(index, 3);
  }

  private static float intersection(Detections found, int first, int second) {
    return side(found, first, second, 0) * side(found, first, second, 1);
  }

  private static float side(Detections found, int first, int second, int axis) {
    float start = Math.max(found.box(first, axis), found.box(second, axis));
    float end = Math.min(found.box(first, axis) + found.box(first, axis + 2),
        found.box(second, axis) + found.box(second, axis + 2));
    return Math.max(0, end - start);
  }
}
