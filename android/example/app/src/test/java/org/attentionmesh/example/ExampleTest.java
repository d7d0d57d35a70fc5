package org.attentionmesh.example;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import android.content.res.AssetManager;
import android.graphics.Bitmap;
import android.graphics.Canvas;
import android.view.View;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.Iterator;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.attentionmesh.Device;
import org.attentionmesh.FaceMesh;
import org.attentionmesh.FaceMeshOptions;
import org.attentionmesh.FaceMeshResult;
import org.json.JSONObject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;

/**
 * The app's own classes and the assets of its APK, on a JVM.
 *
 * <p>The folder of the property {@code attentionmesh.example} has {@code photo.rgba}, 512 x 512 pixels. The test
 * writes there what it finds and draws.
 */
@RunWith(RobolectricTestRunner.class)
@Config(sdk = 34)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
public final class ExampleTest {
  private static final int SIDE = 512;
  private static final int WAIT_S = 120;

  private static File folder() {
    return new File(System.getProperty("attentionmesh.example"));
  }

  private static AssetManager assets() {
    return RuntimeEnvironment.getApplication().getAssets();
  }

  private static byte[] read(String name) throws IOException {
    try (InputStream file = assets().open("attention_mesh/" + name)) {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      byte[] part = new byte[1 << 16];
      for (int length = file.read(part); length >= 0; length = file.read(part)) {
        content.write(part, 0, length);
      }
      return content.toByteArray();
    }
  }

  @Test
  public void everyAssetOfTheApkIsWhole() throws Exception {
    JSONObject files = new JSONObject(new String(read("assets.json"), "UTF-8")).getJSONObject("files");
    int count = 0;
    for (Iterator<String> names = files.keys(); names.hasNext(); count++) {
      String name = names.next();
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(read(name));
      assertEquals(name, files.getString(name), String.format("%064x", new BigInteger(1, digest)));
    }
    assertTrue("only " + count + " assets", count > 20);
  }

  private interface Look {
    void at(Bitmap photo, FaceMeshResult result, String[] names) throws IOException;
  }

  /** The photo's result on a device, before the face mesh is closed. */
  private static void measure(Device device, Look look) throws Exception {
    // Raw bytes, which the library reads back: Robolectric's bitmaps show red as blue, but a device's do not.
    Bitmap photo = Bitmap.createBitmap(SIDE, SIDE, Bitmap.Config.ARGB_8888);
    photo.copyPixelsFromBuffer(ByteBuffer.wrap(Files.readAllBytes(new File(folder(), "photo.rgba").toPath())));
    LinkedBlockingQueue<FaceMeshResult> results = new LinkedBlockingQueue<>();
    FaceMeshOptions options =
        FaceMeshOptions.builder().setStaticImageMode(true).setThreads(1).setDevice(device).build();
    try (FaceMesh mesh = new FaceMesh(RuntimeEnvironment.getApplication(), options)) {
      mesh.setResultListener(result -> results.add(result.copy()));
      mesh.send(photo, 0);
      FaceMeshResult result = results.poll(WAIT_S, TimeUnit.SECONDS);
      assertEquals(1, result.faceCount());
      look.at(photo, result, mesh.blendShapeNames());
    }
  }

  private static float[] landmarks(FaceMeshResult result) {
    float[] landmarks = new float[3 * result.landmarkCount()];
    result.landmarks(0, landmarks);
    return landmarks;
  }

  @Test
  public void aFaceIsFoundAndDrawn() throws Exception {
    measure(Device.CPU, (photo, result, names) -> {
      write("landmarks.f32", landmarks(result));
      float[] shapes = new float[result.blendShapeCount()];
      for (int shape = 0; shape < shapes.length; shape++) {
        shapes[shape] = result.blendShape(0, shape);
      }
      write("blendshapes.f32", shapes);
      draw(photo, result, names);
    });
  }

  /** There is no GPU delegate, so the CPU runs the network that the archive has for GPUs. */
  @Test
  public void theNetworkForGpusFindsTheFaceOnTheCpu() throws Exception {
    measure(Device.AUTO, (photo, result, names) -> write("gpu_landmarks.f32", landmarks(result)));
  }

  private static void draw(Bitmap photo, FaceMeshResult result, String[] names) throws IOException {
    FaceOverlay overlay = new FaceOverlay(RuntimeEnvironment.getApplication(), new FaceTables(assets()), names);
    int exactly = View.MeasureSpec.makeMeasureSpec(SIDE, View.MeasureSpec.EXACTLY);
    overlay.measure(exactly, exactly);
    overlay.layout(0, 0, SIDE, SIDE);
    overlay.show(result, 0, false);
    Bitmap drawn = photo.copy(Bitmap.Config.ARGB_8888, true);
    overlay.draw(new Canvas(drawn));
    try (OutputStream file = new FileOutputStream(new File(folder(), "drawn.png"))) {
      drawn.compress(Bitmap.CompressFormat.PNG, 100, file);
    }
  }

  private static void write(String name, float[] numbers) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    content.asFloatBuffer().put(numbers);
    Files.write(new File(folder(), name).toPath(), content.array());
  }
}
