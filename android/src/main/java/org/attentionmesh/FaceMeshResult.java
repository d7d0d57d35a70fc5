package org.attentionmesh;

import androidx.annotation.NonNull;
import org.attentionmesh.packets.FloatRows;
import org.attentionmesh.packets.NormalizedLandmarks;
import org.attentionmesh.packets.NormalizedRects;

/**
 * The faces of one frame, in coordinates of the frame as it was sent, before any rotation.
 *
 * <p>A listener gets the same object for every frame, and must not use it after it returns; {@link #copy} keeps
 * it. Methods that take an array write into it, so that nothing is allocated. Left and right are the subject's.
 * An index that does not exist is an IndexOutOfBoundsException.
 */
public final class FaceMeshResult {
  /** x_center, y_center, width, height in pixels, rotation in radians, clockwise. */
  public static final int ROI_LENGTH = 5;

  /** Numbers of a pose. */
  public static final int POSE_LENGTH = 16;

  final NormalizedLandmarks landmarks = new NormalizedLandmarks();
  final NormalizedRects rois = new NormalizedRects();
  final FloatRows scores = new FloatRows();
  final FloatRows blendShapes = new FloatRows();
  final FloatRows poses = new FloatRows();
  long timestampMs;
  int imageWidth;
  int imageHeight;

  FaceMeshResult() {}

  /** The frame's time, as it was sent. */
  public long timestampMs() {
    return timestampMs;
  }

  /** Width of the frame as it was sent, pixels. */
  public int imageWidth() {
    return imageWidth;
  }

  /** Height of the frame as it was sent, pixels. */
  public int imageHeight() {
    return imageHeight;
  }

  /** How many faces there are; 0 for a frame without any. */
  public int faceCount() {
    return landmarks.faces;
  }

  /** Landmarks per face: 478, or 468 without refinement. */
  public int landmarkCount() {
    return landmarks.count;
  }

  /** x of a landmark in pixels, from the left edge of the frame. */
  public float x(int face, int landmark) {
    return landmarks.points[place(face, landmark)] * imageWidth;
  }

  /** y of a landmark in pixels, from the top edge of the frame. */
  public float y(int face, int landmark) {
    return landmarks.points[place(face, landmark) + 1] * imageHeight;
  }

  /** z of a landmark on x's scale; smaller is nearer, 0 near the head's center. */
  public float z(int face, int landmark) {
    return landmarks.points[place(face, landmark) + 2] * imageWidth;
  }

  /**
   * The landmarks of a face: x, y, z in pixels, landmark after landmark.
   *
   * @param xyz receives {@code 3 * landmarkCount()} numbers.
   */
  public void landmarks(int face, @NonNull float[] xyz) {
    int start = place(face, 0);
    for (int index = 0; index < 3 * landmarks.count; index++) {
      xyz[index] = landmarks.points[start + index] * (index % 3 == 1 ? imageHeight : imageWidth);
    }
  }

  /** The face's presence, above the tracking confidence and at most 1. */
  public float presence(int face) {
    return scores.values[checked(face)];
  }

  /** The number of the face's track: 1, 2, … in a video; 0 in static image mode. */
  public long trackId(int face) {
    return rois.ids[checked(face)];
  }

  /**
   * The region of the frame in which the face was measured.
   *
   * @param roi receives {@link #ROI_LENGTH} numbers.
   */
  public void roi(int face, @NonNull float[] roi) {
    int row = checked(face);
    roi[0] = rois.get(row, 0) * imageWidth;
    roi[1] = rois.get(row, 1) * imageHeight;
    roi[2] = rois.get(row, 2) * imageWidth;
    roi[3] = rois.get(row, 3) * imageHeight;
    roi[4] = rois.get(row, 4);
  }

  /** Coefficients per face: 52, or 0 if the options leave blend shapes out. */
  public int blendShapeCount() {
    return blendShapes.columns;
  }

  /** A coefficient from 0 to 1, in the order of {@link FaceMesh#blendShapeNames}. */
  public float blendShape(int face, int shape) {
    if (shape < 0 || shape >= blendShapes.columns) {
      throw new IndexOutOfBoundsException("blend shape " + shape + " of " + blendShapes.columns);
    }
    return blendShapes.values[checked(face) * blendShapes.columns + shape];
  }

  /** Whether the options ask for poses. */
  public boolean hasPoses() {
    return poses.columns > 0;
  }

  /**
   * The head's pose: from the canonical face, in cm, to the frame of a camera that looks along -z with y up.
   *
   * @param pose receives {@link #POSE_LENGTH} numbers in the order of {@code android.opengl.Matrix}, column after
   *     column.
   * @throws IllegalStateException if the options leave poses out.
   */
  public void pose(int face, @NonNull float[] pose) {
    if (!hasPoses()) {
      throw new IllegalStateException("the options leave poses out; call setPoses(true)");
    }
    int start = POSE_LENGTH * checked(face);
    for (int index = 0; index < POSE_LENGTH; index++) {
      pose[4 * (index % 4) + index / 4] = poses.values[start + index];
    }
  }

  /** A result that stays valid. */
  @NonNull
  public FaceMeshResult copy() {
    FaceMeshResult copy = new FaceMeshResult();
    landmarks.copyTo(copy.landmarks);
    rois.copyTo(copy.rois);
    scores.copyTo(copy.scores);
    blendShapes.copyTo(copy.blendShapes);
    poses.copyTo(copy.poses);
    copy.timestampMs = timestampMs;
    copy.imageWidth = imageWidth;
    copy.imageHeight = imageHeight;
    return copy;
  }

  private int checked(int face) {
    if (face < 0 || face >= landmarks.faces) {
      throw new IndexOutOfBoundsException("face " + face + " of " + landmarks.faces);
    }
    return face;
  }

  private int place(int face, int landmark) {
    if (landmark < 0 || landmark >= landmarks.count) {
      throw new IndexOutOfBoundsException("landmark " + landmark + " of " + landmarks.count);
    }
    return landmarks.start(checked(face)) + 3 * landmark;
  }
}
