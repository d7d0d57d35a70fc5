"""Makeup: masks of the painted parts of a face, paint that keeps what is below it, and files of looks."""
