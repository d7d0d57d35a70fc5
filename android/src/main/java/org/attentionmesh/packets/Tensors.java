package org.attentionmesh.packets;

import androidx.annotation.NonNull;
import androidx.annotation.Nullable;

/** The inputs or outputs of a network, each with the items of one batch. */
public final class Tensors {
  @NonNull public final Tensor[] tensors;

  public Tensors(int count) {
    tensors = new Tensor[count];
    for (int index = 0; index < count; index++) {
      tensors[index] = new Tensor();
    }
  }

  /** The tensor of a name, or null. */
  @Nullable
  public Tensor named(@NonNull String name) {
    for (Tensor tensor : tensors) {
      if (tensor.name.equals(name)) {
        return tensor;
      }
    }
    return null;
  }
}
