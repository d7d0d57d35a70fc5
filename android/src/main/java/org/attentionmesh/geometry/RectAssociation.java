package org.attentionmesh.geometry;

import androidx.annotation.NonNull;
import org.attentionmesh.packets.NormalizedRects;

/** Association of rectangles: one per face, as MediaPipe's AssociationNormRectCalculator chooses. */
public final class RectAssociation {
  private final NormalizedRects all = new NormalizedRects();
  private boolean[] isKept = new boolean[8];

  /**
   * The rectangles of both without those that overlap a later one, in their order.
   *
   * <p>A rectangle takes over the id of one that it displaces, if that had one; from several the last one's.
   *
   * @param minSimilarity two rectangles overlap if their intersection over union is strictly above this.
   */
  public void associate(@NonNull NormalizedRects first, @NonNull NormalizedRects second, double minSimilarity,
      @NonNull NormalizedRects kept) {
    all.clear();
    all.addAll(first);
    all.addAll(second);
    if (isKept.length < all.size) {
      isKept = new boolean[2 * all.size];
    }
    for (int later = 0; later < all.size; later++) {
      isKept[later] = true;
      for (int index = 0; index < later; index++) {
        if (isKept[index] && RectOverlap.of(all, index, all, later) > minSimilarity) {
          isKept[index] = false;
          if (all.ids[index] != 0) {
            all.ids[later] = all.ids[index];
          }
        }
      }
    }
    kept.clear();
    for (int row = 0; row < all.size; row++) {
      if (isKept[row]) {
        kept.add(all, row);
      }
    }
  }
}
