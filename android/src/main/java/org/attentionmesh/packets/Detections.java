package org.attentionmesh.packets;

import androidx.annotation.NonNull;
import java.util.Arrays;

/**
 * The findings of a detector in one image, best first unless a producer says otherwise.
 *
 * <p>A box is xmin, ymin, width, height, as fractions of the image's width and height; a keypoint is x, y. For
 * the face detectors, the six keypoints are right eye, left eye, nose tip, mouth center, right and left ear
 * tragion; left and right are the subject's.
 */
public final class Detections {
  public static final int BOX = 4;

  /** Keypoints per detection. */
  public final int keypoints;
  /** At least {@code size} rows of a box and its keypoints. */
  @NonNull public float[] rows;
  /** Probabilities. */
  @NonNull public float[] scores = new float[4];
  public int size;

  public Detections() {
    this(6);
  }

  public Detections(int keypoints) {
    this.keypoints = keypoints;
    rows = new float[4 * (BOX + 2 * keypoints)];
  }

  /** Numbers per row. */
  public int columns() {
    return BOX + 2 * keypoints;
  }

  public void clear() {
    size = 0;
  }

  /** Adds a detection, whose row is to be filled; returns where the row begins. */
  public int add(float score) {
    if (size == scores.length) {
      scores = Arrays.copyOf(scores, 2 * size);
      rows = Arrays.copyOf(rows, 2 * rows.length);
    }
    scores[size] = score;
    return columns() * size++;
  }

  /** Adds a detection of another value. */
  public void add(@NonNull Detections from, int index) {
    add(from, index, from.scores[index]);
  }

  public void add(@NonNull Detections from, int index, float score) {
    int start = add(score);
    System.arraycopy(from.rows, index * columns(), rows, start, columns());
  }

  public void addAll(@NonNull Detections from) {
    for (int index = 0; index < from.size; index++) {
      add(from, index);
    }
  }

  /** One number of a detection's box. */
  public float box(int index, int field) {
    return rows[index * columns() + field];
  }

  public float centerX(int index) {
    return box(index, 0) + box(index, 2) / 2;
  }

  public float centerY(int index) {
    return box(index, 1) + box(index, 3) / 2;
  }

  /** x (0) or y (1) of a keypoint. */
  public float keypoint(int index, int point, int axis) {
    return rows[index * columns() + BOX + 2 * point + axis];
  }

  /** Indices by falling score; equal scores keep their order. */
  @NonNull
  public int[] byScore() {
    int[] order = new int[size];
    for (int index = 0; index < size; index++) {
      int place = index;
      while (place > 0 && scores[order[place - 1]] < scores[index]) {
        order[place] = order[place - 1];
        place--;
      }
      order[place] = index;
    }
    return order;
  }
}
