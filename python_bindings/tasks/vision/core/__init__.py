"""What MediaPipe's vision tasks share: `image`, `image_processing_options`, `vision_task_running_mode`."""
