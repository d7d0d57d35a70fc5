package org.attentionmesh.packets;

import androidx.annotation.NonNull;
import androidx.annotation.Nullable;
import java.util.Arrays;
import org.attentionmesh.graph.Copyable;

/**
 * Rotated rectangles in one frame.
 *
 * <p>Row f of {@link #values} is x_center, y_center, width, height, rotation_rad. Center and size are fractions
 * of the frame's width (x, width) and height (y, height), measured before the rotation; the rotation is in
 * radians, clockwise on the screen (y points down), about the center.
 */
public final class NormalizedRects implements Copyable<NormalizedRects> {
  public static final int FIELDS = 5;

  /** At least {@code size} rows of five numbers. */
  @NonNull public float[] values = new float[4 * FIELDS];
  /** The track a rectangle belongs to, 0 for none. */
  @NonNull public long[] ids = new long[4];
  public int size;

  /** One upright rectangle that covers the frame. */
  @NonNull
  public static NormalizedRects wholeFrame() {
    NormalizedRects rects = new NormalizedRects();
    rects.add(0.5f, 0.5f, 1, 1, 0, 0);
    return rects;
  }

  public void clear() {
    size = 0;
  }

  public void add(double x, double y, double width, double height, double rotation, long id) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, 2 * size);
      values = Arrays.copyOf(values, 2 * size * FIELDS);
    }
    int at = size * FIELDS;
    values[at] = (float) x;
    values[at + 1] = (float) y;
    values[at + 2] = (float) width;
    values[at + 3] = (float) height;
    values[at + 4] = (float) rotation;
    ids[size++] = id;
  }

  /** Adds a rectangle of another value. */
  public void add(@NonNull NormalizedRects from, int row, long id) {
    int at = row * FIELDS;
    float[] given = from.values;
    add(given[at], given[at + 1], given[at + 2], given[at + 3], given[at + 4], id);
  }

  public void add(@NonNull NormalizedRects from, int row) {
    add(from, row, from.ids[row]);
  }

  public void addAll(@NonNull NormalizedRects from) {
    for (int row = 0; row < from.size; row++) {
      add(from, row);
    }
  }

  /** One of the five numbers of a row. */
  public float get(int row, int field) {
    return values[row * FIELDS + field];
  }

  public boolean hasId(long id) {
    for (int row = 0; row < size; row++) {
      if (ids[row] == id) {
        return true;
      }
    }
    return false;
  }

  public boolean hasSameIds(@NonNull NormalizedRects other) {
    if (size != other.size) {
      return false;
    }
    for (int row = 0; row < size; row++) {
      if (ids[row] != other.ids[row]) {
        return false;
      }
    }
    return true;
  }

  @Override
  @NonNull
  public NormalizedRects copyTo(@Nullable NormalizedRects target) {
    NormalizedRects copy = target == null ? new NormalizedRects() : target;
    copy.clear();
    copy.addAll(this);
    return copy;
  }
}
