"""`attention-mesh models`: list, fetch, verify and save."""

import pytest
from typer.testing import CliRunner

from attention_mesh.cli.models import app
from attention_mesh.models.weights import MODELS, ModelStore

NAME = "face_detection_short_range"


def invoke(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def cache(tmp_path):
    """A cache folder that holds the official file of one model, so that nothing is fetched."""
    official = ModelStore().official_path(NAME)
    target = tmp_path / "cache" / "official" / official.name
    target.parent.mkdir(parents=True)
    target.write_bytes(official.read_bytes())
    return tmp_path / "cache"


def test_list_shows_every_model_with_its_state(cache):
    result = invoke("list", "--cache-dir", cache)
    assert result.exit_code == 0
    lines = {line.split()[0]: line for line in result.stdout.splitlines()}
    assert set(MODELS) < set(lines)
    assert "Apache-2.0" in lines[NAME] and "mediapipe==0.10.21" in lines[NAME]
    assert "cached" in lines[NAME] and "0.2 MB" in lines[NAME]
    assert "missing" in lines["iris_landmark"]


def test_fetch_converts_what_is_named(cache):
    result = invoke("fetch", NAME, "--cache-dir", cache)
    assert result.exit_code == 0
    assert ModelStore(cache).path(NAME).is_file()
    assert str(ModelStore(cache).path(NAME)) in result.stdout


def test_verify_accepts_whole_files_and_does_not_mind_unnamed_missing_ones(cache):
    result = invoke("verify", "--cache-dir", cache)
    assert result.exit_code == 0
    assert f"{NAME}: cached" in result.stdout and "iris_landmark: missing" in result.stdout


def test_verify_fails_for_a_broken_file_and_fetch_mends_it(cache):
    invoke("fetch", NAME, "--cache-dir", cache)
    path = ModelStore(cache).path(NAME)
    path.write_bytes(b"\0" + path.read_bytes()[1:])
    result = invoke("verify", "--cache-dir", cache)
    assert result.exit_code == 1
    assert f"{NAME}: corrupt ({path}" in result.stdout
    assert invoke("fetch", NAME, "--cache-dir", cache).exit_code == 0
    assert invoke("verify", NAME, "--cache-dir", cache).exit_code == 0


def test_verify_fails_for_a_named_model_that_is_missing(cache):
    result = invoke("verify", "iris_landmark", "--cache-dir", cache)
    assert result.exit_code == 1 and "iris_landmark: not in" in result.stderr


@pytest.mark.parametrize("folder", ["empty", "absent"])
def test_verify_fails_where_nothing_is(tmp_path, folder):
    (tmp_path / "empty").mkdir()
    result = invoke("verify", "--cache-dir", tmp_path / folder)
    assert result.exit_code == 1
    assert f"not in {tmp_path / folder}; `attention-mesh models fetch` repairs that" in result.stderr
    assert not (tmp_path / "absent").exists()


def test_verify_looks_at_every_converted_file(cache):
    path = ModelStore(cache).path(NAME, batch=2)
    assert invoke("verify", "--cache-dir", cache).exit_code == 0
    path.write_bytes(path.read_bytes()[:-1])
    result = invoke("verify", "--cache-dir", cache)
    assert result.exit_code == 1
    assert f"{NAME}: corrupt ({path}" in result.stdout and f"{NAME}: broken in" in result.stderr
    assert invoke("fetch", NAME, "--cache-dir", cache).exit_code == 0
    assert invoke("verify", "--cache-dir", cache).exit_code == 0


@pytest.mark.parametrize("command", ["fetch", "verify", "save"])
def test_an_unknown_model_is_one_line_of_error_and_wrong_usage(cache, command):
    result = invoke(command, "hand_landmark", *(["x.tflite"] * (command == "save")), "--cache-dir", cache)
    assert result.exit_code == 2
    assert "unknown model 'hand_landmark'; there are " in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_save_writes_once_and_again_only_with_force(cache, tmp_path):
    target = tmp_path / "detector.tflite"
    assert invoke("save", NAME, target, "--cache-dir", cache).exit_code == 0
    whole = target.read_bytes()
    target.write_bytes(b"mine")
    refused = invoke("save", NAME, target, "--cache-dir", cache)
    assert refused.exit_code == 1 and "--force" in refused.stderr
    assert target.read_bytes() == b"mine"
    assert invoke("save", NAME, target, "--force", "--cache-dir", cache).exit_code == 0
    assert target.read_bytes() == whole


def test_save_into_a_missing_folder_names_it(cache, tmp_path):
    result = invoke("save", NAME, tmp_path / "nowhere" / "a.tflite", "--cache-dir", cache)
    assert result.exit_code == 1
    assert f"the folder {tmp_path / 'nowhere'} does not exist" in result.stderr
