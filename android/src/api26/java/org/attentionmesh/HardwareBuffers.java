package org.attentionmesh;

import android.graphics.Bitmap;
import android.graphics.ColorSpace;
import android.hardware.HardwareBuffer;
import android.os.Build;
import androidx.annotation.NonNull;
import androidx.annotation.RequiresApi;

/**
 * Sends hardware buffers to a face mesh.
 *
 * <p>A class of its own, because older devices have no {@code HardwareBuffer} (API 26) and must not load it.
 * Reading the pixels without native code takes a bitmap around the buffer, which Android has since API 29.
 */
@RequiresApi(26)
public final class HardwareBuffers {
  private static final int ANDROID_10 = 29;

  private HardwareBuffers() {}

  /**
   * Sends a buffer; see {@link FaceMesh#send(Bitmap, long, int)}.
   *
   * @param buffer with the usage {@code USAGE_GPU_SAMPLED_IMAGE}, in sRGB; it may be closed as soon as this returns.
   * @throws UnsupportedOperationException before API 29.
   * @throws IllegalArgumentException if the buffer is of a format that no bitmap has, or not sampled.
   */
  public static void send(@NonNull FaceMesh mesh, @NonNull HardwareBuffer buffer, long timestampMs,
      int rotationDegrees) {
    if (Build.VERSION.SDK_INT < ANDROID_10) {
      throw new UnsupportedOperationException("API " + Build.VERSION.SDK_INT + " cannot read a hardware buffer from "
          + "Java; expected 29 or newer, or send the Image of the ImageReader");
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
