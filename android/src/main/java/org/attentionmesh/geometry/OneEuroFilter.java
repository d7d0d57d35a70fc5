package org.attentionmesh.geometry;

import androidx.annotation.NonNull;
import java.util.Arrays;
import org.attentionmesh.packets.ImageSize;
import org.attentionmesh.packets.NormalizedLandmarks;

/**
 * Low-pass filter of landmarks whose cut-off rises with speed: steady when still, quick when moving.
 *
 * <p>Every coordinate of every face is filtered by itself; ids tell faces apart. A face starts again if it was
 * missing from the previous call, all start again after a long pause. An interval below 3 ms is not believed,
 * and counts as a thirtieth of a second. Source: Casiez, Roussel and Vogel, 1€ Filter, CHI 2012.
 */
public final class OneEuroFilter {
  private static final double ASSUMED_FRAME_S = 1.0 / 30;
  private static final double SHORTEST_BELIEVABLE_S = 0.003;
  private static final double LONGEST_GAP_S = 1.0;

  private final double minCutoff;
  private final double beta;
  private final double derivateCutoff;
  private boolean hasState;
  private long timestampUs;
  private int faces;
  private int length;
  private long[] ids = new long[0];
  private float[] raw = new float[0];
  private float[] filtered = new float[0];
  private float[] speed = new float[0];
  private long[] newIds = new long[0];
  private float[] newRaw = new float[0];
  private float[] newFiltered = new float[0];
  private float[] newSpeed = new float[0];

  /**
   * Makes a filter.
   *
   * @param minCutoff Hz, cut-off at rest; lower is steadier.
   * @param beta how much the cut-off, in Hz, rises with speed; higher lags less.
   * @param derivateCutoff Hz, cut-off of the speed itself.
   * @throws IllegalArgumentException if a cut-off is not above 0.
   */
  public OneEuroFilter(double minCutoff, double beta, double derivateCutoff) {
    if (!(minCutoff > 0) || !(derivateCutoff > 0)) {
      throw new IllegalArgumentException("One-Euro filter: min_cutoff is " + minCutoff + " and derivate_cutoff "
          + derivateCutoff + "; expected numbers above 0");
    }
    this.minCutoff = minCutoff;
    this.beta = beta;
    this.derivateCutoff = derivateCutoff;
  }

  /** Forgets all faces; the next landmarks of each pass unchanged. */
  public void reset() {
    hasState = false;
  }

  /**
   * Filters the landmarks of a frame.
   *
   * @param landmarks in fractions of the frame.
   * @param faceIds one per face, all different.
   * @param time microseconds.
   * @param size of the frame: the speed is measured in pixels.
   * @param objectScale one number per face that multiplies pixels before their speed is measured; null for 1.
   */
  public void apply(@NonNull NormalizedLandmarks landmarks, @NonNull long[] faceIds, long time,
      @NonNull ImageSize size, float[] objectScale, @NonNull NormalizedLandmarks result) {
    result.resize(landmarks.faces, landmarks.count);
    int count = 3 * landmarks.count;
    if (hasState && time == timestampUs) {
      System.arraycopy(landmarks.points, 0, result.points, 0, landmarks.faces * count);
      return;
    }
    double interval = hasState ? (time - timestampUs) * 1e-6 : 0;
    boolean restarts = !(interval > 0 && interval <= LONGEST_GAP_S) || length != count;
    if (interval < SHORTEST_BELIEVABLE_S) {
      interval = ASSUMED_FRAME_S;
    }
    makeRoom(landmarks.faces, count);
    for (int face = 0; face < landmarks.faces; face++) {
      int before = restarts ? -1 : find(faceIds[face]);
      float scale = objectScale == null ? 1 : objectScale[face];
      newIds[face] = faceIds[face];
      step(landmarks.points, face * count, count, before < 0 ? -1 : before * count, interval, size, scale);
    }
    System.arraycopy(newFiltered, 0, result.points, 0, landmarks.faces * count);
    swap();
    faces = landmarks.faces;
    length = count;
    timestampUs = time;
    hasState = true;
  }

  private void step(float[] points, int start, int count, int before, double interval, ImageSize size,
      float scale) {
    if (before < 0) {
      System.arraycopy(points, start, newRaw, start, count);
      System.arraycopy(points, start, newFiltered, start, count);
      Arrays.fill(newSpeed, start, start + count, 0);
      return;
    }
    double rate = 2 * Math.PI * derivateCutoff * interval;
    double weight = rate / (rate + 1);
    float byX = size.width * scale * (float) (weight / interval);
    float byY = size.height * scale * (float) (weight / interval);
    float keep = (float) (1 - weight);
    float slope = (float) (2 * Math.PI * interval * beta);
    float atRest = (float) (2 * Math.PI * interval * minCutoff + 1);
    for (int index = 0; index < count; index++) {
      float value = points[start + index];
      float by = index % 3 == 1 ? byY : byX;
      float faster = (value - raw[before + index]) * by + speed[before + index] * keep;
      float oldWeight = 1 / (Math.abs(faster) * slope + atRest);
      newSpeed[start + index] = faster;
      newRaw[start + index] = value;
      newFiltered[start + index] = (filtered[before + index] - value) * oldWeight + value;
    }
  }

  private int find(long id) {
    for (int face = 0; face < faces; face++) {
      if (ids[face] == id) {
        return face;
      }
    }
    return -1;
  }

  private void makeRoom(int newFaces, int count) {
    if (newIds.length < newFaces) {
      newIds = new long[newFaces];
    }
    if (newRaw.length < newFaces * count) {
      newRaw = new float[newFaces * count];
      newFiltered = new float[newFaces * count];
      newSpeed = new float[newFaces * count];
    }
  }

  private void swap() {
    long[] oldIds = ids;
    ids = newIds;
    newIds = oldIds;
    float[] old = raw;
    raw = newRaw;
    newRaw = old;
    old = filtered;
    filtered = newFiltered;
    newFiltered = old;
    old = speed;
    speed = newSpeed;
    newSpeed = old;
  }
}
