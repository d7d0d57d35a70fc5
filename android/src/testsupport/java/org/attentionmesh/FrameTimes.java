package org.attentionmesh;

import java.nio.ByteBuffer;

/**
 * Prints the time of every tracked frame, in microseconds, for benchmarks/android_frames.py.
 *
 * <p>Arguments: frames of the film {@code frames/} in the fixtures, width, height, and how many to measure.
 */
final class FrameTimes {
  private FrameTimes() {}

  public static void main(String[] arguments) {
    int stored = Integer.parseInt(arguments[0]);
    int width = Integer.parseInt(arguments[1]);
    int height = Integer.parseInt(arguments[2]);
    int count = Integer.parseInt(arguments[3]);
    ByteBuffer[] frames = new ByteBuffer[stored];
    for (int index = 0; index < stored; index++) {
      byte[] rgb = Fixtures.bytes("frames/" + index);
      frames[index] = ByteBuffer.allocateDirect(4 * width * height);
      for (int at = 0; at < rgb.length; at += 3) {
        frames[index].put(rgb, at, 3).put((byte) 255);
      }
      frames[index].rewind();
    }
    FaceMeshOptions options = FaceMeshOptions.builder().setThreads(1).build();
    FrameBuffer frame = new FrameBuffer();
    FaceMeshResult result = new FaceMeshResult();
    StringBuilder times = new StringBuilder();
    try (FaceMeshPipeline pipeline = new FaceMeshPipeline(Fixtures.assets(), options)) {
      for (int index = 0; index < count; index++) {
        long start = System.nanoTime();
        frame.take(frames[index % stored], PixelFormat.RGBA, width, height, 0);
        frame.timestampMs = 33L * index;
        pipeline.run(frame, result);
        times.append((System.nanoTime() - start) / 1000).append(' ');
        if (result.faceCount() != 1) {
          throw new IllegalStateException("frame " + index + " has " + result.faceCount() + " faces");
        }
      }
    }
    System.out.println("microseconds: " + times);
  }
}
