package org.attentionmesh.graph;

import androidx.annotation.NonNull;
import androidx.annotation.Nullable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A protobuf message by the names of its fields; a field that the schema does not know is an error. */
public final class Message {
  private final Schema schema;
  private final Schema.Type type;
  private final Map<String, List<Object>> values = new LinkedHashMap<>();

  /**
   * Reads a message.
   *
   * @param name of its type, such as {@code mediapipe.CalculatorGraphConfig}.
   * @throws GraphException if the schema has no such type, the data is damaged, or a field is unknown.
   */
  public Message(@NonNull Schema schema, @NonNull String name, @NonNull byte[] data) {
    this(schema, schema.type(name), new WireReader(data));
  }

  private Message(Schema schema, Schema.Type type, WireReader reader) {
    this.schema = schema;
    this.type = type;
    while (reader.next()) {
      Schema.Field field = type.byNumber.get(reader.field());
      if (field == null) {
        throw new GraphException(type.name + " has no field with the number " + reader.field()
            + ": the graph is newer than this library");
      }
      List<Object> list = values.get(field.name);
      if (list == null) {
        list = new ArrayList<>();
        values.put(field.name, list);
      }
      if (!field.isRepeated) {
        list.clear();
      }
      boolean isPacked = reader.wireType() == WireReader.BYTES && field.type != Schema.STRING
          && field.type != Schema.BYTES && field.type != Schema.MESSAGE;
      if (isPacked) {
        WireReader packed = reader.message();
        while (!packed.isAtEnd()) {
          list.add(readScalar(field, packed));
        }
      } else {
        list.add(readScalar(field, reader));
      }
    }
  }

  private Object readScalar(Schema.Field field, WireReader reader) {
    switch (field.type) {
      case Schema.DOUBLE:
        return Double.longBitsToDouble(reader.fixed64());
      case Schema.FLOAT:
        return (double) Float.intBitsToFloat(reader.fixed32());
      case Schema.FIXED64:
      case Schema.SFIXED64:
        return reader.fixed64();
      case Schema.FIXED32:
      case Schema.SFIXED32:
        return (long) reader.fixed32();
      case Schema.STRING:
        return reader.string();
      case Schema.BYTES:
        return reader.bytes();
      case Schema.MESSAGE:
        return new Message(schema, schema.type(field.typeName), reader.message());
      case Schema.SINT32:
      case Schema.SINT64:
        long zigzag = reader.varint();
        return zigzag >>> 1 ^ -(zigzag & 1);
      default:
        return reader.varint();
    }
  }

  @NonNull
  public String typeName() {
    return type.name;
  }

  /** The names of the fields that the data sets. */
  @NonNull
  public Iterable<String> setFields() {
    return Collections.unmodifiableSet(values.keySet());
  }

  public boolean has(@NonNull String field) {
    type.field(field);
    return values.containsKey(field);
  }

  /** The name of the field that a oneof holds, or null. */
  @Nullable
  public String oneof(@NonNull String name) {
    int index = type.oneofs.indexOf(name);
    if (index < 0) {
      throw new GraphException(type.name + " has no oneof " + name);
    }
    for (String field : values.keySet()) {
      if (type.field(field).oneof == index) {
        return field;
      }
    }
    return null;
  }

  public double getDouble(@NonNull String field) {
    Object value = single(field);
    String text = type.field(field).defaultValue;
    return value != null ? ((Number) value).doubleValue() : text.isEmpty() ? 0 : Double.parseDouble(text);
  }

  public float getFloat(@NonNull String field) {
    return (float) getDouble(field);
  }

  public int getInt(@NonNull String field) {
    Object value = single(field);
    String text = type.field(field).defaultValue;
    return value != null ? (int) (long) (Long) value : text.isEmpty() ? 0 : (int) Long.parseLong(text);
  }

  public boolean getBool(@NonNull String field) {
    Object value = single(field);
    return value != null ? (Long) value != 0 : type.field(field).defaultValue.equals("true");
  }

  @NonNull
  public String getString(@NonNull String field) {
    Object value = single(field);
    return value != null ? (String) value : type.field(field).defaultValue;
  }

  @NonNull
  public byte[] getBytes(@NonNull String field) {
    Object value = single(field);
    return value != null ? (byte[]) value : new byte[0];
  }

  /** The name of an enum's value; of a field that is not set, its default's. */
  @NonNull
  public String getEnum(@NonNull String field) {
    Object value = single(field);
    Schema.Field declared = type.field(field);
    if (value == null && !declared.defaultValue.isEmpty()) {
      return declared.defaultValue;
    }
    int number = value == null ? 0 : (int) (long) (Long) value;
    String name = schema.enumName(declared.typeName, number);
    if (name == null) {
      throw new GraphException(type.name + "." + field + " has the unknown value " + number);
    }
    return name;
  }

  /** A message field, empty if it is not set. */
  @NonNull
  public Message getMessage(@NonNull String field) {
    Object value = single(field);
    return value != null ? (Message) value : new Message(schema, type.field(field).typeName, new byte[0]);
  }

  /** All values of a repeated field: Long, Double, String or Message. */
  @NonNull
  public List<Object> getList(@NonNull String field) {
    type.field(field);
    List<Object> list = values.get(field);
    return list == null ? Collections.emptyList() : list;
  }

  @Nullable
  private Object single(String field) {
    List<Object> list = getList(field);
    return list.isEmpty() ? null : list.get(list.size() - 1);
  }
}
