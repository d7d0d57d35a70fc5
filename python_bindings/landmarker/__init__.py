"""Our own API: `FaceLandmarker`, its options and its results."""
