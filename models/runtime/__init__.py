"""The runtime: it runs .tflite networks on the CPU."""
