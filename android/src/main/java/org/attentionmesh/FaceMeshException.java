package org.attentionmesh;

import androidx.annotation.NonNull;
import androidx.annotation.Nullable;

/** The face mesh cannot start or a frame failed; the reason is a {@link Kind}, the text says what would be right. */
public final class FaceMeshException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What is wrong. */
  public enum Kind {
    /** A file of the archive is not among the app's assets, or a named file does not exist. */
    MISSING_ASSET,
    /** A network's file is truncated, or is no network for this purpose. */
    BAD_MODEL,
    /** The app has no runtime behind {@code InterpreterApi}. */
    NO_RUNTIME,
    /** The app asks for a GPU, and there is none that runs the network. */
    NO_GPU,
    /** The graph is wrong, or one of its nodes failed on a frame. */
    GRAPH
  }

  @NonNull private final Kind kind;

  public FaceMeshException(@NonNull Kind kind, @NonNull String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  @NonNull
  public Kind kind() {
    return kind;
  }
}
