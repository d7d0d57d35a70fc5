package org.attentionmesh.models;

import androidx.annotation.NonNull;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import org.attentionmesh.FaceMeshException;
import org.attentionmesh.FaceMeshException.Kind;
import org.attentionmesh.geometry.LandmarkRefinement;
import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;

/** The tables of landmarks, shapes and faces, from the files that the Python side reads too. */
public final class Topology {
  private static final String FOLDER = "attention_mesh/topology/";

  private final AssetSource assets;

  public Topology(@NonNull AssetSource assets) {
    this.assets = assets;
  }

  /**
   * The landmarks of a named group, such as {@code outer_eye_corners}.
   *
   * @throws FaceMeshException MISSING_ASSET, as by all methods.
   */
  @NonNull
  public int[] group(@NonNull String name) {
    try {
      return ints(json("landmark_groups.json").getJSONArray(name));
    } catch (JSONException error) {
      throw damaged("landmark_groups.json", error);
    }
  }

  /** x, y, z of the 478 vertices of the canonical face, cm. */
  @NonNull
  public float[] canonicalFace() {
    return array("canonical_face/vertices.npy");
  }

  /** How much each landmark says of the head's pose. */
  @NonNull
  public float[] poseWeights() {
    try {
      JSONArray numbers = json("pose_weights.json").getJSONArray("weights");
      float[] weights = new float[numbers.length()];
      for (int index = 0; index < weights.length; index++) {
        weights[index] = (float) numbers.getDouble(index);
      }
      return weights;
    } catch (JSONException error) {
      throw damaged("pose_weights.json", error);
    }
  }

  /** x, y, z of the 478 points of the face with which others are aligned for blend shapes. */
  @NonNull
  public float[] referenceFace() {
    return array("reference_face/points.npy");
  }

  /** The weights of the reference face's points. */
  @NonNull
  public float[] referenceWeights() {
    return array("reference_face/weights.npy");
  }

  /** The names of the 52 blend shapes in the order of the coefficients. */
  @NonNull
  public String[] blendShapeNames() {
    try {
      JSONArray shapes = json("blendshapes.json").getJSONArray("shapes");
      String[] names = new String[shapes.length()];
      for (int index = 0; index < names.length; index++) {
        names[index] = shapes.getJSONObject(index).getString("name");
      }
      return names;
    } catch (JSONException error) {
      throw damaged("blendshapes.json", error);
    }
  }

  /** How the outputs of the attention network become one mesh. */
  @NonNull
  public LandmarkRefinement refinement() {
    try {
      JSONObject document = json("refinement.json");
      int[] mesh = new int[document.getInt("mesh_landmarks")];
      for (int index = 0; index < mesh.length; index++) {
        mesh[index] = index;
      }
      List<LandmarkRefinement.Region> regions = new ArrayList<>();
      regions.add(new LandmarkRefinement.Region(mesh, 3, LandmarkRefinement.ZRule.COPY, new int[0]));
      JSONArray given = document.getJSONArray("regions");
      for (int index = 0; index < given.length(); index++) {
        JSONObject region = given.getJSONObject(index);
        boolean isMean = region.get("z") instanceof JSONObject;
        LandmarkRefinement.ZRule rule = isMean ? LandmarkRefinement.ZRule.MEAN
            : region.getString("z").equals("copy") ? LandmarkRefinement.ZRule.COPY : LandmarkRefinement.ZRule.KEEP;
        int[] averaged = isMean ? ints(region.getJSONObject("z").getJSONArray("mean_of")) : new int[0];
        regions.add(new LandmarkRefinement.Region(ints(region.getJSONArray("landmarks")), 2, rule, averaged));
      }
      return new LandmarkRefinement(regions.toArray(new LandmarkRefinement.Region[0]));
    } catch (JSONException error) {
      throw damaged("refinement.json", error);
    }
  }

  private static int[] ints(JSONArray array) throws JSONException {
    int[] numbers = new int[array.length()];
    for (int index = 0; index < numbers.length; index++) {
      numbers[index] = array.getInt(index);
    }
    return numbers;
  }

  private JSONObject json(String name) throws JSONException {
    return new JSONObject(new String(Bytes.of(read(name)), Charset.forName("UTF-8")));
  }

  private float[] array(String name) {
    try {
      return Npy.read(read(name));
    } catch (IllegalArgumentException error) {
      throw damaged(name, error);
    }
  }

  private ByteBuffer read(String name) {
    try {
      return assets.read(FOLDER + name);
    } catch (IOException error) {
      throw new FaceMeshException(Kind.MISSING_ASSET, "assets/" + FOLDER + name + " is not there: "
          + error.getMessage(), error);
    }
  }

  private static FaceMeshException damaged(String name, Exception error) {
    return new FaceMeshException(Kind.MISSING_ASSET, "assets/" + FOLDER + name + " is damaged: "
        + error.getMessage(), error);
  }
}
