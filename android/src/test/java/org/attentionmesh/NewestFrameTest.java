package org.attentionmesh;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import android.graphics.Bitmap;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;

/** A camera that is faster than the networks: of the frames that wait only the newest is measured, in order. */
@RunWith(RobolectricTestRunner.class)
@Config(sdk = 34, manifest = Config.NONE)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
public class NewestFrameTest {
  private static final int WIDTH = 480;
  private static final int HEIGHT = 360;

  private final List<FaceMeshResult> results = new CopyOnWriteArrayList<>();

  private static FaceMeshOptions.Builder options() {
    return FaceMeshOptions.builder().setThreads(1);
  }

  private static Bitmap frame(int index) {
    return Measured.bitmap(Fixtures.bytes("film/" + index + "/frame"), WIDTH, HEIGHT);
  }

  private static Bitmap empty() {
    return Bitmap.createBitmap(WIDTH, HEIGHT, Bitmap.Config.ARGB_8888);
  }

  private List<Long> times() {
    Long[] times = results.stream().map(FaceMeshResult::timestampMs).toArray(Long[]::new);
    return Arrays.asList(times);
  }

  @Test
  public void ofTheFramesThatCameMeanwhileOnlyTheNewestIsMeasured() throws InterruptedException {
    CountDownLatch isBusy = new CountDownLatch(1);
    CountDownLatch mayGoOn = new CountDownLatch(1);
    try (FaceMesh mesh = new FaceMesh(Fixtures.assets(), options().build())) {
      mesh.setResultListener(result -> {
        results.add(result.copy());
        isBusy.countDown();
        try {
          mayGoOn.await(Measured.PATIENCE_S, TimeUnit.SECONDS);
        } catch (InterruptedException error) {
          throw new IllegalStateException(error);
        }
      });
      mesh.send(empty(), 1);
      assertTrue(isBusy.await(Measured.PATIENCE_S, TimeUnit.SECONDS));
      for (int time = 2; time < 9; time++) {
        mesh.send(empty(), time);
      }
      mesh.send(frame(0), 9);
      mayGoOn.countDown();
    }
    assertEquals("close measures the frame that waits", Arrays.asList(1L, 9L), times());
    assertEquals(0, results.get(0).faceCount());
    assertEquals("the pixels are those of the newest frame", 1, results.get(1).faceCount());
  }

  @Test
  public void slowNetworksDropFramesAndKeepTheOrder() {
    int frames = 60;
    try (FaceMesh mesh = new FaceMesh(Fixtures.assets(), options().setMaxFaces(2).build())) {
      mesh.setResultListener(result -> results.add(result.copy()));
      Bitmap[] film = {frame(30), frame(31)};
      for (int time = 0; time < frames; time++) {
        mesh.send(film[time % 2], time);
      }
    }
    List<Long> sorted = times();
    Collections.sort(sorted);
    assertEquals(sorted, times());
    assertTrue("none of " + frames + " frames is dropped", results.size() < frames);
    assertEquals("the last frame is measured", frames - 1L, (long) sorted.get(sorted.size() - 1));
  }

  @Test
  public void noPictureIsDroppedInStaticImageMode() {
    int pictures = 6;
    try (FaceMesh mesh = new FaceMesh(Fixtures.assets(), options().setStaticImageMode(true).build())) {
      mesh.setResultListener(result -> results.add(result.copy()));
      for (int time = 0; time < pictures; time++) {
        mesh.send(time % 2 == 0 ? frame(0) : empty(), time);
      }
    }
    assertEquals(Arrays.asList(0L, 1L, 2L, 3L, 4L, 5L), times());
    for (int index = 0; index < pictures; index++) {
      assertEquals("faces of picture " + index, 1 - index % 2, results.get(index).faceCount());
    }
  }
}
