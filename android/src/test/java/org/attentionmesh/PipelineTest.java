package org.attentionmesh;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;

import android.graphics.Bitmap;
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
  private static final int FILM_FRAMES = 60;
  private static final int FRAME_MS = 33;

  private static FaceMeshOptions.Builder options() {
    return FaceMeshOptions.builder().setThreads(1);
  }

  private static void assertSame(String name, FaceMeshResult found) {
    long[] ids = Fixtures.longs(name + "/ids");
    long[] foundIds = new long[found.faceCount()];
    for (int face = 0; face < foundIds.length; face++) {
      foundIds[face] = found.trackId(face);
    }
    assertArrayEquals(name + ": ids", ids, foundIds);
    int faces = found.faceCount();
    int numbers = 3 * found.landmarkCount();
    float[] landmarks = new float[faces * numbers];
    float[] rois = new float[faces * FaceMeshResult.ROI_LENGTH];
    float[] presence = new float[faces];
    float[] shapes = new float[faces * 52];
    float[] poses = new float[faces * 16];
    for (int face = 0; face < faces; face++) {
      float[] one = new float[numbers];
      found.landmarks(face, one);
      System.arraycopy(one, 0, landmarks, face * numbers, numbers);
      one = new float[FaceMeshResult.ROI_LENGTH];
      found.roi(face, one);
      System.arraycopy(one, 0, rois, face * one.length, one.length);
      presence[face] = found.presence(face);
      for (int shape = 0; shape < 52; shape++) {
        shapes[face * 52 + shape] = found.blendShape(face, shape);
      }
      float[] pose = new float[16];
      found.pose(face, pose);
      for (int index = 0; index < 16; index++) {
        poses[face * 16 + index] = pose[4 * (index % 4) + index / 4];
      }
    }
    Fixtures.assertClose(name + ": landmarks", Fixtures.floats(name + "/landmarks"), landmarks, landmarks.length,
        LANDMARK_PX);
    Fixtures.assertClose(name + ": rois", Fixtures.floats(name + "/rois"), rois, rois.length, LANDMARK_PX);
    Fixtures.assertClose(name + ": presence", Fixtures.floats(name + "/presence"), presence, faces, SHARE);
    Fixtures.assertClose(name + ": blend shapes", Fixtures.floats(name + "/blendshapes"), shapes, shapes.length,
        SHARE);
    float[] expected = Fixtures.floats(name + "/poses");
    for (int index = 0; index < expected.length; index++) {
      // Translations are in cm, tens of them: a thousandth of their size.
      double size = Math.max(1, Math.abs(expected[index]));
      assertEquals(name + ": pose " + index, expected[index], poses[index], SHARE * size);
    }
  }

  private static void assertPhoto(String name) throws InterruptedException {
    long[] size = Fixtures.longs("photos/" + name + "/size");
    Bitmap bitmap =
        Measured.bitmap(Fixtures.bytes("photos/" + name + "/frame"), (int) size[0], (int) size[1]);
    FaceMeshOptions still = options().setStaticImageMode(true).setMaxFaces(3).build();
    try (Measured mesh = new Measured(Fixtures.assets(), still)) {
      assertSame("photos/" + name, mesh.measure(bitmap, 0, (int) size[2]));
    }
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

  @Test
  public void aFilmIsTrackedAsByPython() throws InterruptedException {
    int mostFaces = 0;
    try (Measured mesh = new Measured(Fixtures.assets(), options().setMaxFaces(2).build())) {
      for (int index = 0; index < FILM_FRAMES; index++) {
        Bitmap frame = Measured.bitmap(Fixtures.bytes("film/" + index + "/frame"), 480, 360);
        FaceMeshResult found = mesh.measure(frame, (long) FRAME_MS * index, 0);
        assertSame("film/" + index, found);
        mostFaces = Math.max(mostFaces, found.faceCount());
      }
    }
    assertEquals(2, mostFaces);
  }
}
