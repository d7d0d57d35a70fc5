"""Reads the outputs of a run."""

import csv

from attention_mesh.media.video_file_source import VideoFileSource


def rows(path):
    """The rows of a CSV table, each as a dict of texts."""
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def frame_count(path):
    """The number of readable frames of a video."""
    with VideoFileSource(path) as source:
        return sum(1 for _ in source)
