"""Collections and their items."""

import numpy as np
import pytest

from attention_mesh.calculators.core import collection_items
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_rects import NormalizedRects

RECTS = NormalizedRects(np.zeros((3, 5)), np.array([7, 8, 9]))


def test_items_joined_again_are_the_collection():
    again = collection_items.joined(collection_items.items_of(RECTS))
    assert again.ids.tolist() == [7, 8, 9]
    assert collection_items.joined(collection_items.items_of([1, "a"])) == [1, "a"]


def test_numbers_in_an_array_become_python_numbers():
    items = collection_items.items_of(np.array([0.5, 0.25], np.float32))
    assert items == [0.5, 0.25] and type(items[0]) is float


def test_array_types_are_not_mixed():
    with pytest.raises(TypeError, match="Detections and NormalizedRects do not go into one collection"):
        collection_items.joined([RECTS, Detections.empty()])


def test_names_of_unknown_types_take_anything():
    assert collection_items.item_type("Thing") is object
    assert collection_items.accepted_collection("Thing") is object
    assert collection_items.collection_type("NormalizedRect") is NormalizedRects
