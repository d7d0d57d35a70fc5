package org.attentionmesh.calculators;

import org.attentionmesh.geometry.RectAssociation;
import org.attentionmesh.geometry.TrackAssociation;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Message;
import org.attentionmesh.graph.Output;
import org.attentionmesh.graph.SideInput;
import org.attentionmesh.packets.NormalizedRects;

/**
 * Joins the detector's regions with those tracked from the previous frame; each face keeps its id.
 *
 * <p>Inputs: TICK; DETECTED; TRACKED; WIDE. Side packets: NUM_FACES; SPARE, the candidates beyond it that leave at
 * timestamps with a packet of WIDE; TRACK, which overrides the option. Output: ROIS, one packet per TICK.
 */
public final class TrackAssociationCalculator extends Calculator {
  private static final NormalizedRects NOTHING = new NormalizedRects();

  private final Input<Object> tick = input("TICK", Object.class);
  private final Input<NormalizedRects> detected = input("DETECTED", NormalizedRects.class);
  private final Input<NormalizedRects> tracked = optionalInput("TRACKED", NormalizedRects.class);
  private final Input<Object> wide = optionalInput("WIDE", Object.class);
  private final SideInput<Integer> numFaces = sideInput("NUM_FACES", Integer.class);
  private final SideInput<Integer> spare = optionalSideInput("SPARE", Integer.class);
  private final SideInput<Boolean> track = optionalSideInput("TRACK", Boolean.class);
  private final Output<NormalizedRects> rois = output("ROIS");
  private final NormalizedRects result = new NormalizedRects();
  private final RectAssociation association = new RectAssociation();
  private TrackAssociation tracks;

  public TrackAssociationCalculator() {
    super("attention_mesh.TrackAssociationCalculatorOptions", "min_similarity", "moving_similarity",
        "still_similarity", "recovery_similarity", "recovery_seconds", "track");
  }

  @Override
  protected void open() {
    if (numFaces.value() < 1) {
      throw new IllegalArgumentException("NUM_FACES is " + numFaces.value() + "; expected at least 1");
    }
    if (spare.valueOr(0) < 0) {
      throw new IllegalArgumentException("SPARE is " + spare.value() + "; expected 0 or more");
    }
    reset();
  }

  @Override
  protected void reset() {
    Message options = options();
    tracks = new TrackAssociation(options.getDouble("min_similarity"), options.getDouble("moving_similarity"),
        options.getDouble("still_similarity"), options.getDouble("recovery_similarity"),
        options.getDouble("recovery_seconds"));
  }

  @Override
  protected void process() {
    if (tick.isEmpty()) {
      return;
    }
    int most = numFaces.value() + (wide.isEmpty() ? 0 : spare.valueOr(0));
    NormalizedRects found = detected.isEmpty() ? NOTHING : detected.value();
    if (track.valueOr(options().getBool("track"))) {
      tracks.update(found, tracked.isEmpty() ? NOTHING : tracked.value(), most, timestampUs(), result);
    } else {
      association.associate(found, NOTHING, options().getDouble("min_similarity"), result);
      result.size = Math.min(result.size, most);
    }
    rois.send(result);
  }
}
