"""Networks for other runtimes: TFLite, ONNX, SavedModel."""
