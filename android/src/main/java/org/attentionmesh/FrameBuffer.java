package org.attentionmesh;

import android.graphics.Bitmap;
import android.graphics.ImageFormat;
import android.media.Image;
import androidx.annotation.NonNull;
import java.nio.ByteBuffer;
import org.attentionmesh.packets.ImageFrame;

/** A frame on its way to the graph: its pixels, upright, and what belongs to them. The memory is used again. */
final class FrameBuffer {
  final ImageFrame image = new ImageFrame();
  long timestampMs;
  int quarters;
  int width;
  int height;
  /** Whether what is known of earlier frames is forgotten before this one. */
  boolean resetsFirst;

  private final YuvImage yuv = new YuvImage();
  private ByteBuffer scratch = ByteBuffer.allocate(0);
  private int start;
  private int across;
  private int down;

  /**
   * Takes a bitmap.
   *
   * @throws IllegalArgumentException if its pixels are not ARGB_8888, or it is recycled.
   */
  void take(@NonNull Bitmap bitmap, int newQuarters) {
    if (bitmap.isRecycled()) {
      throw new IllegalArgumentException("the bitmap is recycled; expected one with pixels");
    }
    if (bitmap.getConfig() != Bitmap.Config.ARGB_8888) {
      throw new IllegalArgumentException("the bitmap is " + bitmap.getConfig()
          + "; expected ARGB_8888: bitmap.copy(Bitmap.Config.ARGB_8888, false)");
    }
    resize(bitmap.getWidth(), bitmap.getHeight(), newQuarters);
    int stride = bitmap.getRowBytes();
    if (scratch.capacity() < stride * height) {
      scratch = ByteBuffer.allocate(stride * height);
    }
    scratch.clear();
    bitmap.copyPixelsToBuffer(scratch);
    writePacked(scratch.array(), stride, 4);
  }

  /**
   * Takes a buffer from its position on, which does not move.
   *
   * @throws IllegalArgumentException if it holds fewer bytes than the picture needs.
   */
  void take(@NonNull ByteBuffer pixels, @NonNull PixelFormat format, int newWidth, int newHeight, int newQuarters) {
    if (newWidth < 1 || newHeight < 1) {
      throw new IllegalArgumentException("the picture has " + newWidth + "x" + newHeight
          + " pixels; expected 1 or more each");
    }
    int bytes = format.bytes(newWidth, newHeight);
    if (pixels.remaining() < bytes) {
      throw new IllegalArgumentException("the buffer has " + pixels.remaining() + " bytes; " + format + " of "
          + newWidth + "x" + newHeight + " takes " + bytes);
    }
    resize(newWidth, newHeight, newQuarters);
    if (format == PixelFormat.NV21) {
      yuv.takeNv21(pixels, width, height);
      yuv.write(width, height, image.rgba, start, across, down);
      return;
    }
    if (scratch.capacity() < bytes) {
      scratch = ByteBuffer.allocate(bytes);
    }
    int position = pixels.position();
    pixels.get(scratch.array(), 0, bytes);
    pixels.position(position);
    int step = format == PixelFormat.RGBA ? 4 : 3;
    writePacked(scratch.array(), step * width, step);
  }

  /**
   * Takes a camera's picture.
   *
   * @throws IllegalArgumentException if its format is not YUV_420_888.
   */
  void take(@NonNull Image picture, int newQuarters) {
    if (picture.getFormat() != ImageFormat.YUV_420_888) {
      throw new IllegalArgumentException("the image has the format " + picture.getFormat()
          + "; expected ImageFormat.YUV_420_888");
    }
    resize(picture.getWidth(), picture.getHeight(), newQuarters);
    Image.Plane[] planes = picture.getPlanes();
    yuv.takePlanes(planes[0].getBuffer(), planes[0].getRowStride(), planes[1].getBuffer(), planes[2].getBuffer(),
        planes[1].getRowStride(), planes[1].getPixelStride());
    yuv.write(width, height, image.rgba, start, across, down);
  }

  /** Makes room for the turned picture, and computes where its pixels go. */
  private void resize(int newWidth, int newHeight, int newQuarters) {
    width = newWidth;
    height = newHeight;
    quarters = newQuarters;
    boolean isTurned = quarters % 2 == 1;
    image.resize(isTurned ? height : width, isTurned ? width : height);
    int row = 4 * image.width;
    switch (quarters) {
      case 0:
        place(0, 4, row);
        break;
      case 1:
        place(4 * (height - 1), row, -4);
        break;
      case 2:
        place(row * (height - 1) + 4 * (width - 1), -4, -row);
        break;
      default:
        place(row * (width - 1), -row, 4);
    }
  }

  private void place(int newStart, int newAcross, int newDown) {
    start = newStart;
    across = newAcross;
    down = newDown;
  }

  private void writePacked(byte[] source, int stride, int step) {
    byte[] rgba = image.rgba;
    if (across == 4 && step == 4) {
      for (int row = 0; row < height; row++) {
        System.arraycopy(source, row * stride, rgba, row * down, 4 * width);
      }
      return;
    }
    for (int row = 0; row < height; row++) {
      int at = start + row * down;
      int from = row * stride;
      for (int column = 0; column < width; column++, at += across, from += step) {
        rgba[at] = source[from];
        rgba[at + 1] = source[from + 1];
        rgba[at + 2] = source[from + 2];
      }
    }
  }
}
