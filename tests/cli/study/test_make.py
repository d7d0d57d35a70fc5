"""`attention-mesh study make`: images that differ in nothing but the makeup, and their key."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest

from attention_mesh import FaceLandmarker, Makeup
from attention_mesh.cli.study.portrait import portrait_jpeg, portrait_square
from attention_mesh.cli.study.study_set import load_study
from attention_mesh.media.image_file import read_image


def segments(data: bytes) -> list[tuple[int, bytes]]:
    """(marker, content) of every segment of a JPEG up to the pixels."""
    found, at = [], 2
    while data[at + 1] != 0xDA:
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        found.append((data[at + 1], data[at + 4 : at + 2 + length]))
        at += 2 + length
    return found


def test_the_set_is_balanced(made) -> None:
    images = load_study(made.folder).images
    assert Counter(image.kind for image in images) == {"real": 3, "ar": 3}
    assert sorted(image.look for image in images if image.kind == "ar") in (
        ["plum_matte", "plum_matte", "red_matte"],
        ["plum_matte", "red_matte", "red_matte"],
    )
    people = {kind: sorted(image.person for image in images if image.kind == kind) for kind in ("real", "ar")}
    assert people["real"] == ["anna", "berta", "eva"]
    assert people["ar"] == ["anna", "berta", "dora"]


def test_photos_that_cannot_be_shown_are_named_and_counted(made) -> None:
    assert "warning" not in made.text
    for line in (
        "small.png: the photo is too small: the part around the face has",
        "nobody.png: no face was found",
        "same.png: this is the same picture as",
        "twins.png: another face is close to this one",
        "left out: 1 photos for balance, 4 with problems",
        "same person with real and with AR makeup: 2",
        "3 with real and 3 with AR makeup",
    ):
        assert line in " ".join(made.text.split()), line


def test_every_image_was_decoded_painted_scaled_and_compressed_once(made, people) -> None:
    """Real and AR images go through the same steps; the paint is the only difference."""
    study = load_study(made.folder)
    with FaceLandmarker() as landmarker:
        for image in study.images:
            photo = read_image((people.real if image.kind == "real" else people.bare) / image.source)
            face = landmarker.detect(photo).landmarks_px
            shown = photo if image.look is None else Makeup(image.look).apply(photo, face)
            expected = portrait_jpeg(shown, portrait_square(face[0], (512, 512)), 160, 85)
            assert study.image_file(made.folder, image.name).read_bytes() == expected
            if image.look is not None:
                plain = portrait_jpeg(photo, portrait_square(face[0], (512, 512)), 160, 85)
                assert plain != expected


def test_files_tell_nothing(made) -> None:
    files = sorted((made.folder / "images").iterdir())
    assert len(files) == 6
    assert len({file.stat().st_mtime for file in files}) == 1
    assert len({file.stat().st_mode for file in files}) == 1
    heads = set()
    for file in files:
        found = segments(file.read_bytes())
        # JFIF, quantization and Huffman tables, frame: no EXIF, color profile or comment.
        assert {marker for marker, _ in found} == {0xE0, 0xDB, 0xC4, 0xC0}
        heads.add(tuple(content for marker, content in found if marker in (0xE0, 0xDB, 0xC0)))
    assert len(heads) == 1  # sizes, chroma subsampling and quality
    words = ("real", "bare", "anna", "berta", "matte", "astronaut")
    assert not [file for file in files if any(word in file.name for word in words)]


def test_metadata_are_stripped_and_orientation_is_applied(people, run_study, tmp_path) -> None:
    for side in ("real", "bare"):
        (tmp_path / side).mkdir()
    large = cv2.imread(str(people.bare / "dora.png"))
    cv2.imwrite(str(tmp_path / "bare" / "dora.png"), cv2.resize(large, None, fx=2.5, fy=2.5))
    turned = np.rot90(read_image(people.real / "anna.png"))  # to the left; orientation 6 turns it back
    data = cv2.imencode(".jpg", turned[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 100])[1].tobytes()
    entries = b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0" + b"\x01\x3b\0\x02\0\0\0\x04Eva\0"
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x02" + entries + bytes(4)
    segment = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    (tmp_path / "real" / "a.jpg").write_bytes(data[:2] + segment + data[2:])
    code, text = run_study(
        *("make", "--real", tmp_path / "real", "--bare", tmp_path / "bare", "--looks", "red_gloss"),
        *("--size", 128, "--output", tmp_path / "study"),
    )
    assert code == 0, text
    warnings = " ".join(text.split())
    assert "warning: nobody is on both sides" in warnings
    assert re.search(
        r"warning: the faces of --real are cut out of 18\d px and those of --bare of 4\d\d px", warnings
    )
    study = load_study(tmp_path / "study")
    (real,) = (image for image in study.images if image.kind == "real")
    file = study.image_file(tmp_path / "study", real.name)
    assert b"Exif" not in file.read_bytes() and b"Eva" not in file.read_bytes()
    with FaceLandmarker() as landmarker:
        face = landmarker.detect(read_image(file)).landmarks_px[0]
    assert face[152, 1] - face[10, 1] > 50  # px, chin below forehead


def make(run_study, people, *more) -> tuple[int, str]:
    return run_study(
        *("make", "--real", people.real, "--bare", people.bare, "--looks", "red_matte,plum_matte"),
        *("--size", 160, "--quality", 85, "--seed", 7, *more),
    )


def test_a_seed_repeats_the_set_to_the_byte_and_is_not_printed(made, people, run_study, tmp_path) -> None:
    code, text = make(run_study, people, "--output", tmp_path / "again")
    assert code == 0, text
    assert (tmp_path / "again" / "key.json").read_bytes() == (made.folder / "key.json").read_bytes()
    for file in (made.folder / "images").iterdir():
        assert (tmp_path / "again" / "images" / file.name).read_bytes() == file.read_bytes()
    assert json.loads((made.folder / "key.json").read_text())["seed"] == 7
    assert "seed" not in text.replace(str(tmp_path), "")


def test_a_count_takes_pairs_first(people, run_study, tmp_path) -> None:
    code, text = make(run_study, people, "--count", 4, "--output", tmp_path / "study")
    assert code == 0, text
    images = load_study(tmp_path / "study").images
    assert sorted((image.kind, image.person) for image in images) == [
        *(("ar", "anna"), ("ar", "berta"), ("real", "anna"), ("real", "berta"))
    ]


def test_a_study_is_replaced_only_if_asked_and_unanswered(made, people, run_study, tmp_path) -> None:
    folder = tmp_path / "study"
    shutil.copytree(made.folder, folder)
    code, text = make(run_study, people, "--output", folder)
    assert code == 2 and "--replace" in text
    (folder / "answers.sqlite3").touch()
    code, text = make(run_study, people, "--replace", "--output", folder)
    assert code == 2 and "begun to answer" in text
    (folder / "answers.sqlite3").unlink()
    code, text = make(run_study, people, "--replace", "--count", 2, "--output", folder)
    assert code == 0, text
    assert len(load_study(folder).images) == len(list((folder / "images").iterdir())) == 2
    assert [entry.name for entry in tmp_path.iterdir()] == ["study"]  # nothing temporary


WRONG = {
    "an odd count": (["--count", "3"], 2, "expected an even number"),
    "a count beyond the photos": (
        ["--count", "8"],
        1,
        "3 with real makeup and 4 without, expected 4 of each",
    ),
    "faces that are too small": (["--size", "700"], 1, "expected 700 or more"),
    "an unknown look": (["--looks", "blue"], 2, "--looks: look blue: neither a .pbtxt file nor one"),
    "no look": (["--looks", "red_gloss,,"], 2, "expected names separated by commas"),
    "a look twice": (["--looks", "red_gloss,red_gloss"], 2, "expected each look once"),
    "no such folder": (["--real", "absent"], 2, "--real absent: there is no such folder"),
    "one folder twice": (["--real", "{bare}"], 2, "one folder cannot be both"),
    "a file for a folder": (["--bare", "{bare}/dora.png"], 2, "this is a file; give the folder"),
    "a folder without photos": (["--bare", "{empty}"], 2, "there are no photos here"),
    "an output among the photos": (["--output", "{bare}/study"], 2, "lie in each other"),
    "an output around the photos": (["--output", "{bare}/.."], 2, "lie in each other"),
    "an output with something else": (["--output", "{other}"], 2, "not empty and no study"),
    "an output that is a file": (["--output", "{other}/file"], 2, "this is a file"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_input_is_one_error(case, people, run_study, tmp_path) -> None:
    arguments, expected_code, error = WRONG[case]
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").touch()
    places = {"bare": people.bare, "empty": tmp_path / "empty", "other": tmp_path / "other"}
    code, text = make(
        run_study, people, "--output", tmp_path / "new", *(text.format(**places) for text in arguments)
    )
    assert code == expected_code, text
    assert error in " ".join(text.split()) and text.count("error:") == 1
    assert "Traceback" not in text
    assert sorted(Path(tmp_path).iterdir()) == [tmp_path / "empty", tmp_path / "other"]


def test_makeup_that_cannot_be_seen_leaves_a_photo_out(people, run_study, tmp_path) -> None:
    """Lips behind a hand get no paint, too; here the look itself paints nothing."""
    look = tmp_path / "nothing.pbtxt"
    look.write_text('lipstick { color: "red" intensity: 0 }', encoding="utf-8")
    code, text = make(run_study, people, "--looks", look, "--output", tmp_path / "study")
    assert code == 1
    assert "dora.png: something covers the lips: 0 % of them can be painted" in " ".join(text.split())
    assert not (tmp_path / "study").exists()
