package org.attentionmesh.packets;

import androidx.annotation.NonNull;

/** Affine maps of the plane: rows of xx, xy, x, yx, yy, y; x' = xx x + xy y + x. */
public final class Matrices {
  public static final int FIELDS = 6;

  /** At least {@code 6 * size} numbers. */
  @NonNull public float[] values = new float[0];
  public int size;

  public void resize(int newSize) {
    if (values.length < FIELDS * newSize) {
      values = new float[FIELDS * newSize];
    }
    size = newSize;
  }
}
