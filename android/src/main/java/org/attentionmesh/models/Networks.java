package org.attentionmesh.models;

import androidx.annotation.NonNull;
import androidx.annotation.Nullable;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.HashMap;
import java.util.Map;
import org.attentionmesh.Device;
import org.attentionmesh.FaceMeshException;
import org.attentionmesh.FaceMeshException.Kind;
import org.tensorflow.lite.DelegateFactory;
import org.tensorflow.lite.InterpreterApi;

/**
 * The networks of a face mesh: each file is opened once, whichever nodes run it.
 *
 * <p>Only {@code org.tensorflow.lite.InterpreterApi} is known here. The app brings the runtime behind it: LiteRT,
 * TFLite, or that of Google Play services.
 */
public final class Networks implements AutoCloseable {
  private static final String GPU_FACTORY = "org.tensorflow.lite.gpu.GpuDelegateFactory";
  private static final int MOST_THREADS = 4;

  /** A file that has been looked at, and its network after the first use. */
  private static final class Entry {
    final String name;
    final ByteBuffer content;
    final ModelFile file;
    @Nullable Network network;

    Entry(String name, ByteBuffer content, ModelFile file) {
      this.name = name;
      this.content = content;
      this.file = file;
    }
  }

  private final AssetSource assets;
  private final Device device;
  private final int threads;
  private final Map<String, Entry> entries = new HashMap<>();

  /**
   * Makes an empty set.
   *
   * @param threads of the CPU; 0 for half of the processors, at most four.
   */
  public Networks(@NonNull AssetSource assets, @NonNull Device device, int threads) {
    this.assets = assets;
    this.device = device;
    int half = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    this.threads = threads > 0 ? threads : Math.min(MOST_THREADS, half);
  }

  /**
   * Looks for a file and checks it, without opening the network.
   *
   * @param name of a network of the archive, such as {@code blendshapes}, or the path of a .tflite file.
   * @throws FaceMeshException MISSING_ASSET or BAD_MODEL.
   */
  public void check(@NonNull String name) {
    entry(name);
  }

  /**
   * A network; it is opened at the first call.
   *
   * @throws FaceMeshException MISSING_ASSET, BAD_MODEL, NO_RUNTIME or NO_GPU.
   */
  @NonNull
  public Network open(@NonNull String name) {
    Entry entry = entry(name);
    if (entry.network == null) {
      entry.network = create(entry);
    }
    return entry.network;
  }

  private Entry entry(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      ByteBuffer content = content(name);
      try {
        entry = new Entry(name, content, new ModelFile(content));
      } catch (IllegalArgumentException error) {
        throw new FaceMeshException(Kind.BAD_MODEL, "the network " + name + ": " + error.getMessage(), error);
      }
      entries.put(name, entry);
    }
    return entry;
  }

  private ByteBuffer content(String name) {
    try {
      if (name.indexOf('/') >= 0) {
        return mapped(new File(name));
      }
      if (device != Device.CPU) {
        try {
          return assets.read("attention_mesh/models/" + name + "_gpu.tflite");
        } catch (FileNotFoundException noOtherForm) {
          // The CPU's form runs on a GPU too.
        }
      }
      return assets.read("attention_mesh/models/" + name + ".tflite");
    } catch (IOException error) {
      throw new FaceMeshException(Kind.MISSING_ASSET, "the network " + name + " is not there: "
          + error.getMessage() + "; the archive has it in assets/attention_mesh/models", error);
    }
  }

  private static ByteBuffer mapped(File file) throws IOException {
    try (FileInputStream stream = new FileInputStream(file)) {
      return stream.getChannel().map(FileChannel.MapMode.READ_ONLY, 0, file.length())
          .order(ByteOrder.nativeOrder());
    }
  }

  private Network create(Entry entry) {
    if (device == Device.CPU) {
      return create(entry, null);
    }
    try {
      return create(entry, gpu());
    } catch (FaceMeshException error) {
      if (device == Device.GPU || error.kind() == Kind.NO_RUNTIME) {
        throw error;
      }
      return create(entry, null);
    }
  }

  /** The factory of TFLite's and LiteRT's GPU delegate, which an app may have or not. */
  private static DelegateFactory gpu() {
    try {
      return (DelegateFactory) Class.forName(GPU_FACTORY).getConstructor().newInstance();
    } catch (ReflectiveOperationException | LinkageError | ClassCastException error) {
      throw new FaceMeshException(Kind.NO_GPU, "there is no " + GPU_FACTORY + " in the app: add litert-gpu, or "
          + "use the CPU", error);
    }
  }

  private Network create(Entry entry, @Nullable DelegateFactory gpu) {
    InterpreterApi.Options options = new InterpreterApi.Options().setNumThreads(threads);
    if (gpu != null) {
      options.addDelegateFactory(gpu);
    }
    InterpreterApi interpreter;
    try {
      interpreter = InterpreterApi.create(entry.content, options);
    } catch (IllegalStateException | LinkageError error) {
      throw new FaceMeshException(Kind.NO_RUNTIME, "no runtime behind InterpreterApi: add LiteRT or TFLite to the "
          + "app (" + error.getMessage() + ")", error);
    } catch (RuntimeException error) {
      throw new FaceMeshException(gpu == null ? Kind.BAD_MODEL : Kind.NO_GPU, "the network " + entry.name
          + (gpu == null ? " cannot be run: " : " does not run on the GPU: ") + error.getMessage(), error);
    }
    try {
      return new Network(interpreter, entry.file);
    } catch (RuntimeException error) {
      interpreter.close();
      throw new FaceMeshException(gpu == null ? Kind.BAD_MODEL : Kind.NO_GPU, "the network " + entry.name + ": "
          + error.getMessage(), error);
    }
  }

  @Override
  public void close() {
    for (Entry entry : entries.values()) {
      if (entry.network != null) {
        entry.network.close();
      }
    }
    entries.clear();
  }
}
