package org.attentionmesh.geometry;

import androidx.annotation.NonNull;

/**
 * Landmark refinement: the attention network's partial outputs merged into one mesh, a later one over an earlier
 * one, by the rules of MediaPipe's LandmarksRefinementCalculator.
 */
public final class LandmarkRefinement {
  /** What becomes of z when a region is put into the mesh. */
  public enum ZRule { COPY, KEEP, MEAN }

  /** A set of landmarks and where they go. */
  public static final class Region {
    final int[] landmarks;
    final int dimensions;
    final ZRule rule;
    final int[] averaged;

    /**
     * Describes a region.
     *
     * @param landmarks of the mesh that the region's landmarks become.
     * @param dimensions numbers per landmark of the region.
     * @param averaged the landmarks whose present mean z the region takes, with {@link ZRule#MEAN}.
     */
    public Region(@NonNull int[] landmarks, int dimensions, @NonNull ZRule rule, @NonNull int[] averaged) {
      this.landmarks = landmarks;
      this.dimensions = dimensions;
      this.rule = rule;
      this.averaged = averaged;
    }

    /** Numbers in the network's output. */
    public int length() {
      return landmarks.length * dimensions;
    }
  }

  private final Region[] regions;
  private final int count;

  public LandmarkRefinement(@NonNull Region... regions) {
    this.regions = regions.clone();
    int highest = 0;
    for (Region region : regions) {
      for (int landmark : region.landmarks) {
        highest = Math.max(highest, landmark);
      }
    }
    count = highest + 1;
  }

  /** Landmarks of the mesh. */
  public int count() {
    return count;
  }

  public int regionCount() {
    return regions.length;
  }

  @NonNull
  public Region region(int index) {
    return regions[index];
  }

  /**
   * Puts one region into a face's mesh; call it for all regions in their order.
   *
   * @param output the network's numbers of this region, from {@code start} on.
   * @param mesh x, y, z of landmark after landmark, from {@code meshStart} on.
   */
  public void put(int region, @NonNull float[] output, int start, @NonNull float[] mesh, int meshStart) {
    Region given = regions[region];
    float mean = given.rule == ZRule.MEAN ? meanZ(given.averaged, mesh, meshStart) : 0;
    for (int index = 0; index < given.landmarks.length; index++) {
      int at = meshStart + 3 * given.landmarks[index];
      int from = start + index * given.dimensions;
      mesh[at] = output[from];
      mesh[at + 1] = output[from + 1];
      if (given.rule == ZRule.COPY) {
        mesh[at + 2] = output[from + 2];
      } else if (given.rule == ZRule.MEAN) {
        mesh[at + 2] = mean;
      }
    }
  }

  private static float meanZ(int[] landmarks, float[] mesh, int meshStart) {
    double sum = 0;
    for (int landmark : landmarks) {
      sum += mesh[meshStart + 3 * landmark + 2];
    }
    return (float) (sum / landmarks.length);
  }
}
