package org.attentionmesh;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.Test;

/** A tracked frame allocates nothing, so that an app's garbage collector has nothing to stop for. */
public class AllocationTest {
  private static final int FRAMES = 100;
  private static final int WARM_UP = 30;

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  /** All of a frame except the runtime: conversion, both graphs, the copy for the listener. */
  @Test
  public void aHundredTrackedFramesAllocateNothing() {
    byte[] rgb = Fixtures.bytes("film/0/frame");
    ByteBuffer pixels = ByteBuffer.allocateDirect(rgb.length);
    pixels.put(rgb).rewind();
    FaceMeshOptions options = FaceMeshOptions.builder().setThreads(1).build();
    FrameBuffer frame = new FrameBuffer();
    FaceMeshResult result = new FaceMeshResult();
    try (FaceMeshPipeline pipeline = new FaceMeshPipeline(Fixtures.assets(), options)) {
      long before = 0;
      for (int index = 0; index < WARM_UP + FRAMES; index++) {
        if (index == WARM_UP) {
          before = allocated();
        }
        frame.take(pixels, PixelFormat.RGB, 480, 360, 0);
        frame.timestampMs = 33L * index;
        pipeline.run(frame, result);
        if (result.faceCount() != 1) {
          throw new AssertionError("frame " + index + " has " + result.faceCount() + " faces");
        }
      }
      long bytes = allocated() - before;
      assertEquals(1, result.trackId(0));
      // Less than one object per frame: what is left is the JVM's, such as a compiled method's bookkeeping.
      assertTrue(bytes + " bytes in " + FRAMES + " frames", bytes < 16 * FRAMES);
      System.out.println("allocated per tracked frame: " + bytes / FRAMES + " bytes");
    }
  }
}
