"""Layers: what is drawn over faces, each with its style, and the canvas that they are drawn on."""
