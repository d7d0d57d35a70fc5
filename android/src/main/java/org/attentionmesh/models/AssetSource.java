package org.attentionmesh.models;

import androidx.annotation.NonNull;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Where the archive's files come from. */
public interface AssetSource {
  /**
   * A file as a direct buffer in native order.
   *
   * @param path such as {@code attention_mesh/schema.binpb}.
   * @throws java.io.FileNotFoundException if there is no such file.
   */
  @NonNull
  ByteBuffer read(@NonNull String path) throws IOException;

  /** The names of the files in a folder; empty if there is none. */
  @NonNull
  String[] list(@NonNull String folder) throws IOException;
}
