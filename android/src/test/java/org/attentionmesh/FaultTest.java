package org.attentionmesh;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import android.content.Context;
import android.graphics.Bitmap;
import android.os.Build;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.attentionmesh.FaceMeshException.Kind;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;
import org.robolectric.util.ReflectionHelpers;

/** Every fault has its exception, at the call that is wrong, with a text that says what would be right. */
@RunWith(RobolectricTestRunner.class)
@Config(sdk = 34, manifest = Config.NONE)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
public class FaultTest {
  private static final String MODELS = "attention_mesh/models/";

  private static FaceMeshOptions options() {
    return FaceMeshOptions.builder().setThreads(1).build();
  }

  private static Bitmap bitmap() {
    return Bitmap.createBitmap(64, 48, Bitmap.Config.ARGB_8888);
  }

  private static void assertFails(Class<? extends Throwable> type, String text, Runnable call) {
    Throwable error = assertThrows(type, call::run);
    assertTrue("\"" + error.getMessage() + "\" has no \"" + text + "\"", error.getMessage().contains(text));
  }

  private static void assertOpensWith(Kind kind, String text, FolderAssets assets, FaceMeshOptions options) {
    FaceMeshException error = assertThrows(FaceMeshException.class, () -> new FaceMesh(assets, options));
    assertEquals(kind, error.kind());
    assertTrue(error.getMessage(), error.getMessage().contains(text));
  }

  @Test
  public void wrongFramesAreRefusedAndTheNextOneIsTaken() throws InterruptedException {
    try (Measured measured = new Measured(Fixtures.assets(), options())) {
      FaceMesh mesh = measured.mesh;
      Bitmap recycled = bitmap();
      recycled.recycle();
      Bitmap other = Bitmap.createBitmap(8, 8, Bitmap.Config.RGB_565);
      ByteBuffer small = ByteBuffer.allocate(100);
      assertFails(NullPointerException.class, "bitmap is null", () -> mesh.send((Bitmap) null, 1));
      assertFails(NullPointerException.class, "pixels is null", () -> mesh.send(null, PixelFormat.RGBA, 8, 8, 1, 0));
      assertFails(NullPointerException.class, "format is null", () -> mesh.send(small, null, 8, 8, 1, 0));
      assertFails(IllegalArgumentException.class, "a multiple of 90", () -> mesh.send(bitmap(), 1, 45));
      assertFails(IllegalArgumentException.class, "is recycled", () -> mesh.send(recycled, 1));
      assertFails(IllegalArgumentException.class, "expected ARGB_8888", () -> mesh.send(other, 1));
      assertFails(IllegalArgumentException.class, "takes 256", () -> mesh.send(small, PixelFormat.RGBA, 8, 8, 1, 0));
      assertFails(IllegalArgumentException.class, "takes 192", () -> mesh.send(small, PixelFormat.RGB, 8, 8, 1, 0));
      assertFails(IllegalArgumentException.class, "takes 103", () -> mesh.send(small, PixelFormat.NV21, 9, 7, 1, 0));
      assertFails(IllegalArgumentException.class, "1 or more", () -> mesh.send(small, PixelFormat.RGBA, 0, 8, 1, 0));
      assertEquals(0, measured.measure(bitmap(), 5, 0).faceCount());
      assertFails(IllegalArgumentException.class, "the frame before was at 5", () -> mesh.send(bitmap(), 5));
      mesh.reset();
      assertEquals(3, measured.measure(bitmap(), 3, -90).timestampMs());
    }
  }

  @Test
  public void aClosedFaceMeshRefusesFramesAndClosesTwice() {
    FaceMesh mesh = new FaceMesh(Fixtures.assets(), options());
    mesh.close();
    mesh.close();
    assertFails(IllegalStateException.class, "is closed", () -> mesh.send(bitmap(), 1));
    assertFails(IllegalStateException.class, "is closed", mesh::reset);
  }

  @Test
  public void aListenerMustNotWaitForItsOwnThread() throws InterruptedException {
    FaceMeshOptions still = FaceMeshOptions.builder().setThreads(1).setStaticImageMode(true).build();
    AtomicReference<String> errors = new AtomicReference<>("");
    CountDownLatch isCalled = new CountDownLatch(1);
    try (FaceMesh mesh = new FaceMesh(Fixtures.assets(), still)) {
      mesh.setResultListener(result -> {
        for (Runnable call : Arrays.<Runnable>asList(mesh::close, () -> mesh.send(bitmap(), 1))) {
          try {
            call.run();
          } catch (IllegalStateException error) {
            errors.set(errors.get() + error.getMessage());
          }
        }
        isCalled.countDown();
      });
      mesh.send(bitmap(), 0);
      assertTrue(isCalled.await(Measured.PATIENCE_S, TimeUnit.SECONDS));
    }
    assertTrue(errors.get(), errors.get().contains("close is called from a listener"));
    assertTrue(errors.get(), errors.get().contains("send in static image mode is called from a listener"));
  }

  @Test
  public void anErrorOfAListenerReachesTheErrorListenerOrTheNextSend() throws InterruptedException {
    AtomicReference<RuntimeException> reported = new AtomicReference<>();
    CountDownLatch isReported = new CountDownLatch(1);
    try (FaceMesh mesh = new FaceMesh(Fixtures.assets(), options())) {
      mesh.setResultListener(result -> {
        throw new UnsupportedOperationException("frame " + result.timestampMs());
      });
      mesh.setErrorListener((error, timestampMs) -> {
        reported.set(error);
        isReported.countDown();
      });
      mesh.send(bitmap(), 7);
      assertTrue(isReported.await(Measured.PATIENCE_S, TimeUnit.SECONDS));
      assertEquals("frame 7", reported.get().getMessage());
      mesh.setErrorListener(null);
      mesh.send(bitmap(), 8);
      UnsupportedOperationException thrown = null;
      for (int tries = 9; thrown == null && tries < 600; tries++) {
        Thread.sleep(20);
        try {
          mesh.send(bitmap(), tries);
        } catch (UnsupportedOperationException error) {
          thrown = error;
        }
      }
      assertTrue("the next send throws it", thrown != null);
    }
  }

  @Test
  public void aMissingAssetIsNamed() {
    assertOpensWith(Kind.MISSING_ASSET, "schema.binpb", Fixtures.assets().with("attention_mesh/schema.binpb", null),
        options());
    for (String model : new String[] {"attention_mesh", "face_detection_short_range", "face_detection_full_range",
        "blendshapes"}) {
      assertOpensWith(Kind.MISSING_ASSET, model, Fixtures.assets().with(MODELS + model + ".tflite", null), options());
    }
    assertOpensWith(Kind.MISSING_ASSET, "pose_weights.json",
        Fixtures.assets().with("attention_mesh/topology/pose_weights.json", null), options());
    assertOpensWith(Kind.MISSING_ASSET, "face_landmark", Fixtures.assets(), FaceMeshOptions.builder()
        .setRefineLandmarks(false).setBlendShapes(false).build());
    assertOpensWith(Kind.MISSING_ASSET, "nowhere", Fixtures.assets(),
        FaceMeshOptions.builder().setLandmarkModel(new File("/nowhere.tflite")).build());
    Context context = RuntimeEnvironment.getApplication();
    FaceMeshException error = assertThrows(FaceMeshException.class, () -> new FaceMesh(context, options()));
    assertEquals("an app without the archive", Kind.MISSING_ASSET, error.kind());
  }

  @Test
  public void aTruncatedModelIsRefusedWhereverItEnds() throws IOException {
    byte[] whole = Fixtures.assets().bytes(MODELS + "attention_mesh.tflite");
    for (int length : new int[] {0, 4, 12, 100, whole.length / 100, whole.length / 2, whole.length - 60}) {
      FolderAssets assets = Fixtures.assets().with(MODELS + "attention_mesh.tflite", Arrays.copyOf(whole, length));
      assertOpensWith(Kind.BAD_MODEL, "the network attention_mesh: it is", assets, options());
    }
    assertOpensWith(Kind.BAD_MODEL, "no .tflite file",
        Fixtures.assets().with(MODELS + "attention_mesh.tflite", new byte[1000]), options());
  }

  @Test
  public void aNetworkForAnotherPurposeIsNamed() throws IOException, InterruptedException {
    byte[] other = Fixtures.assets().bytes(MODELS + "blendshapes.tflite");
    FolderAssets assets = Fixtures.assets().with(MODELS + "face_detection_short_range.tflite", other);
    try (Measured mesh = new Measured(assets, options())) {
      FaceMeshException error = assertThrows(FaceMeshException.class, () -> mesh.measure(bitmap(), 1, 0));
      assertEquals(Kind.GRAPH, error.kind());
      assertTrue(error.getMessage(), error.getMessage().contains("InferenceCalculator"));
    }
  }

  @Test
  public void withoutAGpuOnlyTheAutomaticDeviceUsesTheCpu() throws InterruptedException {
    FaceMeshOptions.Builder builder = FaceMeshOptions.builder().setThreads(1);
    assertOpensWith(Kind.NO_GPU, "GpuDelegateFactory", Fixtures.assets(), builder.setDevice(Device.GPU).build());
    try (Measured mesh = new Measured(Fixtures.assets(), builder.setDevice(Device.AUTO).build())) {
      assertEquals(0, mesh.measure(bitmap(), 1, 0).faceCount());
    }
  }

  @Test
  public void hardwareBuffersAreRefusedBeforeApi29() {
    int level = Build.VERSION.SDK_INT;
    try {
      for (int older : new int[] {26, 28}) {
        ReflectionHelpers.setStaticField(Build.VERSION.class, "SDK_INT", older);
        assertFails(UnsupportedOperationException.class, "API " + older + " cannot read a hardware buffer from Java; "
            + "expected API 29", () -> HardwareBuffers.send(null, null, 1, 0));
      }
    } finally {
      ReflectionHelpers.setStaticField(Build.VERSION.class, "SDK_INT", level);
    }
  }

  @Test
  public void wrongOptionsAreRefusedByName() {
    FaceMeshOptions.Builder builder = FaceMeshOptions.builder();
    assertFails(IllegalArgumentException.class, "maxFaces is 0", () -> builder.setMaxFaces(0));
    assertFails(IllegalArgumentException.class, "minDetectionConfidence", () -> builder.setMinDetectionConfidence(2));
    assertFails(IllegalArgumentException.class, "minTrackingConfidence",
        () -> builder.setMinTrackingConfidence(Double.NaN));
    assertFails(IllegalArgumentException.class, "threads is -1", () -> builder.setThreads(-1));
    assertFails(IllegalArgumentException.class, "verticalFovDegrees", () -> builder.setVerticalFovDegrees(180));
    assertFails(NullPointerException.class, "detector", () -> builder.setDetector(null));
    assertFails(NullPointerException.class, "device", () -> builder.setDevice(null));
    assertFails(IllegalArgumentException.class, "refineLandmarks",
        () -> FaceMeshOptions.builder().setRefineLandmarks(false).build());
    assertFails(IllegalArgumentException.class, "smoothLandmarks",
        () -> FaceMeshOptions.builder().setStaticImageMode(true).setSmoothLandmarks(true).build());
  }
}
