"""Export: writes a network for other runtimes, as TFLite, ONNX, SavedModel or a .task bundle."""
