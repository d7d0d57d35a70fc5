package org.attentionmesh.example;

import android.content.res.AssetManager;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;

/** What the overlay draws, as numbers of landmarks: the lines of the mesh and the two borders of the lips. */
final class FaceTables {
  /** Pairs: from, to, from, to, …; each line once. */
  final int[] lines;
  final int[] outerLips;
  final int[] innerLips;

  /** Reads the tables of the library's assets. */
  FaceTables(AssetManager assets) throws IOException {
    try {
      JSONArray pairs = read(assets, "face_connections.json").getJSONArray("TESSELATION");
      // The table has most lines in both directions.
      Set<Integer> known = new HashSet<>();
      int count = 0;
      int[] found = new int[2 * pairs.length()];
      for (int index = 0; index < pairs.length(); index++) {
        int from = pairs.getJSONArray(index).getInt(0);
        int to = pairs.getJSONArray(index).getInt(1);
        if (known.add(Math.min(from, to) << 16 | Math.max(from, to))) {
          found[count++] = from;
          found[count++] = to;
        }
      }
      lines = Arrays.copyOf(found, count);
      JSONObject groups = read(assets, "landmark_groups.json");
      outerLips = ring(groups.getJSONArray("upper_outer_lip"), groups.getJSONArray("lower_outer_lip"));
      innerLips = ring(groups.getJSONArray("upper_inner_lip"), groups.getJSONArray("lower_inner_lip"));
    } catch (JSONException error) {
      throw new IOException("the tables of the face mesh are damaged", error);
    }
  }

  private static JSONObject read(AssetManager assets, String name) throws IOException, JSONException {
    try (InputStream file = assets.open("attention_mesh/topology/" + name)) {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      byte[] part = new byte[8192];
      for (int length = file.read(part); length >= 0; length = file.read(part)) {
        content.write(part, 0, length);
      }
      return new JSONObject(content.toString("UTF-8"));
    }
  }

  /** Both lips share their first and last landmark, the corners of the mouth. */
  private static int[] ring(JSONArray upper, JSONArray lower) throws JSONException {
    int[] ring = new int[upper.length() + lower.length() - 2];
    for (int index = 0; index < upper.length(); index++) {
      ring[index] = upper.getInt(index);
    }
    for (int index = 1; index < lower.length() - 1; index++) {
      ring[ring.length - index] = lower.getInt(index);
    }
    return ring;
  }
}
