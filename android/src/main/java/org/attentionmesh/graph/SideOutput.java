package org.attentionmesh.graph;

import androidx.annotation.NonNull;
import androidx.annotation.Nullable;

/** An output side packet of a calculator, which {@code open} sets. */
public final class SideOutput<T> {
  final String tag;
  @Nullable private Object value;

  SideOutput(String tag) {
    this.tag = tag;
  }

  public void set(@NonNull T packet) {
    value = packet;
  }

  @Nullable
  Object value() {
    return value;
  }
}
