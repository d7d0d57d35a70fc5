package org.attentionmesh.graph;

import androidx.annotation.NonNull;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An entry of a node such as {@code DETECTIONS:1:faces}: tag, index and name. */
final class Connection {
  final String tag;
  final int index;
  final String name;

  Connection(String tag, int index, String name) {
    this.tag = tag;
    this.index = index;
    this.name = name;
  }

  /**
   * Reads entries; those without an index get the next one of their tag.
   *
   * @throws GraphException if an entry is malformed.
   */
  static List<Connection> readAll(@NonNull List<Object> entries) {
    Map<String, Integer> counts = new HashMap<>();
    List<Connection> connections = new ArrayList<>();
    for (Object entry : entries) {
      String[] parts = ((String) entry).split(":", -1);
      String name = parts[parts.length - 1];
      if (parts.length > 3 || name.isEmpty()) {
        throw new GraphException("\"" + entry + "\" is no TAG:index:name");
      }
      String tag = parts.length > 1 ? parts[0] : "";
      Integer next = counts.get(tag);
      int index = next == null ? 0 : next;
      if (parts.length == 3) {
        try {
          index = Integer.parseInt(parts[1]);
        } catch (NumberFormatException error) {
          throw new GraphException("\"" + entry + "\": the index is no number", error);
        }
      }
      counts.put(tag, index + 1);
      connections.add(new Connection(tag, index, name));
    }
    return connections;
  }
}
