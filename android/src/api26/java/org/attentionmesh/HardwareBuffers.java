package org.attentionmesh;

import android.graphics.Bitmap;
import android.graphics.ColorSpace;
import android.hardware.HardwareBuffer;
import android.os.Build;
import androidx.annotation.NonNull;
import androidx.annotation.RequiresApi;

/**
 * Sends hardware buffers to a face mesh, from Android 10 (API 29) on.
 *
 * <p>Android has {@code HardwareBuffer} since version 8 (API 26), but Java reads its pixels only through a bitmap
 * around the buffer, which came with API 29. For older devices, send the {@code Image} that the buffer is of. This is a
 * class of its own, because devices without {@code HardwareBuffer} must not load it.
 */
@RequiresApi(26)
public final class HardwareBuffers {
  private static final int ANDROID_10 = 29;

  private HardwareBuffers() {}

  /**
   * Sends a buffer; see {@link FaceMesh#send(Bitmap, long, int)}. Needs API 29.
   *
   * @param buffer with the usage {@code USAGE_GPU_SAMPLED_IMAGE}, in sRGB; it may be closed as soon as this returns.
   * @throws UnsupportedOperationException on API 26 to 28, which cannot read the buffer from Java.
   * @throws IllegalArgumentException if the buffer is of a format that no bitmap has, or not sampled.
   */
  @RequiresApi(ANDROID_10)
  public static void send(@NonNull FaceMesh mesh, @NonNull HardwareBuffer buffer, long timestampMs,
      int rotationDegrees) {
    if (Build.VERSION.SDK_INT < ANDROID_10) {
      throw new UnsupportedOperationException("API " + Build.VERSION.SDK_INT + " cannot read a hardware buffer from "
          + "Java; expected API 29 (Android 10) or newer, or send the Image of the ImageReader");
    }
    Bitmap wrapped = Bitmap.wrapHardwareBuffer(buffer, ColorSpace.get(ColorSpace.Named.SRGB));
    if (wrapped == null) {
      throw new IllegalArgumentException("no bitmap can show this hardware buffer; expected RGBA_8888 and "
          + "USAGE_GPU_SAMPLED_IMAGE");
    }
    Bitmap pixels = wrapped.copy(Bitmap.Config.ARGB_8888, false);
    wrapped.recycle();
    try {
      mesh.send(pixels, timestampMs, rotationDegrees);
    } finally {
      pixels.recycle();
    }
  }
}
