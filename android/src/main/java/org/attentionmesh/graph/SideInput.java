package org.attentionmesh.graph;

import androidx.annotation.NonNull;
import androidx.annotation.Nullable;

/** An input side packet of a calculator: one value for the whole run. */
public final class SideInput<T> {
  final String tag;
  final Class<T> type;
  final boolean isOptional;
  private Object value;
  private String name = "";

  SideInput(String tag, Class<T> type, boolean isOptional) {
    this.tag = tag;
    this.type = type;
    this.isOptional = isOptional;
  }

  void set(String packetName, @Nullable Object packet) {
    name = packetName;
    value = packet;
    if (packet != null && !type.isInstance(packet)) {
      throw new GraphException("side packet \"" + name + "\" is a " + packet.getClass().getSimpleName()
          + "; expected a " + type.getSimpleName());
    }
  }

  public boolean isGiven() {
    return value != null;
  }

  @NonNull
  public String name() {
    return name;
  }

  /**
   * The value.
   *
   * @throws GraphException if the side packet is not given.
   */
  @NonNull
  public T value() {
    if (value == null) {
      throw new GraphException("side packet " + tag + " is not given");
    }
    return type.cast(value);
  }

  /** The value, or another if the side packet is not given. */
  @NonNull
  public T valueOr(@NonNull T other) {
    return value == null ? other : type.cast(value);
  }
}
