"""What is in a run's outputs, for the tests of it."""

import csv

from attention_mesh.media.video_file_source import VideoFileSource


def rows(path):
    """The rows of a CSV table, each a dict of texts."""
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def frame_count(path):
    """How many frames of a video can be read."""
    with VideoFileSource(path) as source:
        return sum(1 for _ in source)
