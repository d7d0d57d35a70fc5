package org.attentionmesh;

import androidx.annotation.NonNull;
import java.nio.ByteBuffer;

/**
 * A picture in YCbCr 4:2:0, BT.601 in full range: three planes with strides.
 *
 * <p>Source of the matrix: ITU-T T.871 (JFIF), section 7; in fixed point with 16 bits.
 */
final class YuvImage {
  private static final int RED_BY_V = 91881;
  private static final int GREEN_BY_U = -22554;
  private static final int GREEN_BY_V = -46802;
  private static final int BLUE_BY_U = 116130;
  private static final int HALF = 1 << 15;

  private byte[] y = new byte[0];
  private byte[] u = new byte[0];
  private byte[] v = new byte[0];
  private int yStride;
  private int chromaStride;
  private int chromaStep;
  private int uOffset;
  private int vOffset;

  /** Takes a buffer in NV21 without gaps. */
  void takeNv21(@NonNull ByteBuffer pixels, int width, int height) {
    int lumaBytes = width * height;
    int chromaBytes = PixelFormat.NV21.bytes(width, height) - lumaBytes;
    int position = pixels.position();
    y = withRoom(y, lumaBytes);
    pixels.get(y, 0, lumaBytes);
    v = withRoom(v, chromaBytes);
    pixels.get(v, 0, chromaBytes);
    pixels.position(position);
    u = v;
    yStride = width;
    chromaStride = 2 * ((width + 1) / 2);
    chromaStep = 2;
    vOffset = 0;
    uOffset = 1;
  }

  /** Takes the planes of a camera's picture; those of U and V have the same strides. */
  void takePlanes(@NonNull ByteBuffer planeY, int strideY, @NonNull ByteBuffer planeU, @NonNull ByteBuffer planeV,
      int strideChroma, int stepChroma) {
    y = filled(y, planeY);
    if (u == v) {
      u = new byte[0];
    }
    u = filled(u, planeU);
    v = filled(v, planeV);
    yStride = strideY;
    chromaStride = strideChroma;
    chromaStep = stepChroma;
    uOffset = 0;
    vOffset = 0;
  }

  private static byte[] filled(byte[] memory, ByteBuffer plane) {
    ByteBuffer source = plane.duplicate();
    byte[] room = withRoom(memory, source.remaining());
    source.get(room, 0, source.remaining());
    return room;
  }

  private static byte[] withRoom(byte[] memory, int length) {
    return memory.length < length ? new byte[length] : memory;
  }

  /**
   * Writes the picture as RGBA.
   *
   * @param start where the pixel at the top left goes, in bytes; {@code across} and {@code down} lead to its
   *     neighbors.
   */
  void write(int width, int height, @NonNull byte[] rgba, int start, int across, int down) {
    for (int row = 0; row < height; row++) {
      int at = start + row * down;
      int luma = row * yStride;
      int chroma = row / 2 * chromaStride;
      for (int column = 0; column < width; column++, at += across) {
        int step = column / 2 * chromaStep + chroma;
        int level = (y[luma + column] & 255) << 16 | HALF;
        int cb = (u[step + uOffset] & 255) - 128;
        int cr = (v[step + vOffset] & 255) - 128;
        rgba[at] = clamped(level + RED_BY_V * cr);
        rgba[at + 1] = clamped(level + GREEN_BY_U * cb + GREEN_BY_V * cr);
        rgba[at + 2] = clamped(level + BLUE_BY_U * cb);
      }
    }
  }

  private static byte clamped(int value) {
    int whole = value >> 16;
    return (byte) (whole < 0 ? 0 : Math.min(whole, 255));
  }
}
