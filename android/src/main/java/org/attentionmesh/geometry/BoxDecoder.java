package org.attentionmesh.geometry;

import androidx.annotation.NonNull;
import org.attentionmesh.packets.Detections;

/**
 * Decodes a face detector's raw outputs: scores first, then only the boxes that count.
 *
 * <p>A row of the boxes is center, size and keypoints, as pairs of x and y relative to its anchor: divided by
 * the scales, multiplied with the anchor's size, centers and keypoints added to its center.
 */
public final class BoxDecoder {
  private final int keypoints;
  private final double xScale;
  private final double yScale;
  private final double widthScale;
  private final double heightScale;
  private final double scoreClip;
  private final double minScore;

  /**
   * Makes a decoder.
   *
   * @param scoreClip raw scores are limited to ± this before the sigmoid.
   * @param minScore probability below which a detection is dropped.
   * @throws IllegalArgumentException if a scale is not above 0.
   */
  public BoxDecoder(int keypoints, double xScale, double yScale, double widthScale, double heightScale,
      double scoreClip, double minScore) {
    if (!(xScale > 0 && yScale > 0 && widthScale > 0 && heightScale > 0)) {
      throw new IllegalArgumentException("x_scale, y_scale, w_scale and h_scale must be positive");
    }
    this.keypoints = keypoints;
    this.xScale = xScale;
    this.yScale = yScale;
    this.widthScale = widthScale;
    this.heightScale = heightScale;
    this.scoreClip = scoreClip;
    this.minScore = minScore;
  }

  /**
   * Adds the detections of one image, in the order of the anchors, in coordinates of the network's input.
   *
   * <p>Boxes of negative or undefined size are left out.
   *
   * @param boxes rows of {@code 4 + 2 * keypoints} numbers, from {@code boxesStart} on.
   * @param scores one logit per anchor, from {@code scoresStart} on.
   * @param anchors rows of {@link SsdAnchors}.
   */
  public void decode(@NonNull float[] boxes, int boxesStart, @NonNull float[] scores, int scoresStart,
      @NonNull float[] anchors, @NonNull Detections found) {
    // A hair below the exact logit; the probabilities themselves decide right after.
    double limit = Math.min(Scores.logit(minScore) - 1e-3, scoreClip - 1);
    int columns = 4 + 2 * keypoints;
    for (int anchor = 0; anchor < anchors.length / 4; anchor++) {
      float logit = scores[scoresStart + anchor];
      if (!(logit >= limit)) {
        continue;
      }
      double clipped = Math.max(-scoreClip, Math.min(scoreClip, logit));
      float score = 1 / (1 + (float) Math.exp(-clipped));
      int at = boxesStart + anchor * columns;
      float width = (float) (boxes[at + 2] * (float) (1 / widthScale)) * anchors[4 * anchor + 2];
      float height = (float) (boxes[at + 3] * (float) (1 / heightScale)) * anchors[4 * anchor + 3];
      if (score < (float) minScore || !(width >= 0 && height >= 0)) {
        continue;
      }
      int row = found.add(score);
      for (int pair = 0; pair < 2 + keypoints; pair++) {
        if (pair != 1) {
          int target = row + 2 * pair;
          float x = boxes[at + 2 * pair] * (float) (1 / xScale);
          float y = boxes[at + 2 * pair + 1] * (float) (1 / yScale);
          found.rows[target] = x * anchors[4 * anchor + 2] + anchors[4 * anchor];
          found.rows[target + 1] = y * anchors[4 * anchor + 3] + anchors[4 * anchor + 1];
        }
      }
      found.rows[row] -= width / 2;
      found.rows[row + 1] -= height / 2;
      found.rows[row + 2] = width;
      found.rows[row + 3] = height;
    }
  }

  /** Maps detections from {@code first} on by an affine of the plane; turned boxes become upright ones around them. */
  public static void project(@NonNull Detections found, int first, @NonNull float[] matrices, int matrix) {
    float xx = matrices[matrix];
    float xy = matrices[matrix + 1];
    float x0 = matrices[matrix + 2];
    float yx = matrices[matrix + 3];
    float yy = matrices[matrix + 4];
    float y0 = matrices[matrix + 5];
    for (int index = first; index < found.size; index++) {
      int row = index * found.columns();
      float[] rows = found.rows;
      float halfWidth = rows[row + 2] / 2;
      float halfHeight = rows[row + 3] / 2;
      float x = rows[row] + halfWidth;
      float y = rows[row + 1] + halfHeight;
      float newHalfWidth = Math.abs(xx) * halfWidth + Math.abs(xy) * halfHeight;
      float newHalfHeight = Math.abs(yx) * halfWidth + Math.abs(yy) * halfHeight;
      rows[row] = xx * x + xy * y + x0 - newHalfWidth;
      rows[row + 1] = yx * x + yy * y + y0 - newHalfHeight;
      rows[row + 2] = 2 * newHalfWidth;
      rows[row + 3] = 2 * newHalfHeight;
      for (int at = row + Detections.BOX; at < row + found.columns(); at += 2) {
        x = rows[at];
        y = rows[at + 1];
        rows[at] = xx * x + xy * y + x0;
        rows[at + 1] = yx * x + yy * y + y0;
      }
    }
  }
}
