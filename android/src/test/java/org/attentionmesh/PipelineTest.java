package org.attentionmesh;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import android.graphics.Bitmap;
import java.io.File;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import org.attentionmesh.calculators.FaceMeshCalculators;
import org.attentionmesh.graph.GraphConfig;
import org.attentionmesh.graph.GraphRunner;
import org.attentionmesh.graph.GraphServices;
import org.attentionmesh.models.Networks;
import org.attentionmesh.models.Topology;
import org.attentionmesh.packets.FloatRows;
import org.attentionmesh.packets.ImageSize;
import org.attentionmesh.packets.NormalizedLandmarks;
import org.attentionmesh.packets.NormalizedRects;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;

/** Bitmaps in, faces out: the whole pipeline with real inference gives what the Python side gives. */
@RunWith(RobolectricTestRunner.class)
@Config(sdk = 34, manifest = Config.NONE)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
public class PipelineTest {
  /** Pixels: two crops whose bytes differ by one level give landmarks this near. */
  private static final double LANDMARK_PX = 0.05;
  private static final double SHARE = 1e-3;
  private static final int SHAPES = 52;
  private static final int FILM_FRAMES = 60;
  private static final int FRAME_MS = 33;

  private static FaceMeshOptions.Builder options() {
    return FaceMeshOptions.builder().setThreads(1);
  }

  /** The numbers of a result, laid out as Python's arrays. */
  private static final class Numbers {
    final long[] ids;
    final float[] landmarks;
    final float[] rois;
    final float[] presence;
    final float[] shapes;
    final float[] poses;

    Numbers(FaceMeshResult found) {
      int faces = found.faceCount();
      int length = 3 * found.landmarkCount();
      ids = new long[faces];
      landmarks = new float[faces * length];
      rois = new float[faces * FaceMeshResult.ROI_LENGTH];
      presence = new float[faces];
      shapes = new float[faces * SHAPES];
      poses = new float[faces * FaceMeshResult.POSE_LENGTH];
      float[] one = new float[length];
      for (int face = 0; face < faces; face++) {
        ids[face] = found.trackId(face);
        presence[face] = found.presence(face);
        found.landmarks(face, one);
        System.arraycopy(one, 0, landmarks, face * length, length);
        found.roi(face, one);
        System.arraycopy(one, 0, rois, face * FaceMeshResult.ROI_LENGTH, FaceMeshResult.ROI_LENGTH);
        for (int shape = 0; shape < SHAPES; shape++) {
          shapes[face * SHAPES + shape] = found.blendShape(face, shape);
        }
        found.pose(face, one);
        for (int index = 0; index < FaceMeshResult.POSE_LENGTH; index++) {
          poses[face * FaceMeshResult.POSE_LENGTH + index] = one[4 * (index % 4) + index / 4];
        }
      }
    }
  }

  private static void assertSame(String name, FaceMeshResult found) {
    Numbers numbers = new Numbers(found);
    assertArrayEquals(name + ": ids", Fixtures.longs(name + "/ids"), numbers.ids);
    assertClose(name + "/landmarks", numbers.landmarks, LANDMARK_PX);
    assertClose(name + "/rois", numbers.rois, LANDMARK_PX);
    assertClose(name + "/presence", numbers.presence, SHARE);
    assertClose(name + "/blendshapes", numbers.shapes, SHARE);
    assertSamePoses(name, numbers.poses);
  }

  private static void assertClose(String name, float[] found, double tolerance) {
    Fixtures.assertClose(name, Fixtures.floats(name), found, found.length, tolerance);
  }

  /** Rotations as they are, translations in shares of the distance, which is their size. */
  private static void assertSamePoses(String name, float[] poses) {
    float[] expected = Fixtures.floats(name + "/poses");
    assertEquals(name + ": poses", expected.length, poses.length);
    for (int index = 0; index < expected.length; index++) {
      boolean isTranslation = index % 4 == 3 && index % 16 != 15;
      double distance = isTranslation ? Math.abs(expected[index / 16 * 16 + 11]) : 1;
      assertEquals(name + ": pose " + index, expected[index], poses[index], SHARE * distance);
    }
  }

  private static void assertNear(String name, float[] found, double mean, double most) {
    float[] expected = Fixtures.floats(name);
    assertEquals(name, expected.length, found.length);
    double sum = 0;
    for (int index = 0; index < found.length; index++) {
      double gap = Math.abs(found[index] - expected[index]);
      assertTrue(name + "[" + index + "] is " + found[index] + "; Python has " + expected[index], gap <= most);
      sum += gap;
    }
    assertTrue(name + " differs by " + sum / found.length + " in the mean", sum <= mean * found.length);
  }

  private static FaceMeshResult photo(String name, String model) throws InterruptedException {
    long[] size = Fixtures.longs("photos/" + name + "/size");
    Bitmap bitmap =
        Measured.bitmap(Fixtures.bytes("photos/" + name + "/frame"), (int) size[0], (int) size[1]);
    FaceMeshOptions still = options().setStaticImageMode(true).setMaxFaces(3)
        .setLandmarkModel(new File(Fixtures.folder(), model)).build();
    try (Measured mesh = new Measured(Fixtures.assets(), still)) {
      return mesh.measure(bitmap, 0, (int) size[2]);
    }
  }

  private static void assertPhoto(String name) throws InterruptedException {
    assertSame("photos/" + name, photo(name, "open.tflite"));
  }

  /** The archive's form of the network; outputs that are mixed up would give no face. */
  @Test
  public void outputsAreFoundByTheSignatureWhateverTheirOrder() throws InterruptedException {
    Numbers numbers = new Numbers(photo("upright", "packed.tflite"));
    assertClose("photos/upright/landmarks", numbers.landmarks, LANDMARK_PX);
    assertClose("photos/upright/presence", numbers.presence, SHARE);
  }

  @Test
  public void anUprightFaceIsMeasuredAsByPython() throws InterruptedException {
    assertPhoto("upright");
  }

  @Test
  public void aLyingFaceIsMeasuredAsByPython() throws InterruptedException {
    assertPhoto("lying");
  }

  @Test
  public void anInvertedFaceIsMeasuredAsByPython() throws InterruptedException {
    assertPhoto("inverted");
  }

  @Test
  public void aPictureThatTheCallerTurnsIsMeasuredAsByPython() throws InterruptedException {
    assertPhoto("rotated");
  }

  @Test
  public void twoFacesAreMeasuredAsByPython() throws InterruptedException {
    assertPhoto("two");
  }

  @Test
  public void aSmallFaceIsMeasuredAsByPython() throws InterruptedException {
    assertPhoto("small");
  }

  @Test
  public void noFaceIsFoundWherePythonFindsNone() throws InterruptedException {
    assertPhoto("none");
    assertEquals(0, Fixtures.longs("photos/none/ids").length);
  }

  /**
   * A track is a loop: a last bit of the first region flips bytes of later crops. On the Python side, one unit in
   * the last place of the first detection moves single landmarks of this film by 0.06 px and single blend shapes
   * by 0.006. So means are held to 0.05 px and 0.001, and single numbers to a few times these figures.
   */
  @Test
  public void aFilmIsTrackedAsByPython() throws InterruptedException {
    int mostFaces = 0;
    try (Measured mesh = new Measured(Fixtures.assets(), options().setMaxFaces(2).build())) {
      for (int index = 0; index < FILM_FRAMES; index++) {
        Bitmap frame = Measured.bitmap(Fixtures.bytes("film/" + index + "/frame"), 480, 360);
        FaceMeshResult found = mesh.measure(frame, (long) FRAME_MS * index, 0);
        String name = "film/" + index;
        Numbers numbers = new Numbers(found);
        assertArrayEquals(name + ": ids", Fixtures.longs(name + "/ids"), numbers.ids);
        assertNear(name + "/landmarks", numbers.landmarks, LANDMARK_PX, 4 * LANDMARK_PX);
        assertNear(name + "/rois", numbers.rois, LANDMARK_PX, 4 * LANDMARK_PX);
        assertNear(name + "/presence", numbers.presence, SHARE, SHARE);
        assertNear(name + "/blendshapes", numbers.shapes, SHARE, 20 * SHARE);
        assertSamePoses(name, numbers.poses);
        mostFaces = Math.max(mostFaces, found.faceCount());
      }
    }
    assertEquals(2, mostFaces);
  }

  /** From the same landmarks, blend shapes and poses are the same within 0.001 in every frame. */
  @Test
  public void expressionsOfTheSameLandmarksAreThoseOfPython() throws IOException {
    FolderAssets assets = Fixtures.assets();
    try (Networks networks = new Networks(assets, Device.CPU, 1)) {
      GraphServices services =
          new GraphServices().with(Networks.class, networks).with(Topology.class, new Topology(assets));
      GraphConfig graph =
          FaceMeshPipeline.library(assets).expanded("FaceExpression").partFor(Arrays.asList("poses", "blendshapes"));
      GraphRunner runner =
          new GraphRunner(graph, FaceMeshCalculators.registry(), Collections.emptyMap(), services);
      ImageSize size = new ImageSize();
      size.width = 480;
      size.height = 360;
      for (int index = 0; index < FILM_FRAMES; index++) {
        String name = "film/" + index;
        NormalizedLandmarks landmarks = new NormalizedLandmarks();
        float[] pixels = Fixtures.floats(name + "/landmarks");
        landmarks.resize(pixels.length / 1434, 478);
        for (int at = 0; at < pixels.length; at++) {
          landmarks.points[at] = pixels[at] / (at % 3 == 1 ? size.height : size.width);
        }
        runner.set("landmarks", landmarks);
        runner.set("rois", new NormalizedRects());
        runner.set("image_size", size);
        runner.run(1000L * FRAME_MS * (index + 1));
        FloatRows shapes = (FloatRows) runner.output("blendshapes");
        assertClose(name + "/blendshapes", Arrays.copyOf(shapes.values, shapes.rows * SHAPES), SHARE);
        FloatRows poses = (FloatRows) runner.output("poses");
        assertSamePoses(name, Arrays.copyOf(poses.values, poses.rows * FaceMeshResult.POSE_LENGTH));
      }
    }
  }
}
