"""Preset: the named sizes, and sizes that are refused."""

import dataclasses
import json

import pytest

from attention_mesh.models.preset import Preset


def test_the_papers_sizes():
    paper = Preset.named("paper")
    assert (paper.input_size, paper.feature_size, paper.crop_size, paper.crop_size // 4) == (256, 64, 24, 6)
    assert paper.mesh_landmarks == 478


def test_the_released_networks_sizes():
    released = Preset.named("released")
    assert (released.input_size, released.feature_size, released.crop_size) == (192, 48, 16)
    assert released.mesh_landmarks == 468


def test_a_preset_survives_json():
    paper = Preset.named("paper")
    assert Preset(**json.loads(json.dumps(paper.as_dict()))) == paper


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(ValueError, match="no preset 'huge'; there are paper, released"):
        Preset.named("huge")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"input_size": 200}, "multiple of 64"),
        ({"widths": (8, 16)}, "three widths"),
        ({"crop_size": 12}, "multiple of 8"),
        ({"mesh_landmarks": 100}, "468 or 478"),
        ({"region_widths": (64, 32, 16)}, "must not shrink"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(Preset.named("released"), **change)
