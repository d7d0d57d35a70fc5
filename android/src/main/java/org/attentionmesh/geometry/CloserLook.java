package org.attentionmesh.geometry;

import androidx.annotation.NonNull;
import org.attentionmesh.packets.Detections;
import org.attentionmesh.packets.ImageSize;
import org.attentionmesh.packets.NormalizedRects;

/** A closer look at detections that are not sure: squares around them, for the detector. */
public final class CloserLook {
  /** Side of a square over the longer side of the detection's box. */
  private static final float SCALE = 2;
  /** If two looks see a face alike but the eyes' lines differ by more, the first look was inexact. */
  private static final double INEXACT = Math.PI / 9;
  /** Centers that are nearer than this part of the detection's box are those of one face. */
  private static final double SAME_FACE = 0.3;

  private CloserLook() {}

  /** Adds the square that lies as the face does, and its three quarter turns if they are asked for. */
  public static void addSquares(@NonNull Detections found, int index, @NonNull ImageSize size, boolean turned,
      @NonNull NormalizedRects squares) {
    double side = SCALE * Math.max(found.box(index, 2) * size.width, found.box(index, 3) * size.height);
    double angle = RegionsOfInterest.direction(found, index, 0, 1, size);
    for (int turn = 0; turn < (turned ? 4 : 1); turn++) {
      squares.add(found.centerX(index), found.centerY(index), side / size.width, side / size.height,
          angle + turn * Math.PI / 2, 0);
    }
  }

  /**
   * The detections of a first look, as a closer look confirms them, best first.
   *
   * <p>A detection gets the best score of the closer look if that is higher and sees the face turned alike. It
   * keeps its place, unless the closer look sees the face turned by more than 20 degrees off.
   */
  public static void confirm(@NonNull Detections found, @NonNull Detections closer, @NonNull ImageSize size,
      float leastScore, @NonNull Detections confirmed) {
    Detections raised = new Detections(found.keypoints);
    for (int index = 0; index < found.size; index++) {
      double angle = RegionsOfInterest.direction(found, index, 0, 1, size);
      double reach = SAME_FACE * Math.max(found.box(index, 2) * size.width, found.box(index, 3) * size.height);
      float alike = 0;
      float other = 0;
      int best = 0;
      for (int near = 0; near < closer.size; near++) {
        double across = (closer.centerX(near) - found.centerX(index)) * (double) size.width;
        double down = (closer.centerY(near) - found.centerY(index)) * (double) size.height;
        if (!(Math.hypot(across, down) < reach)) {
          continue;
        }
        boolean isAlike = turn(closer, near, angle, size) <= DetectionPool.MAX_TURN;
        if (isAlike && closer.scores[near] > alike) {
          alike = closer.scores[near];
          best = near;
        } else if (!isAlike) {
          other = Math.max(other, closer.scores[near]);
        }
      }
      if (!(alike >= leastScore && alike > other && alike > found.scores[index])) {
        raised.add(found, index);
      } else if (turn(closer, best, angle, size) > INEXACT) {
        raised.add(closer, best, alike);
      } else {
        raised.add(found, index, alike);
      }
    }
    for (int index : raised.byScore()) {
      confirmed.add(raised, index);
    }
  }

  private static double turn(Detections closer, int index, double angle, ImageSize size) {
    return Angles.gap(RegionsOfInterest.direction(closer, index, 0, 1, size), angle);
  }
}
