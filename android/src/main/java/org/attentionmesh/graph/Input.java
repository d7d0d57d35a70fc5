package org.attentionmesh.graph;

import androidx.annotation.NonNull;
import androidx.annotation.Nullable;

/**
 * An input stream of a calculator.
 *
 * <p>A value is valid until {@code process} returns: its producer fills the same object again for the next
 * timestamp. A calculator that needs it longer copies it.
 */
public final class Input<T> {
  final String tag;
  final Class<T> type;
  final boolean isOptional;
  private Stream stream;
  private boolean isBackEdge;
  private Object held;
  private Object spare;
  private boolean heldIsEmpty = true;

  Input(String tag, Class<T> type, boolean isOptional) {
    this.tag = tag;
    this.type = type;
    this.isOptional = isOptional;
  }

  void connect(Stream connected, boolean backEdge) {
    stream = connected;
    isBackEdge = backEdge;
  }

  /** Keeps the value of this frame for the next one, if the input is a back edge. */
  @SuppressWarnings("unchecked")
  void endOfFrame() {
    if (!isBackEdge) {
      return;
    }
    Object value = stream.value;
    if (value instanceof Copyable) {
      // The value that this frame's nodes have read stays, as a value of the frame, until the next one.
      Object target = spare != null && spare.getClass() == value.getClass() ? spare : null;
      spare = held;
      held = ((Copyable<Object>) value).copyTo(target);
    } else if (value == null || value instanceof Number || value instanceof Boolean || value instanceof String) {
      held = value;
    } else {
      throw new GraphException("stream \"" + stream.name + "\" cannot be a back edge: a "
          + value.getClass().getSimpleName() + " is not kept for the next frame");
    }
    heldIsEmpty = value == null;
  }

  void reset() {
    heldIsEmpty = true;
  }

  public boolean isConnected() {
    return stream != null;
  }

  public boolean isEmpty() {
    return stream == null || (isBackEdge ? heldIsEmpty : stream.value == null);
  }

  /** Whether this input makes its node run: a back edge alone does not. */
  boolean triggers() {
    return !isBackEdge && !isEmpty();
  }

  /**
   * The value at this timestamp.
   *
   * @throws GraphException if there is none, or it has another type.
   */
  @NonNull
  public T value() {
    if (isEmpty()) {
      throw new GraphException("input " + tag + " has no packet");
    }
    Object value = isBackEdge ? held : stream.value;
    if (!type.isInstance(value)) {
      throw new GraphException("stream \"" + stream.name + "\" holds a " + value.getClass().getSimpleName()
          + "; expected a " + type.getSimpleName());
    }
    return type.cast(value);
  }
}
