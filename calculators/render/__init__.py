"""Nodes that draw, and the drawing they share with the Python API."""
