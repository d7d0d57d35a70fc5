package org.attentionmesh;

import androidx.annotation.NonNull;

/** Receives errors of frames, on the face mesh's own thread. */
public interface ErrorListener {
  /**
   * Takes an error: that of the graph, or a RuntimeException that the result listener threw.
   *
   * @param timestampMs of the frame that is lost.
   */
  void onError(@NonNull RuntimeException error, long timestampMs);
}
