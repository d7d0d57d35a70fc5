"""Pixels in and out: films, photos, folders, cameras and the window. Knows no faces."""
