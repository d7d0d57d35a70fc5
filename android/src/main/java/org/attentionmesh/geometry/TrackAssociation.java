package org.attentionmesh.geometry;

import androidx.annotation.NonNull;
import java.util.Arrays;
import org.attentionmesh.packets.NormalizedRects;

/**
 * Track association: regions of interest that keep the ids of their faces from frame to frame.
 *
 * <p>Ids are 1, 2, 3, … and never given twice. A tracked region wins over a detected one that overlaps it,
 * unless it lags behind a face that moves fast: then the detected one takes its place and its id, if both are
 * turned alike. A new region takes the id of a face that was lost a short time ago near its place.
 */
public final class TrackAssociation {
  /** The most by which a region that lags behind its face and the detected one are turned differently. */
  private static final double MAX_LAG_TURN = 0.12;

  private final double minSimilarity;
  private final double movingSimilarity;
  private final double stillSimilarity;
  private final double recoverySimilarity;
  private final long recoveryUs;
  private final RectAssociation association = new RectAssociation();
  private final NormalizedRects joined = new NormalizedRects();
  private final NormalizedRects fresh = new NormalizedRects();
  private final NormalizedRects moved = new NormalizedRects();
  private final NormalizedRects last = new NormalizedRects();
  private final NormalizedRects lost = new NormalizedRects();
  private final NormalizedRects scratch = new NormalizedRects();
  private long[] lostAtUs = new long[4];
  private long lastTimestampUs;
  private long nextId = 1;

  /**
   * Makes an association without any track.
   *
   * @throws IllegalArgumentException if a similarity is not between 0 and 1, or the time is negative.
   */
  public TrackAssociation(double minSimilarity, double movingSimilarity, double stillSimilarity,
      double recoverySimilarity, double recoverySeconds) {
    for (double value : new double[] {minSimilarity, movingSimilarity, stillSimilarity, recoverySimilarity}) {
      if (!(value >= 0 && value <= 1)) {
        throw new IllegalArgumentException("a similarity is " + value
            + "; an intersection over union is between 0 and 1");
      }
    }
    if (!(recoverySeconds >= 0)) {
      throw new IllegalArgumentException("recovery_seconds is " + recoverySeconds + "; expected 0 or more");
    }
    this.minSimilarity = minSimilarity;
    this.movingSimilarity = movingSimilarity;
    this.stillSimilarity = stillSimilarity;
    this.recoverySimilarity = recoverySimilarity;
    recoveryUs = Math.round(recoverySeconds * 1e6);
  }

  /**
   * The regions of this frame, all with ids: tracked ones first, then new ones.
   *
   * @param detected regions of this frame's detector, best first; empty if it did not run.
   * @param tracked regions that follow from the previous frame's landmarks, with their ids; 0 for a new face.
   * @param maxFaces the most regions that are kept.
   * @param timestampUs of this frame; greater than at the last call.
   */
  public void update(@NonNull NormalizedRects detected, @NonNull NormalizedRects tracked, int maxFaces,
      long timestampUs, @NonNull NormalizedRects rois) {
    NormalizedRects found = detected;
    NormalizedRects known = tracked;
    if (detected.size > 0 && tracked.size > 0) {
      follow(detected, tracked);
      found = fresh;
      known = moved;
    }
    association.associate(found, known, minSimilarity, joined);
    rememberLost(known, timestampUs);
    rois.clear();
    for (int pass = 0; pass < 2; pass++) {
      for (int row = 0; row < joined.size && rois.size < maxFaces; row++) {
        if ((joined.ids[row] == 0) == (pass == 1)) {
          rois.add(joined, row);
        }
      }
    }
    giveIds(rois);
    rois.copyTo(last);
    lastTimestampUs = timestampUs;
  }

  /** Fills {@code fresh} and {@code moved}: detected regions take the places of tracked ones that lag behind. */
  private void follow(NormalizedRects detected, NormalizedRects tracked) {
    tracked.copyTo(moved);
    boolean[] isTaken = new boolean[detected.size];
    boolean[] isFollowed = new boolean[tracked.size];
    boolean[] isNew = new boolean[detected.size];
    Arrays.fill(isNew, true);
    while (true) {
      int[] pair = mostAlike(detected, isTaken, tracked, isFollowed, movingSimilarity);
      if (pair == null) {
        break;
      }
      int found = pair[0];
      int old = pair[1];
      if ((float) RectOverlap.of(detected, found, tracked, old) <= (float) stillSimilarity) {
        isNew[found] = false;
        if (Angles.gap(detected.get(found, 4), tracked.get(old, 4)) <= MAX_LAG_TURN) {
          System.arraycopy(detected.values, found * NormalizedRects.FIELDS, moved.values,
              old * NormalizedRects.FIELDS, NormalizedRects.FIELDS);
        }
      }
      isTaken[found] = true;
      isFollowed[old] = true;
    }
    fresh.clear();
    for (int row = 0; row < detected.size; row++) {
      if (isNew[row]) {
        fresh.add(detected, row);
      }
    }
  }

  /** The pair of free rows that overlap most, strictly above a limit; null if there is none. */
  private static int[] mostAlike(NormalizedRects first, boolean[] isTaken, NormalizedRects second,
      boolean[] isOtherTaken, double limit) {
    int[] pair = null;
    float best = (float) limit;
    for (int row = 0; row < first.size; row++) {
      for (int other = 0; other < second.size; other++) {
        float overlap = isTaken[row] || isOtherTaken[other] ? 0 : (float) RectOverlap.of(first, row, second, other);
        if (overlap > best) {
          best = overlap;
          pair = new int[] {row, other};
        }
      }
    }
    return pair;
  }

  /** Moves faces of the last frame that are no longer tracked to the lost ones; forgets old ones. */
  private void rememberLost(NormalizedRects tracked, long timestampUs) {
    for (int row = 0; row < last.size; row++) {
      if (!tracked.hasId(last.ids[row])) {
        if (lost.size == lostAtUs.length) {
          lostAtUs = Arrays.copyOf(lostAtUs, 2 * lost.size);
        }
        lostAtUs[lost.size] = lastTimestampUs;
        lost.add(last, row);
      }
    }
    keepLost(timestampUs, null);
  }

  /** Drops lost faces that are too old, or whose id is in use again. */
  private void keepLost(long timestampUs, NormalizedRects used) {
    if (lost.size == 0) {
      return;
    }
    scratch.clear();
    for (int row = 0; row < lost.size; row++) {
      boolean isKept = used == null ? timestampUs - lostAtUs[row] <= recoveryUs : !used.hasId(lost.ids[row]);
      if (isKept) {
        lostAtUs[scratch.size] = lostAtUs[row];
        scratch.add(lost, row);
      }
    }
    scratch.copyTo(lost);
  }

  /** Gives rows without an id that of a lost face at their place, or a new one. */
  private void giveIds(NormalizedRects rois) {
    int first = 0;
    while (first < rois.size && rois.ids[first] != 0) {
      first++;
    }
    if (first == rois.size) {
      return;
    }
    if (lost.size > 0) {
      boolean[] hasId = new boolean[rois.size];
      Arrays.fill(hasId, 0, first, true);
      boolean[] isFound = new boolean[lost.size];
      int[] pair = mostAlike(rois, hasId, lost, isFound, recoverySimilarity);
      while (pair != null) {
        rois.ids[pair[0]] = lost.ids[pair[1]];
        hasId[pair[0]] = true;
        isFound[pair[1]] = true;
        pair = mostAlike(rois, hasId, lost, isFound, recoverySimilarity);
      }
      keepLost(0, rois);
    }
    for (int row = first; row < rois.size; row++) {
      if (rois.ids[row] == 0) {
        rois.ids[row] = nextId++;
      }
    }
  }
}
