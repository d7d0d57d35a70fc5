package org.attentionmesh.models;

import androidx.annotation.NonNull;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Whole files as bytes. */
final class Bytes {
  private Bytes() {}

  @NonNull
  static byte[] readAll(@NonNull InputStream stream) throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    byte[] part = new byte[1 << 16];
    for (int length = stream.read(part); length >= 0; length = stream.read(part)) {
      content.write(part, 0, length);
    }
    return content.toByteArray();
  }

  /** A direct buffer in native order, as runtimes need a model. */
  @NonNull
  static ByteBuffer direct(@NonNull byte[] content) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(content.length).order(ByteOrder.nativeOrder());
    buffer.put(content);
    buffer.rewind();
    return buffer;
  }

  @NonNull
  static byte[] of(@NonNull ByteBuffer buffer) {
    byte[] content = new byte[buffer.capacity()];
    ByteBuffer whole = buffer.duplicate();
    whole.rewind();
    whole.get(content);
    return content;
  }
}
