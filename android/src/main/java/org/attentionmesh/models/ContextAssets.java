package org.attentionmesh.models;

import android.content.res.AssetFileDescriptor;
import android.content.res.AssetManager;
import androidx.annotation.NonNull;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** An app's assets. A file that the APK stores without compression is mapped, not read. */
public final class ContextAssets implements AssetSource {
  private final AssetManager assets;

  public ContextAssets(@NonNull AssetManager assets) {
    this.assets = assets;
  }

  @Override
  @NonNull
  public ByteBuffer read(@NonNull String path) throws IOException {
    ByteBuffer mapped = mapped(path);
    return mapped != null ? mapped : direct(path);
  }

  private ByteBuffer mapped(String path) throws IOException {
    AssetFileDescriptor file;
    try {
      file = assets.openFd(path);
    } catch (FileNotFoundException compressedOrMissing) {
      return null;
    }
    try (FileInputStream stream = new FileInputStream(file.getFileDescriptor())) {
      return stream.getChannel().map(FileChannel.MapMode.READ_ONLY, file.getStartOffset(), file.getLength())
          .order(ByteOrder.nativeOrder());
    } finally {
      file.close();
    }
  }

  private ByteBuffer direct(String path) throws IOException {
    try (InputStream stream = assets.open(path)) {
      return Bytes.direct(Bytes.readAll(stream));
    }
  }

  @Override
  @NonNull
  public String[] list(@NonNull String folder) throws IOException {
    String[] names = assets.list(folder);
    return names == null ? new String[0] : names;
  }
}
