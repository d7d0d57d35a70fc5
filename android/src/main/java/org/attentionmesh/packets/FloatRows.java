package org.attentionmesh.packets;

import androidx.annotation.NonNull;
import androidx.annotation.Nullable;
import org.attentionmesh.graph.Copyable;

/** Numbers of the faces of a frame: so many for each, face after face. */
public final class FloatRows implements Copyable<FloatRows> {
  /** At least {@code rows * columns} numbers. */
  @NonNull public float[] values = new float[0];
  public int rows;
  public int columns;

  /** Makes room; the numbers are those of earlier faces. */
  public void resize(int newRows, int newColumns) {
    if (values.length < newRows * newColumns) {
      values = new float[newRows * newColumns];
    }
    rows = newRows;
    columns = newColumns;
  }

  @Override
  @NonNull
  public FloatRows copyTo(@Nullable FloatRows target) {
    FloatRows copy = target == null ? new FloatRows() : target;
    copy.resize(rows, columns);
    System.arraycopy(values, 0, copy.values, 0, rows * columns);
    return copy;
  }
}
