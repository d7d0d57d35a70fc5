"""Synthetic faces: a 3D rig, skin, light and camera, rendered with exact landmarks."""
