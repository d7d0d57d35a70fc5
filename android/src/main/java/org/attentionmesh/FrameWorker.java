package org.attentionmesh;

import androidx.annotation.NonNull;
import androidx.annotation.Nullable;
import org.attentionmesh.models.AssetSource;

/**
 * The thread of a face mesh: opens the graphs, takes the newest frame, calls the listeners, closes the graphs.
 *
 * <p>GPUs want all calls from one thread, so the graphs never leave this one. Three frame buffers go round: the
 * sender's, the waiting one, and the one that is measured.
 */
final class FrameWorker {
  private final Object lock = new Object();
  private final Thread thread;
  private final FaceMeshResult result = new FaceMeshResult();
  private FrameBuffer waiting = new FrameBuffer();
  private FrameBuffer working = new FrameBuffer();
  private boolean isWaiting;
  private boolean isOpening = true;
  private boolean isClosed;
  @Nullable private RuntimeException failure;
  @Nullable private RuntimeException unreported;
  @Nullable private ResultListener resultListener;
  @Nullable private ErrorListener errorListener;

  /**
   * Starts the thread and waits until it has opened the graphs.
   *
   * @throws FaceMeshException if that fails.
   */
  FrameWorker(@NonNull AssetSource assets, @NonNull FaceMeshOptions options) {
    thread = new Thread(() -> live(assets, options), "FaceMesh");
    thread.setDaemon(true);
    thread.start();
    boolean isInterrupted = false;
    synchronized (lock) {
      while (isOpening) {
        isInterrupted |= waitOnce();
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw failure;
    }
  }

  void setResultListener(@Nullable ResultListener listener) {
    synchronized (lock) {
      resultListener = listener;
    }
  }

  void setErrorListener(@Nullable ErrorListener listener) {
    synchronized (lock) {
      errorListener = listener;
    }
  }

  void checkOpen() {
    synchronized (lock) {
      if (isClosed) {
        throw new IllegalStateException("the face mesh is closed; make another");
      }
    }
  }

  void checkOtherThread(@NonNull String what) {
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException(what + " is called from a listener, for whose end it would wait; call it "
          + "from another thread");
    }
  }

  /** Throws an error of an earlier frame that no listener got. */
  void throwError() {
    RuntimeException error;
    synchronized (lock) {
      error = unreported;
      unreported = null;
    }
    if (error != null) {
      throw error;
    }
  }

  /**
   * Hands over a frame.
   *
   * @param waits whether to wait while another frame is waiting, rather than take its place.
   * @return a buffer for the next frame.
   */
  @NonNull
  FrameBuffer put(@NonNull FrameBuffer frame, boolean waits) {
    boolean isInterrupted = false;
    synchronized (lock) {
      while (waits && isWaiting && !isClosed) {
        isInterrupted |= waitOnce();
      }
      if (isWaiting && waiting.resetsFirst) {
        frame.resetsFirst = true;
      }
      FrameBuffer free = waiting;
      waiting = frame;
      isWaiting = true;
      lock.notifyAll();
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
      return free;
    }
  }

  void close() {
    checkOtherThread("close");
    synchronized (lock) {
      isClosed = true;
      lock.notifyAll();
    }
    boolean isInterrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException error) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void live(AssetSource assets, FaceMeshOptions options) {
    FaceMeshPipeline pipeline = null;
    try {
      pipeline = new FaceMeshPipeline(assets, options);
    } catch (RuntimeException error) {
      failure = error;
    } finally {
      synchronized (lock) {
        isOpening = false;
        lock.notifyAll();
      }
    }
    if (pipeline == null) {
      return;
    }
    try {
      while (takeFrame()) {
        measure(pipeline);
      }
    } finally {
      pipeline.close();
    }
  }

  /** Waits for a frame and takes it; false if the face mesh is closed and none waits. */
  private boolean takeFrame() {
    synchronized (lock) {
      while (!isWaiting && !isClosed) {
        waitOnce();
      }
      if (!isWaiting) {
        return false;
      }
      FrameBuffer taken = waiting;
      waiting = working;
      working = taken;
      isWaiting = false;
      lock.notifyAll();
      return true;
    }
  }

  private void measure(FaceMeshPipeline pipeline) {
    try {
      pipeline.run(working, result);
      ResultListener listener;
      synchronized (lock) {
        listener = resultListener;
      }
      if (listener != null) {
        listener.onResult(result);
      }
    } catch (RuntimeException error) {
      report(error);
    }
  }

  private void report(RuntimeException error) {
    ErrorListener listener;
    synchronized (lock) {
      listener = errorListener;
      if (listener == null && unreported == null) {
        unreported = error;
      }
    }
    if (listener != null) {
      listener.onError(error, working.timestampMs);
    }
  }

  /** Waits for a change; true if the thread was interrupted. */
  private boolean waitOnce() {
    try {
      lock.wait();
      return false;
    } catch (InterruptedException error) {
      return true;
    }
  }
}
