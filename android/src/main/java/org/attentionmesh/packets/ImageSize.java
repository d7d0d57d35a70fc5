package org.attentionmesh.packets;

/** Width and height of an image in pixels. */
public final class ImageSize {
  public int width;
  public int height;
}
