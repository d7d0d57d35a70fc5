package org.attentionmesh.geometry;

import androidx.annotation.NonNull;
import java.util.Arrays;
import java.util.List;
import org.attentionmesh.packets.Detections;
import org.attentionmesh.packets.ImageSize;
import org.attentionmesh.packets.NormalizedRects;

/** Detection pool: one detection per face, from several looks at an image that may see a face turned. */
public final class DetectionPool {
  /** Detections of one place whose eyes' lines differ by more see the face turned differently. */
  public static final double MAX_TURN = Math.PI / 4;

  private static final float SAME_FACE = 0.3f;
  private static final float SAME_PLACE = 0.5f;

  private DetectionPool() {}

  /** The direction from the right to the left eye: radians, clockwise on the screen, 0 if upright. */
  @NonNull
  public static double[] eyeLines(@NonNull Detections found, @NonNull ImageSize size) {
    double[] angles = new double[found.size];
    for (int index = 0; index < found.size; index++) {
      angles[index] = RegionsOfInterest.direction(found, index, 0, 1, size);
    }
    return angles;
  }

  /** Whether a detection's center lies within half a side of a rectangle's center. */
  public static boolean isInside(@NonNull Detections found, int index, @NonNull NormalizedRects rects, int row) {
    return Math.abs(found.centerX(index) - rects.get(row, 0)) < rects.get(row, 2) / 2
        && Math.abs(found.centerY(index) - rects.get(row, 1)) < rects.get(row, 3) / 2;
  }

  /** Whether a detection lies at the place of any known face. */
  public static boolean isKnown(@NonNull Detections found, int index, @NonNull NormalizedRects known) {
    for (int row = 0; row < known.size; row++) {
      if (isInside(found, index, known, row)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a detection lies at the place of known faces and sees them turned differently. */
  public static boolean contradicts(@NonNull Detections found, int index, @NonNull NormalizedRects known,
      @NonNull ImageSize size) {
    double angle = RegionsOfInterest.direction(found, index, 0, 1, size);
    boolean isThere = false;
    for (int row = 0; row < known.size; row++) {
      if (isInside(found, index, known, row)) {
        if (Angles.gap(angle, known.get(row, 4)) <= MAX_TURN) {
          return false;
        }
        isThere = true;
      }
    }
    return isThere;
  }

  /**
   * One detection per place out of several looks, best score first.
   *
   * <p>The best score of a place says which way the face is turned. Of the detections that see the face this
   * way, the one from the earliest look stays.
   *
   * @param looks in falling preference.
   */
  public static void pool(@NonNull List<Detections> looks, @NonNull ImageSize size, @NonNull Detections kept) {
    Detections found = new Detections();
    int[] lookOf = new int[0];
    for (int look = 0; look < looks.size(); look++) {
      Detections given = looks.get(look);
      WeightedMerge.merge(given, SAME_FACE, eyeLines(given, size), MAX_TURN, found);
      int before = lookOf.length;
      lookOf = Arrays.copyOf(lookOf, found.size);
      Arrays.fill(lookOf, before, found.size, look);
    }
    double[] angles = eyeLines(found, size);
    int[] order = found.byScore();
    boolean[] isGone = new boolean[found.size];
    for (int place = 0; place < order.length; place++) {
      int best = order[place];
      if (isGone[best]) {
        continue;
      }
      int chosen = best;
      for (int next = place; next < order.length; next++) {
        int other = order[next];
        if (isGone[other] || (other != best && !(BoxOverlap.ofSmaller(found, best, other) > SAME_PLACE))) {
          continue;
        }
        isGone[other] = true;
        if (Angles.gap(angles[other], angles[best]) <= MAX_TURN && lookOf[other] < lookOf[chosen]) {
          chosen = other;
        }
      }
      kept.add(found, chosen);
    }
  }
}
