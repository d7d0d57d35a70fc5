"""Avatars: a 3D head that moves as a face does, its files, and two renderers."""
