package org.attentionmesh.graph;

import androidx.annotation.NonNull;
import java.util.HashMap;
import java.util.Map;

/** What a program gives to all nodes of a graph, by type: tables, networks. */
public final class GraphServices {
  private final Map<Class<?>, Object> services = new HashMap<>();

  @NonNull
  public <T> GraphServices with(@NonNull Class<T> type, @NonNull T service) {
    services.put(type, service);
    return this;
  }

  /**
   * A service.
   *
   * @throws GraphException if it was not given.
   */
  @NonNull
  public <T> T get(@NonNull Class<T> type) {
    Object service = services.get(type);
    if (service == null) {
      throw new GraphException("the program gives no " + type.getSimpleName());
    }
    return type.cast(service);
  }
}
