package org.attentionmesh.graph;

import androidx.annotation.NonNull;
import androidx.annotation.Nullable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The message types of graph files: names and numbers of their fields, from a FileDescriptorSet.
 *
 * <p>protoc and the packager write the set from the project's .proto files and the options of its
 * calculators, so the names in errors are those of the graph's text. Generated classes of protobuf's lite
 * runtime know neither the names of fields nor which unknown ones a file has, and would bind an app to one
 * version of that runtime.
 */
public final class Schema {
  static final int DOUBLE = 1;
  static final int FLOAT = 2;
  static final int FIXED64 = 6;
  static final int FIXED32 = 7;
  static final int BOOL = 8;
  static final int STRING = 9;
  static final int MESSAGE = 11;
  static final int BYTES = 12;
  static final int ENUM = 14;
  static final int SFIXED32 = 15;
  static final int SFIXED64 = 16;
  static final int SINT32 = 17;
  static final int SINT64 = 18;

  /** A field of a message. */
  static final class Field {
    String name = "";
    int number;
    int type;
    boolean isRepeated;
    String typeName = "";
    String defaultValue = "";
    int oneof = -1;
  }

  /** A message type. */
  static final class Type {
    final String name;
    final Map<Integer, Field> byNumber = new HashMap<>();
    final Map<String, Field> byName = new HashMap<>();
    final List<String> oneofs = new ArrayList<>();

    Type(String name) {
      this.name = name;
    }

    Field field(String fieldName) {
      Field field = byName.get(fieldName);
      if (field == null) {
        throw new GraphException(name + " has no field " + fieldName + "; it has " + byName.keySet());
      }
      return field;
    }
  }

  private final Map<String, Type> types = new HashMap<>();
  private final Map<String, Map<String, Integer>> enums = new HashMap<>();

  /**
   * Reads a FileDescriptorSet.
   *
   * @throws GraphException if the bytes are none.
   */
  public Schema(@NonNull byte[] descriptorSet) {
    WireReader set = new WireReader(descriptorSet);
    while (set.next()) {
      if (set.field() == 1 && set.wireType() == WireReader.BYTES) {
        readFile(set.message());
      } else {
        throw new GraphException("the schema is no FileDescriptorSet: field " + set.field());
      }
    }
  }

  @NonNull
  Type type(@NonNull String name) {
    Type type = types.get(name);
    if (type == null) {
      throw new GraphException("the schema has no message " + name);
    }
    return type;
  }


  @Nullable
  String enumName(@NonNull String enumName, int number) {
    for (Map.Entry<String, Integer> entry : enums.get(enumName).entrySet()) {
      if (entry.getValue() == number) {
        return entry.getKey();
      }
    }
    return null;
  }

  private void readFile(WireReader file) {
    String prefix = "";
    List<WireReader> messages = new ArrayList<>();
    List<WireReader> enumTypes = new ArrayList<>();
    while (file.next()) {
      if (file.field() == 2) {
        prefix = file.string() + ".";
      } else if (file.field() == 4) {
        messages.add(file.message());
      } else if (file.field() == 5) {
        enumTypes.add(file.message());
      } else {
        file.skip();
      }
    }
    for (WireReader message : messages) {
      readMessage(message, prefix);
    }
    for (WireReader enumType : enumTypes) {
      readEnum(enumType, prefix);
    }
  }

  private void readMessage(WireReader message, String prefix) {
    String name = "";
    List<Field> fields = new ArrayList<>();
    List<String> oneofs = new ArrayList<>();
    List<WireReader> nested = new ArrayList<>();
    List<WireReader> enumTypes = new ArrayList<>();
    while (message.next()) {
      switch (message.field()) {
        case 1:
          name = message.string();
          break;
        case 2:
          fields.add(readField(message.message()));
          break;
        case 3:
          nested.add(message.message());
          break;
        case 4:
          enumTypes.add(message.message());
          break;
        case 8:
          oneofs.add(readName(message.message()));
          break;
        default:
          message.skip();
      }
    }
    Type type = new Type(prefix + name);
    type.oneofs.addAll(oneofs);
    for (Field field : fields) {
      type.byNumber.put(field.number, field);
      type.byName.put(field.name, field);
    }
    types.put(type.name, type);
    for (WireReader inner : nested) {
      readMessage(inner, type.name + ".");
    }
    for (WireReader enumType : enumTypes) {
      readEnum(enumType, type.name + ".");
    }
  }

  private static Field readField(WireReader reader) {
    Field field = new Field();
    while (reader.next()) {
      switch (reader.field()) {
        case 1:
          field.name = reader.string();
          break;
        case 3:
          field.number = (int) reader.varint();
          break;
        case 4:
          field.isRepeated = reader.varint() == 3;
          break;
        case 5:
          field.type = (int) reader.varint();
          break;
        case 6:
          field.typeName = reader.string().substring(1);
          break;
        case 7:
          field.defaultValue = reader.string();
          break;
        case 9:
          field.oneof = (int) reader.varint();
          break;
        default:
          reader.skip();
      }
    }
    return field;
  }

  private static String readName(WireReader reader) {
    String name = "";
    while (reader.next()) {
      if (reader.field() == 1) {
        name = reader.string();
      } else {
        reader.skip();
      }
    }
    return name;
  }

  private void readEnum(WireReader reader, String prefix) {
    String name = "";
    Map<String, Integer> values = new HashMap<>();
    while (reader.next()) {
      if (reader.field() == 1) {
        name = reader.string();
      } else if (reader.field() == 2) {
        WireReader value = reader.message();
        String valueName = "";
        int number = 0;
        while (value.next()) {
          if (value.field() == 1) {
            valueName = value.string();
          } else if (value.field() == 2) {
            number = (int) value.varint();
          } else {
            value.skip();
          }
        }
        values.put(valueName, number);
      } else {
        reader.skip();
      }
    }
    enums.put(prefix + name, values);
  }
}
