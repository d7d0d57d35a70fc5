"""The Python API: our own landmarker, the drop-in solutions, and MediaPipe's framework names."""
