package org.attentionmesh;

/** Which face detector looks for faces. */
public enum Detector {
  /** The short range first; while faces are missing also the full range, and lying or inverted faces. */
  AUTO("auto"),
  /** Faces within about two meters. */
  SHORT("short"),
  /** Faces within about five meters. */
  FULL("full");

  final String sidePacket;

  Detector(String sidePacket) {
    this.sidePacket = sidePacket;
  }
}
