package org.attentionmesh;

/** Where the networks run. */
public enum Device {
  CPU,
  /** A GPU; an error if none runs a network. */
  GPU,
  /** A GPU if there is one that runs a network, else the CPU. */
  AUTO
}
