package org.attentionmesh;

import android.graphics.Bitmap;
import java.nio.ByteBuffer;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A face mesh whose frames are measured one by one: sends one, waits for its result. */
final class Measured implements AutoCloseable {
  /** A busy machine may stop a process for minutes. */
  static final int PATIENCE_S = 600;

  final FaceMesh mesh;
  private final LinkedBlockingQueue<Object> results = new LinkedBlockingQueue<>();

  Measured(FolderAssets assets, FaceMeshOptions options) {
    mesh = new FaceMesh(assets, options);
    mesh.setResultListener(result -> results.add(result.copy()));
    mesh.setErrorListener((error, timestampMs) -> results.add(error));
  }

  /** A bitmap of RGB bytes. */
  static Bitmap bitmap(byte[] rgb, int width, int height) {
    ByteBuffer rgba = ByteBuffer.allocate(4 * width * height);
    for (int at = 0; at < 3 * width * height; at += 3) {
      rgba.put(rgb, at, 3).put((byte) 255);
    }
    rgba.rewind();
    Bitmap bitmap = Bitmap.createBitmap(width, height, Bitmap.Config.ARGB_8888);
    bitmap.copyPixelsFromBuffer(rgba);
    return bitmap;
  }

  FaceMeshResult measure(Bitmap bitmap, long timestampMs, int rotationDegrees) throws InterruptedException {
    mesh.send(bitmap, timestampMs, rotationDegrees);
    return next();
  }

  /** The result of the frame that was sent; the frame's error is thrown. */
  FaceMeshResult next() throws InterruptedException {
    Object found = results.poll(PATIENCE_S, TimeUnit.SECONDS);
    if (found instanceof RuntimeException) {
      throw (RuntimeException) found;
    }
    if (found == null) {
      throw new AssertionError("no result came in " + PATIENCE_S + " s");
    }
    return (FaceMeshResult) found;
  }

  @Override
  public void close() {
    mesh.close();
  }
}
