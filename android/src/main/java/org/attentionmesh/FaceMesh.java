package org.attentionmesh;

import android.content.Context;
import android.graphics.Bitmap;
import android.media.Image;
import androidx.annotation.NonNull;
import androidx.annotation.Nullable;
import java.nio.ByteBuffer;
import org.attentionmesh.geometry.QuarterTurns;
import org.attentionmesh.models.AssetSource;
import org.attentionmesh.models.ContextAssets;
import org.attentionmesh.models.Topology;

/**
 * Finds 478 landmarks of every face in a camera's frames or in pictures.
 *
 * <pre>{@code
 * FaceMesh mesh = new FaceMesh(context, FaceMeshOptions.builder().setMaxFaces(2).build());
 * mesh.setResultListener(result -> draw(result));
 * mesh.send(bitmap, timestampMs);
 * mesh.close();
 * }</pre>
 *
 * <p>A face mesh has a thread of its own, which runs the networks and the listeners. {@link #send} copies the
 * pixels and returns at once. In a video, a frame that still waits when the next one comes is dropped. In static
 * image mode {@code send} waits instead, and every picture gets a result. After an error the face mesh
 * stays usable; faces are then searched anew.
 *
 * <p>Any thread may call the methods. {@link #close}, and {@code send} in static image mode, must not be called
 * from a listener.
 */
public final class FaceMesh implements AutoCloseable {
  private final AssetSource assets;
  private final boolean isStatic;
  private final FrameWorker worker;
  /** One sender at a time; guards the three fields below. */
  private final Object sending = new Object();
  private long lastTimestampMs = Long.MIN_VALUE;
  private boolean resetsNext;
  private FrameBuffer spare = new FrameBuffer();

  /**
   * Opens the networks, which takes a moment; not for the main thread.
   *
   * @throws FaceMeshException if an asset is missing or damaged, the app has no runtime behind {@code
   *     InterpreterApi}, or the options ask for a GPU and there is none.
   */
  public FaceMesh(@NonNull Context context, @NonNull FaceMeshOptions options) {
    this(new ContextAssets(notNull("context", context).getAssets()), notNull("options", options));
  }

  /** As the public constructor, with the archive's files from elsewhere. */
  FaceMesh(@NonNull AssetSource assets, @NonNull FaceMeshOptions options) {
    this.assets = assets;
    isStatic = options.isStaticImageMode;
    worker = new FrameWorker(assets, options);
  }

  /** Sets who receives results; null for nobody. */
  public void setResultListener(@Nullable ResultListener listener) {
    worker.setResultListener(listener);
  }

  /**
   * Sets who receives the errors of frames. Without a listener, the next {@code send} throws the error.
   */
  public void setErrorListener(@Nullable ErrorListener listener) {
    worker.setErrorListener(listener);
  }

  /** The names of the blend shapes in the order of a result's coefficients, such as {@code jawOpen}. */
  @NonNull
  public String[] blendShapeNames() {
    return new Topology(assets).blendShapeNames();
  }

  /** As {@link #send(Bitmap, long, int)} for an upright bitmap. */
  public void send(@NonNull Bitmap bitmap, long timestampMs) {
    send(bitmap, timestampMs, 0);
  }

  /**
   * Sends a bitmap.
   *
   * @param bitmap ARGB_8888; it may be changed or recycled as soon as this method returns.
   * @param timestampMs larger than in the call before, unless images are unrelated.
   * @param rotationDegrees by which the picture is turned clockwise to be upright: a multiple of 90. Results are
   *     in the picture as it is given.
   * @throws IllegalArgumentException if the bitmap, the time or the rotation is wrong; the frame is not taken.
   * @throws IllegalStateException if the face mesh is closed, or a listener sends in static image mode.
   * @throws FaceMeshException if an earlier frame failed and there is no error listener; this frame is not taken.
   */
  public void send(@NonNull Bitmap bitmap, long timestampMs, int rotationDegrees) {
    notNull("bitmap", bitmap);
    int quarters = QuarterTurns.of(rotationDegrees);
    synchronized (sending) {
      checkTurn(timestampMs);
      spare.take(bitmap, quarters);
      handOver(timestampMs);
    }
  }

  /**
   * Sends pixels in a buffer; see {@link #send(Bitmap, long, int)}.
   *
   * @param pixels from the buffer's position on, which does not move.
   * @param width of the picture in pixels.
   * @param height of the picture in pixels.
   */
  public void send(@NonNull ByteBuffer pixels, @NonNull PixelFormat format, int width, int height,
      long timestampMs, int rotationDegrees) {
    notNull("pixels", pixels);
    notNull("format", format);
    int quarters = QuarterTurns.of(rotationDegrees);
    synchronized (sending) {
      checkTurn(timestampMs);
      spare.take(pixels, format, width, height, quarters);
      handOver(timestampMs);
    }
  }

  /**
   * Sends a camera's picture; see {@link #send(Bitmap, long, int)}.
   *
   * @param picture YUV_420_888, as an {@code ImageReader} gives it; it may be closed as soon as this returns.
   */
  public void send(@NonNull Image picture, long timestampMs, int rotationDegrees) {
    notNull("picture", picture);
    int quarters = QuarterTurns.of(rotationDegrees);
    synchronized (sending) {
      checkTurn(timestampMs);
      spare.take(picture, quarters);
      handOver(timestampMs);
    }
  }

  /** Makes it ready for the next video: tracks are forgotten after the frames that were sent. */
  public void reset() {
    synchronized (sending) {
      worker.checkOpen();
      resetsNext = true;
      lastTimestampMs = Long.MIN_VALUE;
    }
  }

  private void checkTurn(long timestampMs) {
    worker.checkOpen();
    worker.throwError();
    if (isStatic) {
      worker.checkOtherThread("send in static image mode");
    } else if (timestampMs <= lastTimestampMs) {
      throw new IllegalArgumentException("timestampMs is " + timestampMs + ", but the frame before was at "
          + lastTimestampMs + "; expected a larger one, or reset() before another video");
    }
  }

  private void handOver(long timestampMs) {
    spare.timestampMs = timestampMs;
    spare.resetsFirst = resetsNext;
    spare = worker.put(spare, isStatic);
    resetsNext = false;
    lastTimestampMs = timestampMs;
  }

  /**
   * Finishes the frames that were sent, and gives the networks back. A second call does nothing.
   *
   * @throws IllegalStateException if a listener calls it.
   */
  @Override
  public void close() {
    worker.close();
  }

  private static <T> T notNull(String name, T value) {
    if (value == null) {
      throw new NullPointerException(name + " is null");
    }
    return value;
  }
}
