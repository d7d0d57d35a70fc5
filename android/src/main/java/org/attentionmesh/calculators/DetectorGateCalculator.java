package org.attentionmesh.calculators;

import org.attentionmesh.geometry.RectOverlap;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Output;
import org.attentionmesh.graph.SideInput;
import org.attentionmesh.packets.ImageFrame;
import org.attentionmesh.packets.NormalizedRects;

/**
 * Passes the frame to the face detector while fewer faces are tracked than wanted, and plans the wider looks.
 *
 * <p>When a face comes, goes or moves far, the first look comes first; a wider one follows in the same frame if it
 * finds too few faces. While nothing changes, the wider look returns after 2, 4, 8, … frames, up to
 * {@code longest_rest}.
 *
 * <p>Inputs: IMAGE; TRACKED, the regions that follow from the previous frame. Outputs: IMAGE, empty if the detector
 * can rest; TRACKED and EFFORT at the same timestamps.
 */
public final class DetectorGateCalculator extends Calculator {
  /** How far the search of a frame may go: the first look only; a wider one if the first finds too few; both. */
  static final int NARROW = 0;
  static final int WIDER_IF_NEEDED = 1;
  static final int WIDER = 2;

  private static final NormalizedRects NOTHING = new NormalizedRects();

  private final Input<ImageFrame> image = input("IMAGE", ImageFrame.class);
  private final Input<NormalizedRects> tracked = input("TRACKED", NormalizedRects.class);
  private final SideInput<Integer> numFaces = optionalSideInput("NUM_FACES", Integer.class);
  private final SideInput<Boolean> track = optionalSideInput("TRACK", Boolean.class);
  private final Output<ImageFrame> imageToSearch = output("IMAGE");
  private final Output<NormalizedRects> known = output("TRACKED");
  private final Output<Integer> effort = output("EFFORT");
  private final NormalizedRects last = new NormalizedRects();
  private boolean hasLast;
  private int rest;
  private int framesLeft;

  public DetectorGateCalculator() {
    super("attention_mesh.DetectorGateCalculatorOptions", "longest_rest", "still_similarity", "always_wider");
  }

  @Override
  protected void open() {
    if (numFaces.valueOr(1) < 1) {
      throw new IllegalArgumentException("NUM_FACES is " + numFaces.valueOr(1) + "; expected at least 1");
    }
    reset();
  }

  @Override
  protected void reset() {
    hasLast = false;
    rest = 1;
    framesLeft = 0;
  }

  @Override
  protected void process() {
    if (image.isEmpty()) {
      return;
    }
    NormalizedRects faces = track.valueOr(true) && !tracked.isEmpty() ? tracked.value() : NOTHING;
    if (faces.size >= numFaces.valueOr(1)) {
      hasLast = false;
      return;
    }
    imageToSearch.send(image.value());
    known.send(faces);
    effort.send(nextEffort(faces));
  }

  private int nextEffort(NormalizedRects faces) {
    if (options().getBool("always_wider")) {
      return WIDER;
    }
    boolean isSame = track.valueOr(true) && hasLast && areStill(faces);
    hasLast = true;
    faces.copyTo(last);
    if (!isSame) {
      rest = 1;
      framesLeft = 0;
      return WIDER_IF_NEEDED;
    }
    if (framesLeft > 0) {
      framesLeft--;
      return NARROW;
    }
    rest = Math.min(2 * rest, options().getInt("longest_rest"));
    framesLeft = rest - 1;
    return WIDER;
  }

  /** Whether the same faces are where they were in the previous frame. */
  private boolean areStill(NormalizedRects faces) {
    boolean areStill = last.hasSameIds(faces);
    for (int row = 0; areStill && row < faces.size; row++) {
      areStill = RectOverlap.of(last, row, faces, row) >= options().getDouble("still_similarity");
    }
    return areStill;
  }
}
