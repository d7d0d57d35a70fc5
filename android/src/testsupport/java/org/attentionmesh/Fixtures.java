package org.attentionmesh;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;

/** What the Python side wrote for these tests, in the folder of the property {@code attentionmesh.fixtures}. */
final class Fixtures {
  private Fixtures() {}

  static File folder() {
    return new File(System.getProperty("attentionmesh.fixtures"));
  }

  static FolderAssets assets() {
    return new FolderAssets(new File(folder(), "assets"));
  }

  private static ByteBuffer content(String name, String type) {
    try {
      ByteBuffer file =
          ByteBuffer.wrap(Files.readAllBytes(new File(folder(), name + ".npy").toPath())).order(ByteOrder.LITTLE_ENDIAN);
      int start = 10 + (file.getShort(8) & 0xffff);
      if (!new String(file.array(), 10, start - 10).contains(type)) {
        throw new IllegalStateException(name + " has another type than " + type);
      }
      file.position(start);
      return file.slice().order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException error) {
      throw new IllegalStateException("the Python side wrote no " + name, error);
    }
  }

  static boolean has(String name) {
    return new File(folder(), name + ".npy").isFile();
  }

  static float[] floats(String name) {
    ByteBuffer content = content(name, "<f4");
    float[] numbers = new float[content.remaining() / 4];
    content.asFloatBuffer().get(numbers);
    return numbers;
  }

  static long[] longs(String name) {
    ByteBuffer content = content(name, "<i8");
    long[] numbers = new long[content.remaining() / 8];
    content.asLongBuffer().get(numbers);
    return numbers;
  }

  static byte[] bytes(String name) {
    ByteBuffer content = content(name, "|u1");
    byte[] numbers = new byte[content.remaining()];
    content.get(numbers);
    return numbers;
  }

  /** Fails if two arrays differ by more than a tolerance anywhere. */
  static void assertClose(String what, float[] expected, float[] found, int length, double tolerance) {
    if (expected.length != length) {
      throw new AssertionError(what + ": " + length + " numbers; Python has " + expected.length);
    }
    double most = 0;
    for (int index = 0; index < length; index++) {
      most = Math.max(most, Math.abs(expected[index] - found[index]));
      if (!(Math.abs(expected[index] - found[index]) <= tolerance)) {
        throw new AssertionError(what + "[" + index + "] is " + found[index] + "; Python has " + expected[index]);
      }
    }
    if (System.getProperty("attentionmesh.gaps") != null) {
      System.out.println(what + ": largest gap " + most);
    }
  }
}
