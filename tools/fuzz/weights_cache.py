"""Damages the cache of the weights in every way, and checks that it mends itself.

    python tools/fuzz/weights_cache.py [--tries 200] [--seed 0]

It copies the user's official files, and damages one to three entries of a cache per try: files are cut,
emptied, filled with zeros or random bytes, made unreadable (which root does not notice), or replaced by
folders, links that lead nowhere, links to themselves and pipes. The lock, the folders and a first wheel,
behind which lies a whole one, are entries too. Then a program asks for models. Faults are: an error, a hang,
and other files than before.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

from attention_mesh.models.evaluation.markdown import markdown_table
from attention_mesh.models.weights import ModelStore, WeightsError
from attention_mesh.models.weights.cache import CACHE_VARIABLE, remove_entry
from attention_mesh.models.weights.model_store import WHEEL_VARIABLE
from attention_mesh.models.weights.official_models import MODELS
from attention_mesh.models.weights.task_file import weights_of_task_file

NAME = "face_detection_short_range"  # the smallest
WHEEL, WHOLE_WHEEL = (f"mediapipe-0.10.21-cp312-cp312-{name}.whl" for name in ("linux_x86_64", "win_amd64"))
MOST_S = 20  # of a try
ENTRIES = (
    "official file",
    "converted file",
    "record",
    "fused file",
    "fused record",
    "stored file",
    "lock",
    "official folder",
    "converted folder",
    "wheel",
)
DAMAGES = (
    "cut",
    "emptied",
    "zeros",
    "random",
    "one bit",
    "longer",
    "folder",
    "full folder",
    "dangling link",
    "link to itself",
    "pipe",
    "unreadable",
    "missing",
)


def make_cache(folder: Path, files: dict[str, bytes]) -> dict[str, Path]:
    """Fills a cache with two converted models; returns what can be damaged."""
    store = ModelStore(folder)
    (folder / "official").mkdir(parents=True)
    for model in MODELS.values():
        (folder / "official" / model.file_name).write_bytes(files[model.member])
    plain, fused = store.path(NAME), store.path("face_landmark", fused=True)
    with _environment(CACHE_VARIABLE, str(folder)):
        stored = weights_of_task_file(plain.read_bytes())
    assert stored is not None
    return {
        "official file": folder / "official" / MODELS[NAME].file_name,
        "converted file": plain,
        "record": plain.with_name(f"{plain.name}.sha256"),
        "fused file": fused,
        "fused record": fused.with_name(f"{fused.name}.sha256"),
        "stored file": Path(stored),
        "lock": folder / ".lock",
        "official folder": folder / "official",
        "converted folder": folder / "converted",
        "wheel": make_wheel(folder / WHEEL, dict.fromkeys(files, b"no model")),
    }


def make_wheel(path: Path, files: dict[str, bytes]) -> Path:
    """Writes the files of a wheel, by their paths in it."""
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in files.items():
            archive.writestr(member, content, zipfile.ZIP_DEFLATED if len(content) < 100 else None)
    return path


class _environment:
    """Sets a variable of the environment inside a `with` block."""

    def __init__(self, name: str, value: str) -> None:
        self._name, self._value = name, value

    def __enter__(self) -> None:
        self._old = os.environ.get(self._name)
        os.environ[self._name] = self._value

    def __exit__(self, *error: object) -> None:
        os.environ.pop(self._name)
        if self._old is not None:
            os.environ[self._name] = self._old


def damage(path: Path, how: str, generator: random.Random) -> None:
    """Damages an entry of the cache."""
    if not (path.parent.is_dir() and os.access(path.parent, os.W_OK | os.X_OK)):  # damaged itself
        return
    readable = path.is_file() and os.access(path, os.R_OK)
    content = path.read_bytes() if readable else b"other"
    if how == "unreadable":
        if path.exists():
            path.chmod(0)
        return
    remove_entry(path)
    if how == "missing":
        return
    if how in ("folder", "full folder"):
        path.mkdir()
        if how == "full folder":
            (path / "file").write_bytes(content[:100])
    elif how == "dangling link":
        path.symlink_to(path.parent / "nothing" / "here")
    elif how == "link to itself":
        path.symlink_to(path.name)
    elif how == "pipe":
        os.mkfifo(path)
    else:
        path.write_bytes(_bytes(content, how, generator))


def _bytes(content: bytes, how: str, generator: random.Random) -> bytes:
    if how == "cut":
        return content[: generator.randrange(max(len(content), 1))]
    if how == "zeros":
        return bytes(len(content))
    if how == "random":
        return generator.randbytes(len(content))
    if how == "longer":
        return content + generator.randbytes(100)
    if how == "one bit" and content:
        at = generator.randrange(len(content))
        return content[:at] + bytes([content[at] ^ 1 << generator.randrange(8)]) + content[at + 1 :]
    return b""


class _Hang(Exception):
    pass


def _give_up(*_: object) -> None:
    raise _Hang


def ask(folder: Path, whole: dict[str, bytes]) -> str:
    """What a program that uses the cache meets: "" or the fault."""
    store = ModelStore(folder)
    try:
        found = {
            "converted file": store.path(NAME),
            "fused file": store.path("face_landmark", fused=True),
            "official file": store.official_path(NAME),
        }
        with _environment(CACHE_VARIABLE, str(folder)):
            found["stored file"] = Path(str(weights_of_task_file(whole["converted file"])))
        store.fetch(NAME)
        state = store.state(NAME)
    except WeightsError as error:
        return f"not mended: {str(error).splitlines()[0][:60].replace(str(folder), '')}"
    except Exception as error:  # noqa: BLE001 - any other class is what is looked for
        return "hangs" if isinstance(error, _Hang) else f"another error: {type(error).__name__}"
    for entry, path in found.items():
        if path.read_bytes() != whole[entry]:
            return f"wrong bytes: {entry}"
    return "" if state.state == "cached" else f"state {state.state}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tries", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    signal.signal(signal.SIGALRM, _give_up)
    generator = random.Random(arguments.seed)
    seen: Counter[bool] = Counter()
    tried: Counter[str] = Counter()
    faults: dict[str, Counter[str]] = {}
    users = ModelStore()
    files = {model.member: users.official_path(name).read_bytes() for name, model in MODELS.items()}
    with tempfile.TemporaryDirectory() as outer:
        os.environ.pop(WHEEL_VARIABLE, None)
        wheel = make_wheel(Path(outer) / WHOLE_WHEEL, files)
        template = Path(outer) / "template"
        entries = make_cache(template, files)
        whole = {entry: path.read_bytes() for entry, path in entries.items() if path.is_file()}
        for _ in range(arguments.tries):
            folder = Path(outer) / "cache"
            shutil.copytree(template, folder)
            os.link(wheel, folder / WHOLE_WHEEL)
            picked = generator.sample(ENTRIES, generator.choice((1, 1, 1, 2, 3)))
            told = []
            for entry in picked:
                how = generator.choice(DAMAGES)
                told.append(f"{entry}: {how}")
                damage(folder / entries[entry].relative_to(template), how, generator)
            signal.alarm(MOST_S)
            fault = ask(folder, whole)
            signal.alarm(0)
            seen[bool(fault)] += 1
            for text in told:
                entry = text.partition(":")[0]
                tried[entry] += 1
                if fault:
                    faults.setdefault(entry, Counter())[f"{text.partition(': ')[2]} → {fault}"] += 1
            if fault:
                print("; ".join(told), "→", fault, file=sys.stderr, flush=True)
            _remove(folder)
    rows = [[entry, str(tried[entry]), str(sum(faults.get(entry, {}).values()))] for entry in ENTRIES]
    print(markdown_table(["damaged entry", "tried", "faults (of any entry of the try)"], rows))
    print(f"{arguments.tries} tried, {seen[False]} survived, {seen[True]} faults")
    return 1 if seen[True] else 0


def _remove(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o700)
    shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
