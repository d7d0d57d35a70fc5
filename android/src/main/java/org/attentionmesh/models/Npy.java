package org.attentionmesh.models;

import androidx.annotation.NonNull;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;

/** NumPy's .npy files of little-endian float32 in C order. Source: NEP 1, format 1.0. */
final class Npy {
  private static final int HEADER_START = 10;

  private Npy() {}

  /**
   * The numbers of an array, the last axis running fastest.
   *
   * @throws IllegalArgumentException if the file is damaged or has another type of array.
   */
  @NonNull
  static float[] read(@NonNull ByteBuffer content) {
    ByteBuffer file = content.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    byte[] start = new byte[HEADER_START];
    try {
      file.get(start);
      byte[] header = new byte[file.getShort(HEADER_START - 2) & 0xffff];
      file.get(header);
      String text = new String(header, Charset.forName("US-ASCII"));
      if (start[1] != 'N' || start[6] != 1 || !text.contains("'<f4'") || text.contains("'fortran_order': True")) {
        throw new IllegalArgumentException("it is no array of little-endian float32 in C order");
      }
    } catch (BufferUnderflowException error) {
      throw new IllegalArgumentException("it is truncated", error);
    }
    float[] numbers = new float[file.remaining() / 4];
    file.asFloatBuffer().get(numbers);
    return numbers;
  }
}
