package org.tensorflow.lite;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorflowlite.BuiltinOpResolver;
import org.bytedeco.tensorflowlite.FlatBufferModel;
import org.bytedeco.tensorflowlite.InterpreterBuilder;
import org.bytedeco.tensorflowlite.TfLiteTensor;
import org.tensorflow.lite.nnapi.NnApiDelegate;

/**
 * The runtime of the tests: JavaCPP's TFLite on a JVM.
 *
 * <p>{@link InterpreterApi} looks for a class of this name, which TFLite's and LiteRT's archives have for devices.
 */
public final class InterpreterFactoryImpl implements InterpreterFactoryApi {
  public InterpreterFactoryImpl() {}

  @Override
  public InterpreterApi create(File file, InterpreterApi.Options options) {
    try {
      byte[] content = Files.readAllBytes(file.toPath());
      ByteBuffer buffer = ByteBuffer.allocateDirect(content.length);
      buffer.put(content).rewind();
      return create(buffer, options);
    } catch (IOException error) {
      throw new IllegalArgumentException(file + " cannot be read", error);
    }
  }

  @Override
  public InterpreterApi create(ByteBuffer content, InterpreterApi.Options options) {
    return new NativeInterpreter(content, options);
  }

  @Override
  public String runtimeVersion() {
    return "2.21.0";
  }

  @Override
  public String schemaVersion() {
    return "3";
  }

  @Override
  public NnApiDelegate.PrivateInterface createNnApiDelegateImpl(NnApiDelegate.Options options) {
    throw new UnsupportedOperationException("there is no NNAPI on a JVM");
  }

  /**
   * A tensor's memory, which is looked at again only after it has moved, so that a run allocates nothing.
   *
   * <p>An output whose size the runtime learns from the first run has none before.
   */
  private static final class Memory {
    /** In {@code TfLiteTensor}: the type, padding, and then the address of the data. */
    private static final int DATA = 1;

    private final TfLiteTensor tensor;
    private final LongPointer fields;
    private ByteBuffer bytes;
    private long address;

    Memory(TfLiteTensor tensor) {
      this.tensor = tensor;
      fields = new LongPointer(tensor);
    }

    ByteBuffer bytes() {
      long now = fields.get(DATA);
      if (bytes == null || now != address) {
        Pointer data = tensor.data().data();
        if (data == null || data.address() != now) {
          throw new IllegalStateException("the tensor has no memory, or TfLiteTensor has another layout");
        }
        bytes = data.capacity(tensor.bytes()).asByteBuffer();
        address = now;
      }
      bytes.rewind();
      return bytes;
    }
  }

  /** An interpreter of a model in memory. */
  private static final class NativeInterpreter implements InterpreterApi {
    private final BytePointer content;
    private final FlatBufferModel model;
    private final BuiltinOpResolver resolver = new BuiltinOpResolver();
    private final org.bytedeco.tensorflowlite.Interpreter interpreter =
        new org.bytedeco.tensorflowlite.Interpreter((Pointer) null);
    private Memory[] inputs;
    private Memory[] outputs;

    NativeInterpreter(ByteBuffer bytes, Options options) {
      content = new BytePointer(bytes);
      model = FlatBufferModel.VerifyAndBuildFromBuffer(content, bytes.capacity());
      if (model == null || model.isNull()) {
        throw new IllegalArgumentException("the bytes are no model");
      }
      if (!options.getDelegateFactories().isEmpty() || !options.getDelegates().isEmpty()) {
        throw new IllegalArgumentException("there is no delegate on a JVM");
      }
      InterpreterBuilder builder = new InterpreterBuilder(model, resolver);
      builder.SetNumThreads(Math.max(1, options.getNumThreads()));
      if (builder.apply(interpreter) != 0) {
        throw new IllegalArgumentException("the model has an operator that the runtime does not know");
      }
    }

    @Override
    public void allocateTensors() {
      if (interpreter.AllocateTensors() != 0) {
        throw new IllegalStateException("the tensors cannot be allocated");
      }
      inputs = new Memory[getInputTensorCount()];
      for (int index = 0; index < inputs.length; index++) {
        inputs[index] = new Memory(interpreter.input_tensor(index));
      }
      outputs = new Memory[getOutputTensorCount()];
      for (int index = 0; index < outputs.length; index++) {
        outputs[index] = new Memory(interpreter.output_tensor(index));
      }
    }

    @Override
    public void run(Object input, Object output) {
      Map<Integer, Object> results = new HashMap<>();
      results.put(0, output);
      runForMultipleInputsOutputs(new Object[] {input}, results);
    }

    @Override
    public void runForMultipleInputsOutputs(Object[] given, Map<Integer, Object> results) {
      for (int index = 0; index < inputs.length; index++) {
        ByteBuffer source = (ByteBuffer) given[index];
        ByteBuffer target = inputs[index].bytes();
        if (source.remaining() != target.capacity()) {
          throw new IllegalArgumentException("input " + index + " takes " + target.capacity() + " bytes; got "
              + source.remaining());
        }
        int position = source.position();
        target.put(source);
        source.position(position);
      }
      if (interpreter.Invoke() != 0) {
        throw new IllegalStateException("the network failed");
      }
      for (int index = 0; index < outputs.length; index++) {
        ByteBuffer target = (ByteBuffer) results.get(index);
        if (target != null) {
          target.put(outputs[index].bytes());
        }
      }
    }

    @Override
    public void resizeInput(int index, int[] shape) {
      resizeInput(index, shape, false);
    }

    @Override
    public void resizeInput(int index, int[] shape, boolean isStrict) {
      throw new UnsupportedOperationException("the library does not resize inputs");
    }

    @Override
    public int getInputTensorCount() {
      return (int) interpreter.inputs().limit();
    }

    @Override
    public int getOutputTensorCount() {
      return (int) interpreter.outputs().limit();
    }

    @Override
    public int getInputIndex(String name) {
      throw new UnsupportedOperationException("the library reads names from the file");
    }

    @Override
    public int getOutputIndex(String name) {
      throw new UnsupportedOperationException("the library reads names from the file");
    }

    @Override
    public Tensor getInputTensor(int index) {
      return new NativeTensor(interpreter.input_tensor(index), index);
    }

    @Override
    public Tensor getOutputTensor(int index) {
      return new NativeTensor(interpreter.output_tensor(index), index);
    }

    @Override
    public Long getLastNativeInferenceDurationNanoseconds() {
      return null;
    }

    @Override
    public void close() {
      interpreter.close();
      model.close();
      content.close();
    }
  }

  /** A tensor's description. */
  private static final class NativeTensor implements Tensor {
    private static final int FLOAT32 = 1;
    private static final int UINT8 = 3;

    private final TfLiteTensor tensor;
    private final int index;

    NativeTensor(TfLiteTensor tensor, int index) {
      this.tensor = tensor;
      this.index = index;
    }

    @Override
    public DataType dataType() {
      switch (tensor.type()) {
        case FLOAT32:
          return DataType.FLOAT32;
        case UINT8:
          return DataType.UINT8;
        default:
          throw new UnsupportedOperationException("tensor type " + tensor.type());
      }
    }

    @Override
    public int numDimensions() {
      return tensor.dims().size();
    }

    @Override
    public int numBytes() {
      return (int) tensor.bytes();
    }

    @Override
    public int numElements() {
      return numBytes() / dataType().byteSize();
    }

    @Override
    public int[] shape() {
      int[] shape = new int[numDimensions()];
      for (int axis = 0; axis < shape.length; axis++) {
        shape[axis] = tensor.dims().data(axis);
      }
      return shape;
    }

    @Override
    public int[] shapeSignature() {
      return shape();
    }

    @Override
    public int index() {
      return index;
    }

    @Override
    public String name() {
      return tensor.name().getString();
    }

    @Override
    public QuantizationParams quantizationParams() {
      return new QuantizationParams(0f, 0);
    }

    @Override
    public ByteBuffer asReadOnlyBuffer() {
      throw new UnsupportedOperationException("the library reads outputs into buffers of its own");
    }
  }
}
