"""`attention-mesh evaluate` on a photo with known landmarks, and the paper's tables."""

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from attention_mesh.cli.app import app
from attention_mesh.models.topology.landmark_groups import landmarks_68
from attention_mesh.models.training.label_file import LabelFile


def run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def rows(output: str) -> dict[str, list[str]]:
    return {line.split()[0]: line.split()[1:] for line in output.splitlines() if line.split()}


@pytest.fixture(scope="module")
def labeled(tmp_path_factory, astronaut):
    """A folder with one photo, and its labels by the official weights."""
    folder = tmp_path_factory.mktemp("labeled")
    (folder / "photos").mkdir()
    cv2.imwrite(str(folder / "photos/a.png"), astronaut[:, :, ::-1])
    assert run("label", folder / "photos", folder / "labels.npz").exit_code == 0
    return folder


def test_the_weights_that_made_the_labels_have_no_error_and_others_some(labeled):
    options = ("--passes", "best", "-w", "official", "-w", "open")
    result = run("evaluate", "photos", labeled / "photos", labeled / "labels.npz", *options)
    assert result.exit_code == 0, result.output
    table = rows(result.stdout)
    assert table["official"] == ["1", "0", "0.00", "0.00", "0.00"]
    assert table["open"][:2] == ["1", "0"] and all(0.5 < float(value) < 15 for value in table["open"][2:])


def test_a_68_point_annotation_elsewhere_is_a_lost_face(labeled, tmp_path):
    landmarks = LabelFile.read(labeled / "labels.npz").landmarks[0, :, :2]
    points = landmarks[landmarks_68()]  # without those of the jaw
    for shift, expected in ((0, ["1", "0", "0.00"]), (300, ["0", "1", "nan"])):
        np.savez(tmp_path / "points.npz", names=np.array(["a.png"]), pts=(points + shift)[None])
        files = (labeled / "photos", tmp_path / "points.npz")
        result = run("evaluate", "photos", *files, "-w", "official", "--passes", "best")
        assert rows(result.stdout)["official"][:3] == expected


def test_table1_of_the_official_files_goes_into_a_page(tmp_path):
    page = tmp_path / "results.md"
    page.write_text("# Results\n", encoding="utf-8")
    result = run("evaluate", "table1", "--preset", "official", "--page", page)
    assert result.exit_code == 0, result.output
    table = {
        line.split("|")[1].strip(): line.split("|")[2:4] for line in result.stdout.splitlines() if "|" in line
    }
    mesh, eye, cascade = (float(table[name][0].split()[0]) for name in ("mesh", "eye and iris", "cascade"))
    assert 0 < mesh < cascade and eye < cascade and table["lips"][0].strip() == "–"
    assert table["cascade"][1].strip() == "22.40"
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Results\n\n<!-- begin: table 1, official -->") and "| cascade" in text


def test_table1_of_an_unknown_preset_is_one_line():
    result = run("evaluate", "table1", "--preset", "huge")
    assert result.exit_code == 1
    message = " ".join(result.output.split())
    assert "there is no preset 'huge'; there are paper, released, or official" in message
    assert "unexpected" not in message


def test_a_study_that_is_none_is_one_line(tmp_path):
    (tmp_path / "study.toml").write_text("seeds = [1]\n", encoding="utf-8")
    result = run("evaluate", "table2", tmp_path / "study.toml", tmp_path / "out")
    assert result.exit_code == 1 and "the file is incomplete" in " ".join(result.output.split())
    assert not (tmp_path / "out").exists()
