package org.attentionmesh.packets;

import androidx.annotation.NonNull;
import androidx.annotation.Nullable;
import org.attentionmesh.graph.Copyable;

/** Width and height of an image in pixels. */
public final class ImageSize implements Copyable<ImageSize> {
  public int width;
  public int height;

  @Override
  @NonNull
  public ImageSize copyTo(@Nullable ImageSize target) {
    ImageSize copy = target == null ? new ImageSize() : target;
    copy.width = width;
    copy.height = height;
    return copy;
  }
}
