package org.attentionmesh.packets;

import androidx.annotation.NonNull;

/** A batch of tensors of one network's input or output: floats or bytes, item after item. */
public final class Tensor {
  /** By the signature of the network's file, or the tensor's own name if it has none; "" if unknown. */
  @NonNull public String name = "";
  @NonNull public float[] floats = new float[0];
  @NonNull public byte[] bytes = new byte[0];
  public boolean isBytes;
  /** Items in the batch. */
  public int items;
  /** Numbers per item. */
  public int length;

  /** Makes room; the numbers are those of an earlier batch. */
  public void resize(int newItems, int newLength, boolean ofBytes) {
    int total = newItems * newLength;
    if (ofBytes && bytes.length < total) {
      bytes = new byte[total];
    } else if (!ofBytes && floats.length < total) {
      floats = new float[total];
    }
    isBytes = ofBytes;
    items = newItems;
    length = newLength;
  }
}
