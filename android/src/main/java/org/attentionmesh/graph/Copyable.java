package org.attentionmesh.graph;

import androidx.annotation.NonNull;
import androidx.annotation.Nullable;

/** A value of a stream that can be kept beyond its timestamp. */
public interface Copyable<T> {
  /**
   * Copies this value.
   *
   * @param target a value whose memory is used again; null for a new one.
   * @return the copy, which is the target if there is one.
   */
  @NonNull
  T copyTo(@Nullable T target);
}
