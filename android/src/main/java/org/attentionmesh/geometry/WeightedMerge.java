package org.attentionmesh.geometry;

import androidx.annotation.NonNull;
import androidx.annotation.Nullable;
import java.util.Arrays;
import org.attentionmesh.packets.Detections;

/**
 * Non-maximum suppression that blends: each group that overlaps its best detection becomes one.
 *
 * <p>Box and keypoints of the result are the group's means weighted by score, its score is the best one's.
 * Source: Bazarevsky et al., BlazeFace, 2019, section 3.4.
 */
public final class WeightedMerge {
  private WeightedMerge() {}

  /**
   * Merges detections; the best score comes first.
   *
   * @param maxOverlap intersection over union above which two boxes belong together.
   * @param angles directions of the eyes' lines, radians; a detection whose direction differs by more than
   *     {@code maxTurn} from the group's best has no weight. Null if directions do not matter.
   * @param kept receives the result.
   */
  public static void merge(@NonNull Detections found, float maxOverlap, @Nullable double[] angles, double maxTurn,
      @NonNull Detections kept) {
    int[] order = found.byScore();
    boolean[] isGone = new boolean[found.size];
    int columns = found.columns();
    float[] sums = new float[columns];
    for (int place = 0; place < order.length; place++) {
      int best = order[place];
      if (isGone[best]) {
        continue;
      }
      float total = 0;
      int members = 0;
      Arrays.fill(sums, 0);
      for (int next = place; next < order.length; next++) {
        int other = order[next];
        if (isGone[other] || (other != best && !(BoxOverlap.ofUnion(found, best, other) > maxOverlap))) {
          continue;
        }
        isGone[other] = true;
        if (angles != null && Angles.gap(angles[other], angles[best]) > maxTurn) {
          continue;
        }
        members++;
        total += found.scores[other];
        for (int column = 0; column < columns; column++) {
          // One rounding per product and sum, as NumPy has it on the Python side.
          double weighted = (double) found.scores[other] * found.rows[other * columns + column];
          sums[column] = (float) (weighted + sums[column]);
        }
      }
      if (members == 1 || !(total > 0)) {
        kept.add(found, best);
        continue;
      }
      int row = kept.add(found.scores[best]);
      for (int column = 0; column < columns; column++) {
        kept.rows[row + column] = sums[column] / total;
      }
    }
  }

  /** Keeps the best detection of each group and drops the rest; the best score comes first. */
  public static void suppress(@NonNull Detections found, float maxOverlap, @NonNull Detections kept) {
    int[] order = found.byScore();
    boolean[] isKept = new boolean[found.size];
    for (int index : order) {
      boolean isFree = true;
      for (int other = 0; other < found.size; other++) {
        isFree &= !isKept[other] || BoxOverlap.ofUnion(found, index, other) <= maxOverlap;
      }
      if (isFree) {
        isKept[index] = true;
        kept.add(found, index);
      }
    }
  }
}
