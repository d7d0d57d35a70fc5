package org.attentionmesh.graph;

import androidx.annotation.NonNull;

/** An output stream of a calculator. */
public final class Output<T> {
  final String tag;
  private Stream stream;

  Output(String tag) {
    this.tag = tag;
  }

  void connect(Stream connected) {
    stream = connected;
  }

  public boolean isConnected() {
    return stream != null;
  }

  /** Sends a value at the current timestamp; without a connection nothing happens. */
  public void send(@NonNull T value) {
    if (stream != null) {
      stream.value = value;
    }
  }
}
