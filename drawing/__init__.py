"""Draws arrays of landmarks and shapes into images. Functions and small classes, no nodes."""
