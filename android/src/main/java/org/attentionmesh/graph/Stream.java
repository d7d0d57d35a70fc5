package org.attentionmesh.graph;

import androidx.annotation.NonNull;
import androidx.annotation.Nullable;

/** A stream of a graph at the current timestamp: one value, or none. */
final class Stream {
  final String name;
  @Nullable Object value;

  Stream(@NonNull String name) {
    this.name = name;
  }
}
