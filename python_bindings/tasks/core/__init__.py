"""What all of MediaPipe's tasks share: `base_options`."""
