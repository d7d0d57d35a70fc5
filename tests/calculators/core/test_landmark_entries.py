"""Entries of list messages."""

import pytest

from attention_mesh.calculators.core import landmark_entries
from attention_mesh.framework.protos import message_class


def test_only_a_message_of_one_list_can_be_cut():
    with pytest.raises(TypeError, match="mediapipe.Landmark is no list message"):
        landmark_entries.count_of(message_class("mediapipe.Landmark")())


def test_plain_lists_are_cut_and_joined_as_they_are():
    assert landmark_entries.count_of([1, 2, 3]) == 3
    assert landmark_entries.part_of([1, 2, 3], 1, 3) == [2, 3]
    assert landmark_entries.item_of([1, 2, 3], 1) == 2
    assert landmark_entries.concatenated([[1], [2, 3]]) == [1, 2, 3]
