package org.attentionmesh;

/** How pixels lie in a buffer. */
public enum PixelFormat {
  /** Four bytes per pixel, row after row without gaps; alpha is not read. */
  RGBA,
  /** Three bytes per pixel, row after row without gaps. */
  RGB,
  /**
   * YCbCr 4:2:0 as Android's cameras give it: the plane of Y, then V and U in turn, each for two by two pixels.
   * BT.601 in full range, as in JPEG.
   */
  NV21;

  int bytes(int width, int height) {
    int pixels = width * height;
    switch (this) {
      case RGBA:
        return 4 * pixels;
      case RGB:
        return 3 * pixels;
      default:
        return pixels + 2 * ((width + 1) / 2) * ((height + 1) / 2);
    }
  }
}
