package org.attentionmesh.graph;

import androidx.annotation.NonNull;
import java.nio.charset.Charset;

/**
 * Protobuf's wire format, read field by field.
 *
 * <p>Source: the page "Encoding" of Protocol Buffers. {@link #next} moves to the next field; then exactly one
 * of the readers, or {@link #skip}, takes its value.
 */
final class WireReader {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int BYTES = 2;
  static final int FIXED32 = 5;

  private static final Charset UTF_8 = Charset.forName("UTF-8");

  private final byte[] data;
  private int place;
  private final int end;
  private int tag;

  WireReader(@NonNull byte[] data) {
    this(data, 0, data.length);
  }

  private WireReader(byte[] data, int start, int end) {
    this.data = data;
    this.place = start;
    this.end = end;
  }

  /** Moves to the next field; false at the end. */
  boolean next() {
    if (place >= end) {
      return false;
    }
    tag = (int) varint();
    return true;
  }

  boolean isAtEnd() {
    return place >= end;
  }

  int field() {
    return tag >>> 3;
  }

  int wireType() {
    return tag & 7;
  }

  long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte part = data[take(1)];
      value |= (long) (part & 0x7f) << shift;
      if (part >= 0) {
        return value;
      }
    }
    throw new GraphException("a number of the file has more than ten bytes; the file is damaged");
  }

  int fixed32() {
    int at = take(4);
    return (data[at] & 255) | (data[at + 1] & 255) << 8 | (data[at + 2] & 255) << 16 | (data[at + 3] & 255) << 24;
  }

  long fixed64() {
    long low = fixed32() & 0xffffffffL;
    return low | (long) fixed32() << 32;
  }

  /** The content of a length-delimited field, as a reader of its own. */
  WireReader message() {
    int length = (int) varint();
    int start = take(length);
    return new WireReader(data, start, start + length);
  }

  byte[] bytes() {
    int length = (int) varint();
    int start = take(length);
    byte[] content = new byte[length];
    System.arraycopy(data, start, content, 0, length);
    return content;
  }

  String string() {
    int length = (int) varint();
    return new String(data, take(length), length, UTF_8);
  }

  void skip() {
    switch (wireType()) {
      case VARINT:
        varint();
        break;
      case FIXED64:
        take(8);
        break;
      case BYTES:
        take((int) varint());
        break;
      case FIXED32:
        take(4);
        break;
      default:
        throw new GraphException("field " + field() + " has the unknown wire type " + wireType());
    }
  }

  private int take(int length) {
    if (length < 0 || length > end - place) {
      throw new GraphException("the file ends in the middle of field " + field() + "; it is truncated");
    }
    int start = place;
    place += length;
    return start;
  }
}
