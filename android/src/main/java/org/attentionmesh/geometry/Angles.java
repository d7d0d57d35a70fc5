package org.attentionmesh.geometry;

/** Angles in radians. */
public final class Angles {
  private Angles() {}

  /** The same angle in [-π, π). */
  public static double wrap(double angle) {
    return angle - 2 * Math.PI * Math.floor((angle + Math.PI) / (2 * Math.PI));
  }

  /** How far two directions differ: in [0, π]. */
  public static double gap(double angle, double other) {
    return Math.abs(wrap(angle - other));
  }
}
