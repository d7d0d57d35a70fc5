"""Runs a .tflite file on the CPU."""
