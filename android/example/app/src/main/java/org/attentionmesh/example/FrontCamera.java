package org.attentionmesh.example;

import android.annotation.SuppressLint;
import android.content.Context;
import android.graphics.ImageFormat;
import android.graphics.SurfaceTexture;
import android.hardware.camera2.CameraAccessException;
import android.hardware.camera2.CameraCaptureSession;
import android.hardware.camera2.CameraCharacteristics;
import android.hardware.camera2.CameraDevice;
import android.hardware.camera2.CameraManager;
import android.hardware.camera2.CaptureRequest;
import android.media.Image;
import android.media.ImageReader;
import android.os.Handler;
import android.os.HandlerThread;
import android.util.Log;
import android.view.Surface;
import java.util.Arrays;

/** The front camera through Camera2: a preview, and the newest picture for whoever analyzes it. */
final class FrontCamera {
  /** Receives pictures on the camera's thread, and must not keep them. */
  interface Analyzer {
    void analyze(Image picture, int rotationDegrees);
  }

  static final int WIDTH = 640;
  static final int HEIGHT = 480;
  private static final String TAG = "FrontCamera";

  private final CameraManager manager;
  private final Analyzer analyzer;
  private final HandlerThread thread = new HandlerThread("camera");
  private final Handler handler;
  private ImageReader reader;
  private CameraDevice device;
  private int rotationDegrees;
  private boolean isFront;
  private boolean isClosed;

  FrontCamera(Context context, Analyzer analyzer) {
    manager = (CameraManager) context.getSystemService(Context.CAMERA_SERVICE);
    this.analyzer = analyzer;
    thread.start();
    handler = new Handler(thread.getLooper());
  }

  /** Whether the preview is mirrored, as people expect of the camera that faces them. */
  boolean isFront() {
    return isFront;
  }

  /**
   * Opens the camera; the app must have the permission.
   *
   * @param preview the texture of a view in portrait orientation.
   * @throws CameraAccessException if there is no camera, or another app uses it.
   */
  @SuppressLint("MissingPermission")
  void open(SurfaceTexture preview) throws CameraAccessException {
    String chosen = choose();
    rotationDegrees = manager.getCameraCharacteristics(chosen).get(CameraCharacteristics.SENSOR_ORIENTATION);
    preview.setDefaultBufferSize(WIDTH, HEIGHT);
    reader = ImageReader.newInstance(WIDTH, HEIGHT, ImageFormat.YUV_420_888, 3);
    reader.setOnImageAvailableListener(this::takeNewest, handler);
    Surface shown = new Surface(preview);
    manager.openCamera(chosen, new CameraDevice.StateCallback() {
      @Override
      public void onOpened(CameraDevice camera) {
        device = camera;
        if (isClosed) {
          camera.close();
        } else {
          start(camera, shown);
        }
      }

      @Override
      public void onDisconnected(CameraDevice camera) {
        camera.close();
      }

      @Override
      public void onError(CameraDevice camera, int error) {
        Log.e(TAG, "the camera failed: error " + error);
        camera.close();
      }
    }, handler);
  }

  private String choose() throws CameraAccessException {
    String[] cameras = manager.getCameraIdList();
    if (cameras.length == 0) {
      throw new CameraAccessException(CameraAccessException.CAMERA_ERROR, "this device has no camera");
    }
    for (String camera : cameras) {
      Integer facing = manager.getCameraCharacteristics(camera).get(CameraCharacteristics.LENS_FACING);
      if (facing != null && facing == CameraCharacteristics.LENS_FACING_FRONT) {
        isFront = true;
        return camera;
      }
    }
    return cameras[0];
  }

  private void start(CameraDevice camera, Surface shown) {
    try {
      CaptureRequest.Builder request = camera.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW);
      request.addTarget(shown);
      request.addTarget(reader.getSurface());
      camera.createCaptureSession(Arrays.asList(shown, reader.getSurface()),
          new CameraCaptureSession.StateCallback() {
            @Override
            public void onConfigured(CameraCaptureSession session) {
              try {
                session.setRepeatingRequest(request.build(), null, handler);
              } catch (CameraAccessException | IllegalStateException error) {
                Log.e(TAG, "the camera stopped", error);
              }
            }

            @Override
            public void onConfigureFailed(CameraCaptureSession session) {
              Log.e(TAG, "the camera refuses " + WIDTH + " x " + HEIGHT);
            }
          }, handler);
    } catch (CameraAccessException error) {
      Log.e(TAG, "the camera cannot be used", error);
    }
  }

  private void takeNewest(ImageReader source) {
    try (Image picture = source.acquireLatestImage()) {
      if (picture != null) {
        analyzer.analyze(picture, rotationDegrees);
      }
    }
  }

  /** Gives the camera back. */
  void close() {
    handler.post(() -> {
      isClosed = true;
      if (device != null) {
        device.close();
      }
      if (reader != null) {
        reader.close();
      }
      thread.quitSafely();
    });
  }
}
