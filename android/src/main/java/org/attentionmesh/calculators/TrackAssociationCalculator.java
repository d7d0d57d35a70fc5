package org.attentionmesh.calculators;

import org.attentionmesh.geometry.RectAssociation;
import org.attentionmesh.geometry.TrackAssociation;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Message;
import org.attentionmesh.graph.Output;
import org.attentionmesh.graph.SideInput;
import org.attentionmesh.graph.SideOutput;
import org.attentionmesh.packets.NormalizedRects;

/**
 * Joins the detector's regions with those tracked from the previous frame; each face keeps its id.
 *
 * <p>Inputs: TICK; DETECTED; TRACKED; WIDE. Side packets: NUM_FACES; SPARE, the candidates beyond it that leave at
 * timestamps with a packet of WIDE; TRACK; the last two override the options. Output: ROIS, one packet per TICK. Output
 * side packet: NUM_FACES.
 */
public final class TrackAssociationCalculator extends Calculator {
  private static final NormalizedRects NOTHING = new NormalizedRects();

  private final Input<Object> tick = input("TICK", Object.class);
  private final Input<NormalizedRects> detected = input("DETECTED", NormalizedRects.class);
  private final Input<NormalizedRects> tracked = optionalInput("TRACKED", NormalizedRects.class);
  private final Input<Object> wide = optionalInput("WIDE", Object.class);
  private final SideInput<Integer> numFaces = optionalSideInput("NUM_FACES", Integer.class);
  private final SideInput<Integer> spare = optionalSideInput("SPARE", Integer.class);
  private final SideInput<Boolean> track = optionalSideInput("TRACK", Boolean.class);
  private final Output<NormalizedRects> rois = output("ROIS");
  private final SideOutput<Integer> mostFaces = sideOutput("NUM_FACES");
  private final NormalizedRects result = new NormalizedRects();
  private final RectAssociation association = new RectAssociation();
  private TrackAssociation tracks;

  public TrackAssociationCalculator() {
    super("attention_mesh.TrackAssociationCalculatorOptions", "min_similarity", "moving_similarity",
        "still_similarity", "recovery_similarity", "recovery_seconds", "spare", "track");
  }

  @Override
  protected void open() {
    if (numFaces.valueOr(1) < 1) {
      throw new IllegalArgumentException("NUM_FACES is " + numFaces.valueOr(1) + "; expected at least 1");
    }
    if (spareFaces() < 0) {
      throw new IllegalArgumentException("SPARE is " + spareFaces() + "; expected 0 or more");
    }
    mostFaces.set(numFaces.valueOr(1));
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
    int most = numFaces.valueOr(1) + (wide.isEmpty() ? 0 : spareFaces());
    NormalizedRects found = detected.isEmpty() ? NOTHING : detected.value();
    if (track.valueOr(options().getBool("track"))) {
      tracks.update(found, tracked.isEmpty() ? NOTHING : tracked.value(), most, timestampUs(), result);
    } else {
      association.associate(found, NOTHING, options().getDouble("min_similarity"), result);
      result.size = Math.min(result.size, most);
    }
    rois.send(result);
  }

  private int spareFaces() {
    return spare.valueOr(options().getInt("spare"));
  }
}
