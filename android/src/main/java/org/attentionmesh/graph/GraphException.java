package org.attentionmesh.graph;

import androidx.annotation.NonNull;
import androidx.annotation.Nullable;

/** A graph is wrong or a node failed; the text names the node, the stream and what would be right. */
public final class GraphException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public GraphException(@NonNull String message) {
    super(message);
  }

  public GraphException(@NonNull String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
