package org.attentionmesh.packets;

import androidx.annotation.NonNull;

/** An upright image: RGBA bytes, row after row from the top left, without gaps; alpha is not read. */
public final class ImageFrame {
  @NonNull public byte[] rgba = new byte[0];
  public int width;
  public int height;

  /** Makes room for an image; its bytes are those of an earlier one. */
  public void resize(int newWidth, int newHeight) {
    int length = 4 * newWidth * newHeight;
    if (rgba.length < length) {
      rgba = new byte[length];
    }
    width = newWidth;
    height = newHeight;
  }
}
