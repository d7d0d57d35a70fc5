"""The compiler: makes a WebGPU program of a .tflite network. README.md explains its steps."""
