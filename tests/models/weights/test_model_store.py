"""The cache of official weights: fetched by the real pip, verified, never half-written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from attention_mesh.models.weights import MODELS, ModelStore, WeightsError, model_path
from attention_mesh.models.weights.cache import CACHE_VARIABLE, cache_folder
from attention_mesh.models.weights.model_store import WHEEL_VARIABLE
from attention_mesh.tests.models.weights.pip_wheel import WHEEL, make_wheel

NAME = "face_detection_short_range"  # the smallest


@pytest.fixture(scope="session")
def members(official_weights: dict[str, Path]) -> dict[str, bytes]:
    """The content of every model, by its path in the wheel."""
    return {MODELS[name].member: path.read_bytes() for name, path in official_weights.items()}


@pytest.fixture
def index(tmp_path: Path, members: dict[str, bytes], monkeypatch) -> Path:
    """A folder in which pip finds mediapipe, without any network."""
    folder = tmp_path / "index"
    make_wheel(folder, members)
    offline(monkeypatch)
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def offline(monkeypatch) -> None:
    """Leaves pip without an index, under any configuration of the machine."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv(WHEEL_VARIABLE, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")


def leftovers(folder: Path) -> list[str]:
    """The files in a cache other than the lock and finished files."""
    files = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    finished = [path for path in files if path.parts[0] in ("official", "converted") and path.name[0] != "."]
    return sorted(str(path) for path in set(files) - set(finished) - {Path(".lock")})


def test_first_use_fetches_by_pip_verifies_converts_and_keeps_no_wheel(index, tmp_path, members, capfd):
    store = ModelStore(tmp_path / "cache")
    path = store.path(NAME)
    assert path.is_file() and path.read_bytes()[4:8] == b"TFL3"
    assert "fetching the official weights (mediapipe==0.10.21)" in capfd.readouterr().err
    for name in MODELS:
        official = store.folder / "official" / MODELS[name].file_name
        assert official.read_bytes() == members[MODELS[name].member]
    assert leftovers(store.folder) == []
    # The second use needs neither pip nor network.
    shutil.rmtree(index)
    assert store.path(NAME) == path
    assert capfd.readouterr().err == ""


def test_another_platforms_wheel_serves_when_it_is_all_there_is(tmp_path, members, monkeypatch):
    # The index offers only a wheel for this interpreter, not the one that the registry names.
    from packaging import tags

    offline(monkeypatch)
    tag = next(iter(tags.sys_tags()))
    make_wheel(tmp_path / "index", members, f"mediapipe-0.10.21-{tag}.whl")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    assert ModelStore(tmp_path / "cache").path(NAME).is_file()


def test_offline_says_what_to_place_where(tmp_path, monkeypatch):
    offline(monkeypatch)
    store = ModelStore(tmp_path / "cache")
    with pytest.raises(WeightsError) as error:
        store.path(NAME)
    message = str(error.value)
    assert "No matching distribution found for mediapipe==0.10.21" in message
    assert f"place a file mediapipe-0.10.21-*.whl (any platform's) in {store.folder}" in message
    assert WHEEL_VARIABLE in message
    assert (
        f"place face_detection_short_range.tflite of mediapipe==0.10.21 in {store.folder / 'official'}"
        in message
    )
    assert leftovers(store.folder) == []


def test_an_unreachable_index_is_said_to_be_unreachable(tmp_path, monkeypatch):
    offline(monkeypatch)
    monkeypatch.delenv("PIP_NO_INDEX")
    # Port 9 of this machine refuses at once.
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(WeightsError, match="the package index cannot be reached"):
        ModelStore(tmp_path / "cache").path(NAME)


def test_what_the_message_asks_for_is_used_when_it_is_there(tmp_path, members, monkeypatch):
    offline(monkeypatch)
    # The wheel in the cache folder,
    make_wheel(tmp_path / "a", members, "mediapipe-0.10.21-cp39-cp39-win_amd64.whl")
    assert ModelStore(tmp_path / "a").path(NAME).is_file()
    # the wheel in the environment variable,
    monkeypatch.setenv(WHEEL_VARIABLE, str(make_wheel(tmp_path / "wheels", members)))
    assert ModelStore(tmp_path / "b").path(NAME).is_file()
    monkeypatch.delenv(WHEEL_VARIABLE)
    # or the model itself.
    (tmp_path / "c" / "official").mkdir(parents=True)
    (tmp_path / "c" / "official" / MODELS[NAME].file_name).write_bytes(members[MODELS[NAME].member])
    assert ModelStore(tmp_path / "c").path(NAME).is_file()


def test_a_variable_that_names_no_file_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv(WHEEL_VARIABLE, str(tmp_path / "gone.whl"))
    with pytest.raises(WeightsError, match="gone.whl, which is not a file"):
        ModelStore(tmp_path / "cache").path(NAME)


def test_a_broken_download_leaves_nothing_behind(index, tmp_path):
    wheel = index / WHEEL
    wheel.write_bytes(wheel.read_bytes()[: wheel.stat().st_size // 2])
    store = ModelStore(tmp_path / "cache")
    with pytest.raises(WeightsError):
        store.path(NAME)
    assert leftovers(store.folder) == []
    assert not (store.folder / "official").exists()


def test_a_wheel_without_the_models_is_named(index, tmp_path):
    make_wheel(index, {"mediapipe/__init__.py": b""})
    with pytest.raises(WeightsError, match="not a whole wheel of mediapipe==0.10.21"):
        ModelStore(tmp_path / "cache").path(NAME)


def test_a_wheel_at_hand_with_damaged_contents_is_named(tmp_path, members, monkeypatch):
    offline(monkeypatch)
    wheel = make_wheel(tmp_path / "cache", members)
    data = bytearray(wheel.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 64] = bytes(64)
    wheel.write_bytes(data)
    with pytest.raises(WeightsError, match=f"{WHEEL} is not a whole wheel"):
        ModelStore(tmp_path / "cache").path(NAME)


def test_a_broken_wheel_in_the_cache_folder_is_told_with_its_place_and_remedy(tmp_path, monkeypatch):
    offline(monkeypatch)
    folder = tmp_path / "cache"
    folder.mkdir()
    (folder / WHEEL).write_bytes(b"half a download")
    with pytest.raises(WeightsError) as error:
        ModelStore(folder).path(NAME)
    message = str(error.value)
    assert f"In {folder}, {WHEEL} is not a whole wheel" in message and "replace or remove it" in message
    assert "No matching distribution" in message  # pip tried to fetch another wheel


def test_a_broken_wheel_in_the_cache_folder_does_not_keep_a_whole_one_from_being_fetched(index, tmp_path):
    folder = tmp_path / "cache"
    folder.mkdir()
    (folder / WHEEL).write_bytes(b"half a download")
    assert ModelStore(folder).path(NAME).is_file()


def test_a_broken_wheel_that_the_variable_names_is_told_and_no_other_taken(index, tmp_path, monkeypatch):
    path = tmp_path / WHEEL
    path.write_bytes(b"half a download")
    monkeypatch.setenv(WHEEL_VARIABLE, str(path))
    with pytest.raises(WeightsError, match=f"{WHEEL_VARIABLE} names {path}: .*unset {WHEEL_VARIABLE}"):
        ModelStore(tmp_path / "cache").path(NAME)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_full_disk_is_the_reason_that_is_told(index, tmp_path):
    # A limit on the size of files has the same effect on pip as a full disk.
    program = textwrap.dedent(
        f"""
        import resource, sys
        from pathlib import Path
        from attention_mesh.models.weights import ModelStore, WeightsError
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        try:
            ModelStore(Path(sys.argv[1])).path({NAME!r})
        except WeightsError as error:
            print(error)
        """
    )
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "cache"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "File too large" in done.stdout, done


def test_a_model_with_another_hash_is_refused_and_none_is_written(index, tmp_path, members):
    member = MODELS[NAME].member
    make_wheel(index, members | {member: members[member][:-1] + b"!"})
    store = ModelStore(tmp_path / "cache")
    with pytest.raises(
        WeightsError, match=rf"{member} in .* has the SHA-256 \w+, expected {MODELS[NAME].sha256}"
    ):
        store.path(NAME)
    assert not (store.folder / "official").exists()


def test_an_interrupted_download_is_cleaned_up_by_the_next(index, tmp_path):
    # A killed process cannot clean up; its folder stays until another process holds the lock.
    folder = tmp_path / "cache"
    stale = folder / ".download-0123"
    stale.mkdir(parents=True)
    (stale / "half.whl").write_bytes(b"PK")
    ModelStore(folder).path(NAME)
    assert not stale.exists()


@pytest.mark.usefixtures("default_signals")
def test_ctrl_c_during_the_download_leaves_nothing(tmp_path, index):
    program = textwrap.dedent(
        f"""
        import signal, sys, threading, os
        from pathlib import Path
        from attention_mesh.models.weights import ModelStore
        folder = Path(sys.argv[1])
        def press():
            while not list(folder.glob(".download-*")):
                pass
            os.kill(os.getpid(), signal.SIGINT)
        threading.Thread(target=press, daemon=True).start()
        try:
            ModelStore(folder).path({NAME!r})
        except KeyboardInterrupt:
            sys.exit(42)
        """
    )
    folder = tmp_path / "cache"
    done = subprocess.run([sys.executable, "-c", program, folder], capture_output=True, timeout=60)
    assert done.returncode == 42, done.stderr.decode()
    assert [path for path in folder.rglob("*") if path.is_file()] == [folder / ".lock"]


def test_processes_at_once_fetch_once_and_all_get_the_whole_file(start_processes, index, tmp_path):
    program = (
        "import sys, hashlib; from pathlib import Path; from attention_mesh.models.weights import ModelStore;"
        f"print(hashlib.sha256(ModelStore(Path(sys.argv[1])).path({NAME!r}).read_bytes()).hexdigest())"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "cache")]
    processes = start_processes(command, 3)
    results = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], results
    assert len({out for out, _ in results}) == 1
    assert sum(err.count("fetching") for _, err in results) == 1
    assert leftovers(tmp_path / "cache") == []


@pytest.fixture
def filled(tmp_path, members) -> ModelStore:
    """A store with one converted model."""
    folder = tmp_path / "filled"
    (folder / "official").mkdir(parents=True)
    (folder / "official" / MODELS[NAME].file_name).write_bytes(members[MODELS[NAME].member])
    store = ModelStore(folder)
    store.path(NAME)
    return store


def test_state_tells_cached_missing_and_corrupt_apart(filled):
    state = filled.state(NAME)
    assert (state.state, state.detail) == ("cached", "") and state.size > 600_000
    assert filled.state("iris_landmark").state == "missing"
    path = filled.path(NAME)
    path.write_bytes(path.read_bytes()[:-4] + b"oops")
    assert filled.state(NAME).state == "corrupt"
    assert str(path) in filled.state(NAME).detail


def test_a_corrupt_file_of_any_batch_and_form_is_told_and_mended(filled):
    others = [filled.path(NAME, batch=2), filled.path(NAME, batch=20)]
    for path in others:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    state = filled.state(NAME)
    assert state.state == "corrupt" and all(str(path) in state.detail for path in others)
    filled.fetch(NAME)
    assert filled.state(NAME).state == "cached"
    assert filled.path(NAME, batch=2).is_file()


def test_a_corrupt_fused_file_belongs_to_its_model_alone(official_weights, tmp_path):
    store = ModelStore(tmp_path)
    (tmp_path / "official").mkdir()
    for name in ("face_landmark", "face_landmark_with_attention"):
        data = official_weights[name].read_bytes()
        (tmp_path / "official" / official_weights[name].name).write_bytes(data)
    path = store.path("face_landmark_with_attention", fused=True)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    assert store.state("face_landmark_with_attention").state == "corrupt"
    assert store.state("face_landmark").state == "cached"


def test_a_corrupted_converted_file_is_converted_again(filled):
    path = filled.path(NAME)
    whole = path.read_bytes()
    path.write_bytes(whole[:1000])
    assert filled.path(NAME).read_bytes() == whole


def test_a_corrupted_official_file_is_fetched_again(filled, index):
    official = filled.folder / "official" / MODELS[NAME].file_name
    whole = official.read_bytes()
    official.write_bytes(whole[::-1])
    state = filled.state(NAME)
    assert state.state == "corrupt" and MODELS[NAME].sha256 in state.detail
    filled.fetch(NAME)
    assert official.read_bytes() == whole
    assert filled.state(NAME).state == "cached"


def test_a_newer_converter_converts_again(filled, monkeypatch):
    old = filled.path(NAME)
    monkeypatch.setattr("attention_mesh.models.weights.model_store.CONVERTER_VERSION", 10_000)
    assert filled.state(NAME).state == "cached", "the official file still is"
    new = filled.path(NAME)
    assert new != old and new.read_bytes() == old.read_bytes()


def test_a_batch_has_a_file_of_its_own(filled):
    assert filled.path(NAME, batch=2) != filled.path(NAME)
    with pytest.raises(ValueError, match="at least one"):
        filled.path(NAME, batch=0)


def test_an_unknown_name_lists_the_known_ones(filled):
    with pytest.raises(WeightsError, match="unknown model 'face'; there are face_landmark_with_attention, "):
        filled.path("face")


def test_a_cache_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(WeightsError, match=CACHE_VARIABLE):
        ModelStore(tmp_path / "file" / "cache").path(NAME)


def test_the_variable_moves_the_cache(filled, monkeypatch):
    monkeypatch.setenv(CACHE_VARIABLE, str(filled.folder))
    assert cache_folder() == filled.folder
    assert model_path(NAME).parent == filled.folder / "converted"


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the XDG folder is that of Linux")
def test_without_the_variable_the_cache_is_the_users(monkeypatch, tmp_path):
    monkeypatch.delenv(CACHE_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "attention_mesh"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "attention_mesh"


def test_looking_a_model_up_costs_little(filled):
    filled.path(NAME)
    start = time.perf_counter()
    for _ in range(20):
        filled.path(NAME)
    assert (time.perf_counter() - start) / 20 < 0.02, "seconds; a SHA-256 of half a megabyte"
