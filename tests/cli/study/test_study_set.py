"""The key of a study, and what follows from it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from attention_mesh.cli.errors import StudyError
from attention_mesh.cli.study.study_set import (
    KEY_FILE,
    StudyImage,
    StudySet,
    image_bytes,
    image_name,
    load_study,
)

IMAGES = tuple(
    StudyImage(image_name(5, kind, f"{index}.jpg"), kind, look, "anna", f"{index}.jpg")
    for index, (kind, look) in enumerate([("real", None), ("ar", "red_gloss")] * 20)
)
STUDY = StudySet(5, 640, 92, "0.1.0", IMAGES)


def test_the_key_is_read_as_it_was_written(tmp_path) -> None:
    (tmp_path / KEY_FILE).write_text(STUDY.to_json(), encoding="utf-8")
    assert load_study(tmp_path) == STUDY


def test_each_participant_sees_all_images_in_an_order_of_their_own() -> None:
    orders = [STUDY.order(participant) for participant in ("one", "one", "two")]
    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[0]) == sorted(orders[2]) == sorted(image.name for image in IMAGES)


def test_another_seed_gives_other_orders_and_another_name() -> None:
    other = replace(STUDY, seed=6)
    assert other.order("one") != STUDY.order("one")
    assert other.name != STUDY.name


def test_neither_names_nor_orders_tell_the_kind() -> None:
    """The mean rank of the real images is that of all, within four standard deviations of chance."""
    names = sorted(image.name for image in IMAGES)
    real = {image.name for image in IMAGES if image.kind == "real"}
    for order in [names, *(STUDY.order(f"person {index}") for index in range(50))]:
        ranks = [order.index(name) for name in real]
        assert abs(sum(ranks) / 20 - 19.5) < 4 * (41 * 20 / 12 / 20) ** 0.5  # of a rank sum, Mann-Whitney


def entry(**changes) -> dict:
    good = {"name": "0" * 32, "kind": "ar", "look": "red_gloss", "person": "anna", "source": "a.jpg"}
    return {**good, **changes}


def key(**changes) -> str:
    good = {"version": 1, "seed": 1, "size": 64, "quality": 90, "made_with": "1", "images": [entry()]}
    return json.dumps({**good, **changes})


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "the key is damaged"),
        ("[" * 100_000, "the key is damaged"),
        ("[]", '"version" is absent'),
        (key(version=2), "its version is 2, expected 1"),
        (key(seed="1"), '"seed" is absent or wrong, expected int'),
        (key(size=True), '"size" is absent or wrong, expected int'),
        (key(images=[]), "it has no images"),
        (key(images=[entry(name="../../etc/passwd")]), "expected 32 hexadecimal digits"),
        (key(images=[entry(), entry()]), "two images have one name"),
        (key(images=[entry(kind="fake")]), 'is "fake", expected one of real, ar'),
        (key(images=[entry(look=None)]), '"look" is absent or wrong'),
        (key(images=[7]), '"name" is absent or wrong'),
    ],
)
def test_a_damaged_key_is_one_error_with_the_file(text, error, tmp_path) -> None:
    (tmp_path / KEY_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        load_study(tmp_path)
    assert error in str(caught.value) and str(tmp_path / KEY_FILE) in str(caught.value)


def test_a_folder_without_a_study_says_what_makes_one(tmp_path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(StudyError, match="study make"):
            load_study(folder)


def test_a_missing_image_is_named(tmp_path) -> None:
    with pytest.raises(StudyError, match=IMAGES[0].name):
        image_bytes(tmp_path, STUDY)
