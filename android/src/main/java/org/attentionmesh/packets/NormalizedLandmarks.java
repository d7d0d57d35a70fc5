package org.attentionmesh.packets;

import androidx.annotation.NonNull;
import androidx.annotation.Nullable;
import org.attentionmesh.graph.Copyable;

/**
 * Landmarks of the faces of a frame.
 *
 * <p>{@link #points} holds x, y, z of landmark after landmark and face after face: x by the frame's width, y by
 * its height, origin top-left, y down; z by the frame's width, so that it is on x's scale, smaller is nearer.
 */
public final class NormalizedLandmarks implements Copyable<NormalizedLandmarks> {
  /** At least {@code 3 * faces * count} numbers. */
  @NonNull public float[] points = new float[0];
  public int faces;
  /** Landmarks per face: 478 or 468. */
  public int count;

  /** Makes room for so many faces; the numbers are those of earlier ones. */
  public void resize(int newFaces, int newCount) {
    int length = 3 * newFaces * newCount;
    if (points.length < length) {
      points = new float[length];
    }
    faces = newFaces;
    count = newCount;
  }

  /** Where face f begins in {@link #points}. */
  public int start(int face) {
    return 3 * face * count;
  }

  @Override
  @NonNull
  public NormalizedLandmarks copyTo(@Nullable NormalizedLandmarks target) {
    NormalizedLandmarks copy = target == null ? new NormalizedLandmarks() : target;
    copy.resize(faces, count);
    System.arraycopy(points, 0, copy.points, 0, 3 * faces * count);
    return copy;
  }
}
