package org.attentionmesh;

import androidx.annotation.NonNull;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.attentionmesh.FaceMeshException.Kind;
import org.attentionmesh.calculators.FaceMeshCalculators;
import org.attentionmesh.geometry.QuarterTurns;
import org.attentionmesh.graph.GraphConfig;
import org.attentionmesh.graph.GraphException;
import org.attentionmesh.graph.GraphLibrary;
import org.attentionmesh.graph.GraphRunner;
import org.attentionmesh.graph.GraphServices;
import org.attentionmesh.graph.Schema;
import org.attentionmesh.models.AssetSource;
import org.attentionmesh.models.Networks;
import org.attentionmesh.models.Topology;
import org.attentionmesh.packets.FloatRows;
import org.attentionmesh.packets.ImageSize;
import org.attentionmesh.packets.NormalizedLandmarks;
import org.attentionmesh.packets.NormalizedRects;

/**
 * The graphs of a face mesh as a function of a frame, on the calling thread.
 *
 * <p>The graphs are those of the Python side: FaceMesh for videos, FaceMeshTwoPass for unrelated images, and of
 * FaceExpression the part that the options ask for.
 */
final class FaceMeshPipeline implements AutoCloseable {
  private static final String FOLDER = "attention_mesh/graphs";
  /** How many candidates more than faces are measured while faces are missing, as on the Python side. */
  private static final int SPARE_CANDIDATES = 4;

  private final Networks networks;
  private final GraphRunner mesh;
  private final GraphRunner expression;
  private final ImageSize size = new ImageSize();
  private final boolean isStatic;
  private long stillUs;

  /**
   * Opens the graphs.
   *
   * @throws FaceMeshException if an asset is missing or damaged, or there is no runtime or GPU.
   */
  FaceMeshPipeline(@NonNull AssetSource assets, @NonNull FaceMeshOptions options) {
    isStatic = options.isStaticImageMode;
    networks = new Networks(assets, options.device, options.threads);
    GraphServices services = new GraphServices().with(Networks.class, networks)
        .with(Topology.class, new Topology(assets));
    boolean isOpen = false;
    try {
      GraphLibrary library = library(assets);
      mesh = open(library.expanded(isStatic ? "FaceMeshTwoPass" : "FaceMesh"), meshPackets(options), services);
      List<String> outputs = new ArrayList<>();
      if (options.hasPoses) {
        outputs.add("poses");
      }
      if (options.hasBlendShapes) {
        outputs.add("blendshapes");
      }
      Map<String, Object> packets = new HashMap<>();
      packets.put("vertical_fov_degrees", options.verticalFovDegrees);
      expression = outputs.isEmpty() ? null
          : open(library.expanded("FaceExpression").partFor(outputs), packets, services);
      isOpen = true;
    } catch (GraphException error) {
      throw new FaceMeshException(Kind.GRAPH, error.getMessage(), error);
    } catch (IOException error) {
      throw new FaceMeshException(Kind.MISSING_ASSET, "assets/" + FOLDER + " is not there: " + error.getMessage(),
          error);
    } finally {
      if (!isOpen) {
        networks.close();
      }
    }
  }

  static GraphLibrary library(AssetSource assets) throws IOException {
    Schema schema = new Schema(bytes(assets.read("attention_mesh/schema.binpb")));
    String[] names = assets.list(FOLDER);
    if (names.length == 0) {
      throw new IOException("the folder is empty");
    }
    GraphLibrary library = new GraphLibrary();
    for (String name : names) {
      try {
        library.add(GraphConfig.parse(schema, bytes(assets.read(FOLDER + "/" + name))));
      } catch (GraphException error) {
        throw new GraphException(name + ": " + error.getMessage(), error);
      }
    }
    return library;
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] content = new byte[buffer.remaining()];
    buffer.get(content);
    return content;
  }

  private static GraphRunner open(GraphConfig graph, Map<String, Object> packets, GraphServices services) {
    packets.keySet().retainAll(graph.sidePacketNames());
    return new GraphRunner(graph, FaceMeshCalculators.registry(), packets, services);
  }

  private static Map<String, Object> meshPackets(FaceMeshOptions options) {
    Map<String, Object> packets = new HashMap<>();
    packets.put("num_faces", options.maxFaces);
    packets.put("spare_candidates", SPARE_CANDIDATES);
    packets.put("with_attention", options.refinesLandmarks);
    packets.put("use_prev_landmarks", !options.isStaticImageMode);
    packets.put("detector", options.detector.sidePacket);
    packets.put("min_detection_confidence", options.minDetectionConfidence);
    packets.put("min_tracking_confidence", options.minTrackingConfidence);
    packets.put("smooth_landmarks", options.smoothsLandmarks);
    if (options.landmarkModel != null) {
      packets.put("weights", options.landmarkModel.getAbsolutePath());
    }
    return packets;
  }

  /**
   * Measures the faces of a frame.
   *
   * @throws FaceMeshException if a node fails; the next frame starts again.
   */
  void run(@NonNull FrameBuffer frame, @NonNull FaceMeshResult result) {
    if (frame.resetsFirst) {
      reset();
    }
    stillUs += 1000000;
    long timestampUs = isStatic ? stillUs : 1000 * frame.timestampMs;
    size.width = frame.width;
    size.height = frame.height;
    try {
      mesh.set("image", frame.image);
      mesh.run(timestampUs);
      ((NormalizedLandmarks) mesh.output("landmarks")).copyTo(result.landmarks);
      ((NormalizedRects) mesh.output("rois")).copyTo(result.rois);
      ((FloatRows) mesh.output("scores")).copyTo(result.scores);
      QuarterTurns.turnBack(result.landmarks, frame.quarters, size);
      QuarterTurns.turnBack(result.rois, frame.quarters, size);
      if (expression != null) {
        express(timestampUs, result);
      }
    } catch (GraphException error) {
      reset();
      if (error.getCause() instanceof FaceMeshException) {
        throw (FaceMeshException) error.getCause();
      }
      throw new FaceMeshException(Kind.GRAPH, error.getMessage(), error);
    }
    result.timestampMs = frame.timestampMs;
    result.imageWidth = frame.width;
    result.imageHeight = frame.height;
  }

  private void express(long timestampUs, FaceMeshResult result) {
    expression.set("landmarks", result.landmarks);
    expression.set("image_size", size);
    if (expression.hasInput("rois")) {
      expression.set("rois", result.rois);
    }
    expression.run(timestampUs);
    copyIfThere("poses", result.poses);
    copyIfThere("blendshapes", result.blendShapes);
  }

  private void copyIfThere(String stream, FloatRows target) {
    if (expression.hasStream(stream) && expression.output(stream) != null) {
      ((FloatRows) expression.output(stream)).copyTo(target);
    }
  }

  /** Forgets the frames before. */
  void reset() {
    mesh.reset();
    if (expression != null) {
      expression.reset();
    }
  }

  @Override
  public void close() {
    mesh.close();
    if (expression != null) {
      expression.close();
    }
    networks.close();
  }
}
