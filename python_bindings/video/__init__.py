"""Video sources and sinks: frames in, annotated pictures and landmark tables out."""
