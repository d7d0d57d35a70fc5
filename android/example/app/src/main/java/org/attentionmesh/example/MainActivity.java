package org.attentionmesh.example;

import android.Manifest;
import android.app.Activity;
import android.content.pm.PackageManager;
import android.graphics.Color;
import android.graphics.SurfaceTexture;
import android.hardware.camera2.CameraAccessException;
import android.media.Image;
import android.os.Build;
import android.os.Bundle;
import android.util.Log;
import android.view.Gravity;
import android.view.TextureView;
import android.view.View;
import android.view.WindowManager;
import android.widget.FrameLayout;
import android.widget.Toast;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.attentionmesh.FaceMesh;
import org.attentionmesh.FaceMeshException;
import org.attentionmesh.FaceMeshOptions;

/** The front camera's picture with the mesh, lipstick and blend shapes of up to two faces. */
public final class MainActivity extends Activity implements TextureView.SurfaceTextureListener {
  private static final String TAG = "MainActivity";
  private static final int CAMERA_REQUEST = 1;
  private static final int MOST_FACES = 2;

  private FaceMesh mesh;
  private FaceOverlay overlay;
  private TextureView preview;
  private FrontCamera camera;
  private volatile int rotationDegrees;

  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    getWindow().addFlags(WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON);
    try {
      mesh = new FaceMesh(this, FaceMeshOptions.builder().setMaxFaces(MOST_FACES).build());
      overlay = new FaceOverlay(this, new FaceTables(getAssets()), mesh.blendShapeNames());
    } catch (FaceMeshException | IOException error) {
      Log.e(TAG, "the face mesh cannot start", error);
      Toast.makeText(this, error.getMessage(), Toast.LENGTH_LONG).show();
      finish();
      return;
    }
    mesh.setResultListener(result -> {
      FrontCamera source = camera;
      overlay.show(result, rotationDegrees, source != null && source.isFront());
    });
    mesh.setErrorListener((error, timestampMs) -> Log.e(TAG, "the frame at " + timestampMs + " failed", error));
    preview = new TextureView(this);
    preview.setSurfaceTextureListener(this);
    setContentView(layout(preview, overlay));
  }

  /** Both views have the shape of the upright picture, so that a point of one is the same point of the other. */
  private View layout(View... views) {
    int width = getResources().getDisplayMetrics().widthPixels;
    int height = width * FrontCamera.WIDTH / FrontCamera.HEIGHT;
    FrameLayout all = new FrameLayout(this);
    all.setBackgroundColor(Color.BLACK);
    for (View view : views) {
      all.addView(view, new FrameLayout.LayoutParams(width, height, Gravity.CENTER));
    }
    return all;
  }

  @Override
  protected void onResume() {
    super.onResume();
    if (preview != null && preview.isAvailable()) {
      openCamera(preview.getSurfaceTexture());
    }
  }

  @Override
  protected void onPause() {
    closeCamera();
    super.onPause();
  }

  @Override
  protected void onDestroy() {
    if (mesh != null) {
      mesh.close();
    }
    super.onDestroy();
  }

  private void openCamera(SurfaceTexture texture) {
    if (camera != null) {
      return;
    }
    if (Build.VERSION.SDK_INT >= 23
        && checkSelfPermission(Manifest.permission.CAMERA) != PackageManager.PERMISSION_GRANTED) {
      requestPermissions(new String[] {Manifest.permission.CAMERA}, CAMERA_REQUEST);
      return;
    }
    mesh.reset();
    camera = new FrontCamera(this, this::analyze);
    try {
      camera.open(texture);
    } catch (CameraAccessException error) {
      Log.e(TAG, "the camera cannot be opened", error);
      Toast.makeText(this, error.getMessage(), Toast.LENGTH_LONG).show();
      closeCamera();
    }
  }

  private void closeCamera() {
    if (camera != null) {
      camera.close();
      camera = null;
    }
  }

  private void analyze(Image picture, int rotation) {
    rotationDegrees = rotation;
    try {
      mesh.send(picture, TimeUnit.NANOSECONDS.toMillis(picture.getTimestamp()), rotation);
    } catch (IllegalStateException closed) {
      Log.d(TAG, "a picture came after the end", closed);
    }
  }

  @Override
  public void onRequestPermissionsResult(int request, String[] permissions, int[] results) {
    if (request != CAMERA_REQUEST || results.length == 0) {
      return;
    }
    if (results[0] != PackageManager.PERMISSION_GRANTED) {
      Toast.makeText(this, R.string.no_camera, Toast.LENGTH_LONG).show();
      finish();
    } else if (preview.isAvailable()) {
      openCamera(preview.getSurfaceTexture());
    }
  }

  @Override
  public void onSurfaceTextureAvailable(SurfaceTexture texture, int width, int height) {
    openCamera(texture);
  }

  @Override
  public void onSurfaceTextureSizeChanged(SurfaceTexture texture, int width, int height) {}

  @Override
  public boolean onSurfaceTextureDestroyed(SurfaceTexture texture) {
    closeCamera();
    return true;
  }

  @Override
  public void onSurfaceTextureUpdated(SurfaceTexture texture) {}
}
