package org.attentionmesh.geometry;

import androidx.annotation.NonNull;
import org.attentionmesh.packets.NormalizedRects;

/** Tiles of a frame, in which small faces appear larger to a detector. */
public final class FrameTiles {
  /** A smaller tile would only be enlarged to the full-range detector's input. */
  private static final int LEAST_PX = 192;
  private static final int MOST_TILES = 64;
  /** How many fine tiles lie along a frame's short side, from one size of tile to the next. */
  private static final int[] FINE_LEVELS = {2, 4};
  private static final double FINE_STEP = 0.75;
  private static final int LEAST_FINE_PX = 96;
  private static final double[] QUARTER_TURNS = {Math.PI / 2, Math.PI, -Math.PI / 2};

  private FrameTiles() {}

  /**
   * Squares of the frame's short side that cover it, each overlapping the next by half or more.
   *
   * <p>A square frame, or one that is neither {@code minTilePx} high nor more than twice as long, stays whole.
   */
  @NonNull
  public static NormalizedRects tiles(int width, int height, int minTilePx) {
    int longSide = Math.max(width, height);
    int side = Math.max(Math.min(width, height),
        Math.max(Math.min(LEAST_PX, longSide), ceilDivide(2 * longSide, MOST_TILES + 1)));
    int count = ceilDivide(2 * (longSide - side), side) + 1;
    if (count == 1 || (side < minTilePx && longSide <= 2 * side)) {
      return NormalizedRects.wholeFrame();
    }
    NormalizedRects tiles = new NormalizedRects();
    double reach = 0.5 * side / longSide;
    for (int index = 0; index < count; index++) {
      double along = spread(reach, 1 - reach, index, count);
      tiles.add(width > height ? along : 0.5, width > height ? 0.5 : along, (double) side / width,
          (double) side / height, 0, 0);
    }
    return tiles;
  }

  /** Two sizes of smaller squares for crowds, each overlapping the next by a quarter; none in a small frame. */
  @NonNull
  public static NormalizedRects fineTiles(int width, int height) {
    NormalizedRects tiles = new NormalizedRects();
    for (int alongShort : FINE_LEVELS) {
      double side = Math.min(width, height) / (1 + (alongShort - 1) * FINE_STEP);
      int columns = (int) Math.ceil((width - side) / (FINE_STEP * side) - 1e-6) + 1;
      int rows = (int) Math.ceil((height - side) / (FINE_STEP * side) - 1e-6) + 1;
      if (side < LEAST_FINE_PX || columns * rows > 2 * MOST_TILES) {
        continue;
      }
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          tiles.add(spread(side / 2, width - side / 2, column, columns) / width,
              spread(side / 2, height - side / 2, row, rows) / height, side / width, side / height, 0, 0);
        }
      }
    }
    return tiles;
  }

  /** All rectangles turned by 90, 180 and 270 degrees about their centers. */
  @NonNull
  public static NormalizedRects quarterTurns(@NonNull NormalizedRects rects) {
    NormalizedRects turned = new NormalizedRects();
    for (double turn : QUARTER_TURNS) {
      for (int row = 0; row < rects.size; row++) {
        turned.add(rects.get(row, 0), rects.get(row, 1), rects.get(row, 2), rects.get(row, 3),
            Angles.wrap(rects.get(row, 4) + turn), 0);
      }
    }
    return turned;
  }

  private static double spread(double first, double last, int index, int count) {
    return count == 1 ? first : first + (last - first) * index / (count - 1);
  }

  private static int ceilDivide(int number, int by) {
    return (number + by - 1) / by;
  }
}
