"""Inputs and outputs of pictures: films, photos, folders, cameras and a window. Knows no faces."""
