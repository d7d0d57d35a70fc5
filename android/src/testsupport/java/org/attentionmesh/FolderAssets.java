package org.attentionmesh;

import androidx.annotation.NonNull;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.attentionmesh.models.AssetSource;

/** The archive's files in a folder; a test may replace one, or take it away. */
final class FolderAssets implements AssetSource {
  private final File folder;
  private final Map<String, byte[]> replaced = new HashMap<>();

  FolderAssets(File folder) {
    this.folder = folder;
  }

  /** Another content for a file; null makes it missing. */
  FolderAssets with(String path, byte[] content) {
    replaced.put(path, content);
    return this;
  }

  byte[] bytes(String path) throws IOException {
    if (replaced.containsKey(path)) {
      if (replaced.get(path) == null) {
        throw new FileNotFoundException(path);
      }
      return replaced.get(path);
    }
    File file = new File(folder, path);
    if (!file.isFile()) {
      throw new FileNotFoundException(path);
    }
    return Files.readAllBytes(file.toPath());
  }

  @Override
  @NonNull
  public ByteBuffer read(@NonNull String path) throws IOException {
    byte[] content = bytes(path);
    ByteBuffer buffer = ByteBuffer.allocateDirect(content.length).order(ByteOrder.nativeOrder());
    buffer.put(content);
    buffer.rewind();
    return buffer;
  }

  @Override
  @NonNull
  public String[] list(@NonNull String path) {
    String[] names = new File(folder, path).list();
    if (names == null) {
      return new String[0];
    }
    Arrays.sort(names);
    return names;
  }
}
