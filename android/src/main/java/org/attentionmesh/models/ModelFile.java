package org.attentionmesh.models;

import androidx.annotation.NonNull;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;

/**
 * A .tflite file: the names of its inputs and outputs, from its signature.
 *
 * <p>{@code InterpreterApi} knows positions and the names of tensors, which exporters make up; what an input is
 * for is in the file's signature. A file without one, such as the official networks, gives its tensors' names.
 * The constructor also checks that no table or buffer reaches beyond the end, as a runtime may not. Source: the
 * FlatBuffers schema of TFLite, version 3.
 */
public final class ModelFile {
  private static final int MODEL_SUBGRAPHS = 2;
  private static final int MODEL_BUFFERS = 4;
  private static final int MODEL_SIGNATURES = 7;
  private static final int GRAPH_TENSORS = 0;
  private static final int GRAPH_INPUTS = 1;
  private static final int GRAPH_OUTPUTS = 2;
  private static final int TENSOR_NAME = 3;
  private static final int SIGNATURE_INPUTS = 0;
  private static final int SIGNATURE_OUTPUTS = 1;
  private static final int MAP_NAME = 0;
  private static final int MAP_TENSOR = 1;

  /** The names in the order of the interpreter's inputs and outputs. */
  @NonNull public final String[] inputs;
  @NonNull public final String[] outputs;

  private final ByteBuffer data;

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException if it is truncated or no .tflite file.
   */
  public ModelFile(@NonNull ByteBuffer content) {
    data = content.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    try {
      if (data.capacity() < 8 || data.getInt(4) != ('T' | 'F' << 8 | 'L' << 16 | '3' << 24)) {
        throw new IllegalArgumentException("it is no .tflite file");
      }
      int model = data.getInt(0);
      int graph = element(field(model, MODEL_SUBGRAPHS), 0);
      int signatures = field(model, MODEL_SIGNATURES);
      int signature = signatures != 0 && count(signatures) > 0 ? element(signatures, 0) : 0;
      inputs = names(graph, GRAPH_INPUTS, signature, SIGNATURE_INPUTS);
      outputs = names(graph, GRAPH_OUTPUTS, signature, SIGNATURE_OUTPUTS);
      int buffers = field(model, MODEL_BUFFERS);
      for (int index = 0; index < count(buffers); index++) {
        int bytes = field(element(buffers, index), 0);
        if (bytes != 0 && (count(bytes) < 0 || count(bytes) > data.capacity() - bytes - 4)) {
          throw new IllegalArgumentException("it is truncated: buffer " + index + " ends beyond the file");
        }
      }
    } catch (IndexOutOfBoundsException error) {
      throw new IllegalArgumentException("it is truncated: a table lies beyond the end of the file", error);
    }
  }

  private String[] names(int graph, int graphField, int signature, int signatureField) {
    int places = field(graph, graphField);
    String[] names = new String[count(places)];
    for (int index = 0; index < names.length; index++) {
      int tensor = data.getInt(places + 4 + 4 * index);
      names[index] = string(field(element(field(graph, GRAPH_TENSORS), tensor), TENSOR_NAME));
      int maps = signature == 0 ? 0 : field(signature, signatureField);
      for (int map = 0; maps != 0 && map < count(maps); map++) {
        int entry = element(maps, map);
        int place = slot(entry, MAP_TENSOR);
        if ((place == 0 ? 0 : data.getInt(place)) == tensor) {
          names[index] = string(field(entry, MAP_NAME));
        }
      }
    }
    return names;
  }

  /** Where a table's field lies; 0 if it is not set. */
  private int slot(int table, int field) {
    int vtable = table - data.getInt(table);
    int at = 4 + 2 * field;
    int offset = at < data.getShort(vtable) ? data.getShort(vtable + at) : 0;
    return offset == 0 ? 0 : table + offset;
  }

  /** The place to which a table's field leads; 0 if it is not set. */
  private int field(int table, int field) {
    int slot = slot(table, field);
    return slot == 0 ? 0 : slot + data.getInt(slot);
  }

  private int count(int vector) {
    return data.getInt(vector);
  }

  /** A table in a vector of tables. */
  private int element(int vector, int index) {
    if (vector == 0 || index < 0 || index >= count(vector)) {
      throw new IndexOutOfBoundsException();
    }
    int slot = vector + 4 + 4 * index;
    return slot + data.getInt(slot);
  }

  private String string(int at) {
    if (at == 0) {
      return "";
    }
    byte[] text = new byte[Math.min(data.getInt(at), 1 << 16)];
    for (int index = 0; index < text.length; index++) {
      text[index] = data.get(at + 4 + index);
    }
    return new String(text, Charset.forName("UTF-8"));
  }
}
