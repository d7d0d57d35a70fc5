"""Conversion: rewrites the official .tflite files so that every LiteRT or TFLite runtime runs them."""
