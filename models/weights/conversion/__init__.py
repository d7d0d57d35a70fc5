"""Rewrites the official .tflite files so that every LiteRT or TFLite runtime can run them, in batches."""
