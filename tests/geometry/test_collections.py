"""Collections and their items, list values and their entries."""

import numpy as np
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from attention_mesh.geometry import collections
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_rects import NormalizedRects

RECTS = NormalizedRects(np.zeros((3, 5)), np.array([7, 8, 9]))


def test_items_joined_again_are_the_collection():
    again = collections.joined(collections.items_of(RECTS))
    assert again.ids.tolist() == [7, 8, 9]
    assert collections.joined(collections.items_of([1, "a"])) == [1, "a"]


def test_numbers_in_an_array_become_python_numbers():
    items = collections.items_of(np.array([0.5, 0.25], np.float32))
    assert items == [0.5, 0.25] and type(items[0]) is float


def test_array_types_are_not_mixed():
    with pytest.raises(TypeError, match="Detections and NormalizedRects do not go into one collection"):
        collections.joined([RECTS, Detections.empty()])


def test_only_a_message_of_one_list_can_be_cut():
    with pytest.raises(TypeError, match="google.protobuf.Timestamp is no list message"):
        collections.entry_count(Timestamp())


def test_plain_lists_are_cut_and_joined_as_they_are():
    assert collections.entry_count([1, 2, 3]) == 3
    assert collections.entries_part([1, 2, 3], 1, 3) == [2, 3]
    assert collections.entry_of([1, 2, 3], 1) == 2
    assert collections.concatenated_entries([[1], [2, 3]]) == [1, 2, 3]
