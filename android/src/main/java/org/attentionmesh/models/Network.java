package org.attentionmesh.models;

import androidx.annotation.NonNull;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.attentionmesh.packets.Tensor;
import org.attentionmesh.packets.Tensors;
import org.tensorflow.lite.DataType;
import org.tensorflow.lite.InterpreterApi;

/**
 * A network behind {@code InterpreterApi}, which runs the items of a batch one after the other.
 *
 * <p>A larger batch would need an interpreter of its own and gains nothing; delegates of GPUs fix the batch
 * anyway. {@link #run} allocates nothing. One thread at a time may call it; with a GPU, always the same one.
 */
public final class Network implements AutoCloseable {
  private final InterpreterApi interpreter;
  private final String[] inputNames;
  private final ByteBuffer[] inputs;
  private final FloatBuffer[] inputFloats;
  private final ByteBuffer[] outputs;
  private final FloatBuffer[] outputFloats;
  private final Map<Integer, Object> outputMap = new HashMap<>();
  private final String[] outputNames;

  /**
   * Takes an interpreter of a batch of one.
   *
   * @throws IllegalArgumentException if a tensor is of another type than float32 or uint8, or an output of bytes.
   */
  Network(@NonNull InterpreterApi interpreter, @NonNull ModelFile file) {
    this.interpreter = interpreter;
    inputNames = file.inputs;
    interpreter.allocateTensors();
    inputs = new ByteBuffer[interpreter.getInputTensorCount()];
    inputFloats = new FloatBuffer[inputs.length];
    for (int index = 0; index < inputs.length; index++) {
      org.tensorflow.lite.Tensor tensor = interpreter.getInputTensor(index);
      inputs[index] = ByteBuffer.allocateDirect(tensor.numBytes()).order(ByteOrder.nativeOrder());
      if (tensor.dataType() == DataType.FLOAT32) {
        inputFloats[index] = inputs[index].asFloatBuffer();
      } else if (tensor.dataType() != DataType.UINT8) {
        throw new IllegalArgumentException("input " + index + " is " + tensor.dataType()
            + "; expected FLOAT32 or UINT8");
      }
    }
    outputs = new ByteBuffer[interpreter.getOutputTensorCount()];
    outputFloats = new FloatBuffer[outputs.length];
    outputNames = file.outputs;
    for (int index = 0; index < outputs.length; index++) {
      org.tensorflow.lite.Tensor tensor = interpreter.getOutputTensor(index);
      if (tensor.dataType() != DataType.FLOAT32) {
        throw new IllegalArgumentException("output " + index + " is " + tensor.dataType() + "; expected FLOAT32");
      }
      outputs[index] = ByteBuffer.allocateDirect(tensor.numBytes()).order(ByteOrder.nativeOrder());
      outputFloats[index] = outputs[index].asFloatBuffer();
      outputMap.put(index, outputs[index]);
    }
  }

  /** The position of an input by its name in the signature; -1 if there is none. */
  public int input(@NonNull String name) {
    return Arrays.asList(inputNames).indexOf(name);
  }

  public int inputCount() {
    return inputs.length;
  }

  /** Room for the outputs of {@link #run}, with their names. */
  @NonNull
  public Tensors newResults() {
    Tensors results = new Tensors(outputs.length);
    for (int index = 0; index < outputs.length; index++) {
      results.tensors[index].name = outputNames[index];
    }
    return results;
  }

  /**
   * Runs all items.
   *
   * @param results of {@link #newResults}, receives the outputs.
   * @param given one tensor per input, in the interpreter's order, with as many items each. Bytes for an input
   *     of floats are passed as fractions of 255, as the networks for GPUs take images.
   * @throws IllegalArgumentException if a tensor has the wrong size.
   */
  public void run(@NonNull Tensors results, @NonNull Tensor... given) {
    if (given.length != inputs.length) {
      throw new IllegalArgumentException("the network has " + inputs.length + " inputs; got " + given.length);
    }
    int items = given[0].items;
    for (int index = 0; index < outputs.length; index++) {
      results.tensors[index].resize(items, outputFloats[index].capacity(), false);
    }
    for (int item = 0; item < items; item++) {
      for (int index = 0; index < inputs.length; index++) {
        fill(index, given[index], item);
      }
      for (ByteBuffer output : outputs) {
        output.rewind();
      }
      interpreter.runForMultipleInputsOutputs(inputs, outputMap);
      for (int index = 0; index < outputs.length; index++) {
        FloatBuffer output = outputFloats[index];
        output.rewind();
        output.get(results.tensors[index].floats, item * output.capacity(), output.capacity());
      }
    }
  }

  private void fill(int index, Tensor tensor, int item) {
    ByteBuffer input = inputs[index];
    FloatBuffer floats = inputFloats[index];
    int expected = floats == null ? input.capacity() : floats.capacity();
    if (tensor.length != expected) {
      throw new IllegalArgumentException("input " + index + " takes " + expected + " numbers; got "
          + tensor.length);
    }
    int start = item * tensor.length;
    input.rewind();
    if (floats == null) {
      if (!tensor.isBytes) {
        throw new IllegalArgumentException("input " + index + " takes bytes; got floats");
      }
      input.put(tensor.bytes, start, tensor.length);
      input.rewind();
    } else if (tensor.isBytes) {
      for (int place = 0; place < tensor.length; place++) {
        floats.put(place, (tensor.bytes[start + place] & 255) / 255f);
      }
    } else {
      floats.rewind();
      floats.put(tensor.floats, start, tensor.length);
    }
  }

  @Override
  public void close() {
    interpreter.close();
  }
}
