package org.attentionmesh.graph;

import androidx.annotation.NonNull;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Calculators by the names that graphs use. */
public final class CalculatorRegistry {
  /** Makes a calculator. */
  public interface Factory {
    @NonNull
    Calculator create();
  }

  private final Map<String, Factory> factories = new HashMap<>();

  @NonNull
  public CalculatorRegistry add(@NonNull String name, @NonNull Factory factory) {
    factories.put(name, factory);
    return this;
  }

  @NonNull
  public List<String> names() {
    List<String> names = new ArrayList<>(factories.keySet());
    Collections.sort(names);
    return names;
  }

  /**
   * A new calculator.
   *
   * @throws GraphException if the name is unknown.
   */
  @NonNull
  public Calculator create(@NonNull String name) {
    Factory factory = factories.get(name);
    if (factory == null) {
      throw new GraphException("there is no calculator " + name + "; there are " + names());
    }
    return factory.create();
  }
}
