package org.attentionmesh.geometry;

import androidx.annotation.NonNull;
import org.attentionmesh.packets.Detections;
import org.attentionmesh.packets.ImageSize;
import org.attentionmesh.packets.NormalizedLandmarks;
import org.attentionmesh.packets.NormalizedRects;

/** Regions of interest of a frame: from detections and from landmarks. */
public final class RegionsOfInterest {
  private RegionsOfInterest() {}

  /**
   * The direction from one keypoint of a detection to another: radians, clockwise on the screen.
   *
   * @throws IllegalArgumentException if there is no such keypoint.
   */
  public static double direction(@NonNull Detections found, int index, int from, int to, @NonNull ImageSize size) {
    if (from < 0 || to < 0 || from >= found.keypoints || to >= found.keypoints) {
      throw new IllegalArgumentException("rotation keypoints " + from + ", " + to + ": a detection has keypoints 0 to "
          + (found.keypoints - 1));
    }
    double across = (double) (found.keypoint(index, to, 0) - found.keypoint(index, from, 0)) * size.width;
    double down = (double) (found.keypoint(index, to, 1) - found.keypoint(index, from, 1)) * size.height;
    return Math.atan2(down, across);
  }

  /**
   * One rectangle per detection: its box, turned so that two keypoints lie in a given direction.
   *
   * @param start the first keypoint, or -1 for upright rectangles.
   * @param targetAngle of the keypoints' connection in the rectangle: radians, counter-clockwise from x.
   */
  public static void fromDetections(@NonNull Detections found, int start, int end, double targetAngle,
      @NonNull ImageSize size, @NonNull NormalizedRects rects) {
    rects.clear();
    for (int index = 0; index < found.size; index++) {
      double angle = start < 0 ? 0 : Angles.wrap(targetAngle + direction(found, index, start, end, size));
      rects.add(found.centerX(index), found.centerY(index), found.box(index, 2), found.box(index, 3), angle, 0);
    }
  }

  /** What {@link #transform} does, in this order: turn, shift, square, scale. */
  public static final class Transform {
    public double rotation;
    /** Along the turned rectangle's own sides, as fractions of its width and height. */
    public double shiftX;
    public double shiftY;
    /** Makes a rectangle a square in pixels of its longer side. */
    public boolean squaresLong;
    /** Makes a rectangle a square in pixels of its shorter side. */
    public boolean squaresShort;
    public double scaleX = 1;
    public double scaleY = 1;
  }

  /** Transforms rectangles, as MediaPipe's RectTransformationCalculator does; ids stay. */
  public static void transform(@NonNull NormalizedRects given, @NonNull ImageSize size, @NonNull Transform by,
      @NonNull NormalizedRects rects) {
    rects.clear();
    for (int row = 0; row < given.size; row++) {
      double x = given.get(row, 0);
      double y = given.get(row, 1);
      double width = (double) given.get(row, 2) * size.width;
      double height = (double) given.get(row, 3) * size.height;
      double angle = given.get(row, 4);
      if (by.rotation != 0) {
        angle = Angles.wrap(angle + by.rotation);
      }
      if (by.shiftX != 0 || by.shiftY != 0) {
        double alongX = width * by.shiftX;
        double alongY = height * by.shiftY;
        x += (alongX * Math.cos(angle) - alongY * Math.sin(angle)) / size.width;
        y += (alongX * Math.sin(angle) + alongY * Math.cos(angle)) / size.height;
      }
      if (by.squaresLong) {
        width = height = Math.max(width, height);
      } else if (by.squaresShort) {
        width = height = Math.min(width, height);
      }
      rects.add(x, y, width / size.width * by.scaleX, height / size.height * by.scaleY, angle, given.ids[row]);
    }
  }

  /**
   * A square, rotated rectangle around the landmarks of a face.
   *
   * <p>The steps are those of MediaPipe's LandmarksToDetection, DetectionsToRects and RectTransformation
   * calculators with square_long.
   *
   * @param start the landmark that lies left of {@code end} in the rectangle, at the same height.
   * @param scale side over the longer side, in pixels, of the box around all landmarks.
   * @param id of the new rectangle.
   */
  public static void addFromLandmarks(@NonNull NormalizedLandmarks landmarks, int face, @NonNull ImageSize size,
      int start, int end, double scale, long id, @NonNull NormalizedRects rects) {
    float[] points = landmarks.points;
    int first = landmarks.start(face);
    float left = Float.POSITIVE_INFINITY;
    float top = Float.POSITIVE_INFINITY;
    float right = Float.NEGATIVE_INFINITY;
    float bottom = Float.NEGATIVE_INFINITY;
    for (int at = first; at < first + 3 * landmarks.count; at += 3) {
      left = Math.min(left, points[at]);
      right = Math.max(right, points[at]);
      top = Math.min(top, points[at + 1]);
      bottom = Math.max(bottom, points[at + 1]);
    }
    double side = scale * Math.max(((double) right - left) * size.width, ((double) bottom - top) * size.height);
    int from = first + 3 * start;
    int to = first + 3 * end;
    double across = ((double) points[to] - points[from]) * size.width;
    double down = ((double) points[to + 1] - points[from + 1]) * size.height;
    rects.add(((double) left + right) / 2, ((double) top + bottom) / 2, side / size.width, side / size.height,
        Math.atan2(down, across), id);
  }

  /**
   * Adds a square, or the nearest one of a coarse grid, so that squares that nearly agree become equal.
   *
   * @param row of {@code from}, a square in pixels. One without a size, or with a number that is not finite, stays
   *     as it is.
   * @param steps widths change by factors of 1 + 1 / steps; centers, by 1 / steps of the width; rotations, by 1 /
   *     steps radians.
   */
  public static void addSnapped(@NonNull NormalizedRects from, int row, @NonNull ImageSize size, int steps,
      @NonNull NormalizedRects rects) {
    boolean isKnown = from.get(row, 2) > 0;
    for (int field = 0; field < NormalizedRects.FIELDS; field++) {
      isKnown &= Math.abs(from.get(row, field)) <= Float.MAX_VALUE;
    }
    if (!isKnown) {
      rects.add(from, row);
      return;
    }
    double places = Math.rint(Math.log((double) from.get(row, 2) * size.width) * steps);
    double side = Math.exp(places / steps);
    double step = side / steps;
    double x = Math.rint((double) from.get(row, 0) * size.width / step) * step;
    double y = Math.rint((double) from.get(row, 1) * size.height / step) * step;
    rects.add(x / size.width, y / size.height, side / size.width, side / size.height,
        Math.rint((double) from.get(row, 4) * steps) / steps, from.ids[row]);
  }
}
