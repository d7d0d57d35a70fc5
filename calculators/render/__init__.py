"""Nodes that draw, or that say what to draw."""
