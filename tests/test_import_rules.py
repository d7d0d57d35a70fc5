"""Who may import whom, read from the source of every module, and what no committed file may contain."""

from __future__ import annotations

import ast
import graphlib
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGE = "attention_mesh"
ROOMS = (
    *("framework", "geometry", "media", "models", "drawing"),
    *("webgpu", "calculators", "graphs", "python_bindings", "datasets", "cli"),
)

# Room -> the rooms that it may import besides itself, as in CONTRIBUTING.md. A file is in the room whose name
# is the longest match of its folder; "" is the package's own __init__.py. Every room may import errors.py,
# extras.py, forks.py and limits.py.
OURS = {
    "": {"calculators", "framework", "python_bindings"},
    "framework": set(),
    "geometry": set(),
    "media": set(),
    "models": {"geometry", "media"},
    "models.topology": set(),
    "models.weights": {"geometry", "media", "models.topology"},
    "models.runtime": set(),
    "models.inference": {"geometry", "models.runtime", "models.topology"},
    "drawing": {"geometry", "media", "models.topology"},
    "webgpu": set(),
    "calculators": {
        *("framework", "geometry", "media", "drawing"),
        *("models.topology", "models.weights", "models.runtime", "models.inference", "webgpu"),
    },
    "graphs": set(),
    "python_bindings": {"framework", "geometry", "media", "models", "drawing", "calculators", "graphs"},
    "datasets": {"geometry", "media", "models.topology", "models.weights", "python_bindings"},
    "cli": {
        "datasets",
        "framework",
        "geometry",
        "media",
        "models",
        "drawing",
        "calculators",
        "graphs",
        "python_bindings",
        "webgpu",
    },
}

# Top-level room -> the installed packages that it may import. Those in OPTIONAL come on top.
REQUIRED = {
    "": set(),
    "framework": {"google", "numpy"},
    "geometry": {"cv2", "numpy"},
    "media": {"av", "cv2", "numpy"},
    "models": {"ai_edge_litert", "cv2", "flatbuffers", "google", "numpy", "rich", "tomli"},
    "drawing": {"cv2", "google", "numpy"},
    "webgpu": {"ai_edge_litert", "flatbuffers", "numpy"},
    "calculators": {"ai_edge_litert", "cv2", "google", "numpy"},
    "graphs": set(),
    "python_bindings": {"ai_edge_litert", "cv2", "google", "numpy"},
    "datasets": {"cv2", "numpy"},
    "cli": {"ai_edge_litert", "cv2", "google", "numpy", "rich", "typer"},
}

# Installed package -> (the extra that brings it, or one of two for two purposes; the modules that import it,
# one a purpose).
OPTIONAL = {
    "matplotlib": ("plot", {"python_bindings/solutions/drawing_utils.py", "models/training/training_log.py"}),
    "PIL": ("heif|fonts", {"media/heif_image.py", "drawing/layers/font_letters.py"}),
    "pillow_heif": ("heif", {"media/heif_image.py"}),
    "pygfx": ("gpu", {"drawing/avatar/pygfx_avatar_renderer.py"}),
    "wgpu": ("gpu", {"drawing/avatar/pygfx_avatar_renderer.py", "webgpu/wgpu_package.py"}),
    "pythonosc": ("puppet", {"calculators/output/streaming/vmc_packets.py"}),
    "pyvirtualcam": ("puppet", {"media/virtual_camera.py"}),
    "pyarrow": (
        "parquet|datasets",
        {
            "cli/outputs/parquet_sink.py",
            "datasets/arrow.py",
            "datasets/piece_file.py",
            "datasets/remote_files.py",
        },
    ),
    "fsspec": ("fsspec", {"datasets/remote_files.py"}),
    "ray": ("ray", {"datasets/ray_pool.py"}),
    "pebble": ("datasets", {"datasets/task_pool.py"}),
    "rerun": ("rerun", {"cli/outputs/rerun_sink.py"}),
    "scipy": ("puppet", {"geometry/linear_solver.py"}),
    "skimage": (
        "demo",
        {"cli/demo.py"},
    ),
    "tf2onnx": ("onnx", {"models/export/onnx.py"}),
    "tensorboardX": ("tensorboard", {"models/training/training_log.py"}),
    "starlette": ("study", {"cli/study/web_app.py"}),
    "uvicorn": ("study", {"cli/study/web_server.py"}),
    "supervision": ("supervision", {"python_bindings/landmarker/face_landmarker_result.py"}),
}

# Keras, which brings h5py, and its backends.
KERAS = {"keras", "h5py", "tensorflow", "jax", "torch"}
# The one room that may import it. models.topology, models.weights, models.runtime and models.inference are
# rooms of their own: inference needs them.
WITH_KERAS = "models"


def sources() -> list[Path]:
    """Every Python file of the package, relative to the repository."""
    files = [REPOSITORY / name for name in ("__init__.py", "errors.py", "extras.py", "forks.py", "limits.py")]
    for room in ROOMS:
        files += sorted((REPOSITORY / room).rglob("*.py"))
    return [file.relative_to(REPOSITORY) for file in files]


def room_of(source: Path) -> str:
    """The room of `OURS` that a file is in."""
    name = ".".join(source.parts[:-1])
    return max((room for room in OURS if f"{name}.".startswith(f"{room}.") or not room), key=len)


def top_room_of(source: Path) -> str:
    return source.parts[0] if len(source.parts) > 1 else ""


def imports(source: Path) -> Iterator[tuple[str, ast.stmt]]:
    """(dotted name, statement) of every import in the file, wherever it stands, relative ones resolved.

    `from a import b` gives `a.b`, so that a submodule taken that way counts as what it is.
    """
    tree = ast.parse((REPOSITORY / source).read_text(encoding="utf-8"), str(source))
    package = [PACKAGE, *source.parent.parts]
    for statement in ast.walk(tree):
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                yield alias.name, statement
        elif isinstance(statement, ast.ImportFrom):
            if statement.level:
                base = package[: len(package) - statement.level + 1]
                base += [statement.module] if statement.module else []
            else:
                base = [statement.module or ""]
            for alias in statement.names:
                yield ".".join([*base, alias.name]), statement


def third_party(source: Path) -> Iterator[tuple[str, ast.stmt]]:
    for name, statement in imports(source):
        top = name.split(".")[0]
        if top != PACKAGE and top not in sys.stdlib_module_names:
            yield top, statement


def where(source: Path, statement: ast.stmt, text: str) -> str:
    return f"{source}:{statement.lineno} {text}"


def test_there_is_something_to_check() -> None:
    assert {room_of(source) for source in sources()} == set(OURS)


@pytest.mark.parametrize("room", OURS)
def test_room_imports_only_the_rooms_it_may(room: str) -> None:
    wrong = []
    for source in sources():
        if room_of(source) != room:
            continue
        for name, statement in imports(source):
            top, _, inner = name.partition(".")
            if top != PACKAGE or not inner:
                continue
            allowed = OURS[room] | {"errors", "extras", "forks", "limits"} | ({room} if room else set())
            if not any(f"{inner}.".startswith(f"{part}.") for part in allowed):
                wrong.append(where(source, statement, f"imports {name}"))
    assert not wrong, f"{room or 'the package itself'} may import {sorted(OURS[room])} only:\n" + "\n".join(
        wrong
    )


def module_name(source: Path) -> str:
    return ".".join([PACKAGE, *source.with_suffix("").parts]).removesuffix(".__init__")


def circle_among(modules: dict[str, set[str]]) -> list[str]:
    """The modules of one import circle, the first again at the end; empty if there is none.

    Args:
      modules: name of a module -> the dotted names that it imports.
    """
    known = {
        module: {name if name in modules else name.rpartition(".")[0] for name in names} - {module}
        for module, names in modules.items()
    }
    try:
        graphlib.TopologicalSorter(known).prepare()
    except graphlib.CycleError as error:
        return error.args[1]
    return []


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports within functions and for type checkers only count too."""
    assert not circle_among(
        {module_name(source): {name for name, _ in imports(source)} for source in sources()}
    )


def test_an_import_circle_is_found() -> None:
    modules = {"a.b": {"a.c.Name", "os.path"}, "a.c": {"a.d"}, "a.d": {"a.b"}, "a": {"a.b"}}
    assert sorted(set(circle_among(modules))) == ["a.b", "a.c", "a.d"]
    assert circle_among({**modules, "a.d": {"a.d.Name"}}) == []


def test_contributing_shows_the_same_table() -> None:
    text = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.partition("<!-- import table: begin -->")[2].partition("<!-- import table: end -->")[0]
    shown = {}
    for row in table.strip().splitlines()[2:]:
        room, may_import = (set(re.findall(r"`([\w.]+)`", cell)) for cell in row.strip("| ").split(" | "))
        shown[room.pop().removesuffix("__init__.py")] = may_import
    assert shown == OURS, "copy what changed in OURS to the table in CONTRIBUTING.md"


@pytest.mark.parametrize("room", REQUIRED)
def test_room_imports_only_the_packages_it_may(room: str) -> None:
    wrong = [
        where(source, statement, f"imports {name}")
        for source in sources()
        if top_room_of(source) == room
        for name, statement in third_party(source)
        if name not in REQUIRED[room] | OPTIONAL.keys() | KERAS
    ]
    assert not wrong, "\n".join(wrong)


def test_an_optional_package_is_imported_in_its_one_adapter() -> None:
    importers = defaultdict(set)
    for source in sources():
        for name, _ in third_party(source):
            if name in OPTIONAL and name not in REQUIRED[top_room_of(source)]:
                importers[name].add(source.as_posix())
    wrong = {name: files for name, files in importers.items() if files != OPTIONAL[name][1]}
    assert not wrong, f"imported elsewhere than in the adapters that OPTIONAL names: {wrong}"


def test_an_optional_package_is_not_imported_with_its_adapter() -> None:
    """At the top of a module it would be needed by everyone who imports the adapter."""
    wrong = []
    for source in sources():
        tree = ast.parse((REPOSITORY / source).read_text(encoding="utf-8"))
        for name, statement in third_party(source):
            if name in OPTIONAL and any(statement.lineno == top.lineno for top in tree.body):
                wrong.append(where(source, statement, f"imports {name} at the top"))
    assert not wrong, "\n".join(wrong)


def test_the_films_library_is_imported_only_where_a_film_is_opened() -> None:
    """It loads all of FFmpeg, which a photo, a camera or a graph does not need."""
    wrong = []
    for source in sources():
        tree = ast.parse((REPOSITORY / source).read_text(encoding="utf-8"))
        for name, statement in third_party(source):
            if name == "av" and any(statement.lineno == top.lineno for top in tree.body):
                wrong.append(where(source, statement, "imports av at the top"))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", OPTIONAL)
def test_absence_of_an_optional_package_names_its_extra(name: str) -> None:
    extra, adapters = OPTIONAL[name]
    for adapter in adapters:
        text = (REPOSITORY / adapter).read_text(encoding="utf-8")
        assert re.search(rf"""install_command\(['"]({extra})['"]\)|extra `({extra})`""", text), (
            f"{adapter} imports {name}; without it, it has to say: {{install_command('{extra}')}}"
        )
    pyproject = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    for each in extra.split("|"):
        assert re.search(rf"^{each} = \[", pyproject, re.MULTILINE), f"pyproject.toml has no extra {each}"


def test_mediapipe_is_never_imported() -> None:
    """It would clash with an installed one, and pins numpy: only a separate process may run it."""
    wrong = [
        where(source, statement, name)
        for source in sources()
        for name, statement in third_party(source)
        if name == "mediapipe"
    ]
    assert not wrong, "\n".join(wrong)


def test_keras_stays_out_of_inference() -> None:
    wrong = [
        where(source, statement, f"imports {name}")
        for source in sources()
        for name, statement in third_party(source)
        if name in KERAS and room_of(source) != WITH_KERAS
    ]
    assert not wrong, "\n".join(wrong)


def committed_texts() -> Iterator[tuple[Path, int, str]]:
    """(file, line number, line) of every text file that belongs to the repository."""
    folders = [
        *ROOMS,
        "android",
        "bazel",
        "benchmarks",
        "docs",
        "examples",
        "tests",
        "tools",
        ".ci",
        ".github",
    ]
    files = [file for file in REPOSITORY.iterdir() if file.is_file() and file.name != ".git"]
    for folder in folders:
        files += (file for file in (REPOSITORY / folder).rglob("*") if file.is_file())
    for file in sorted(files):
        if file.suffix in {".pyc", ".png", ".jpg", ".npz", ".tflite", ".binpb", ".mp4", ".jar", ".aar"}:
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            yield file.relative_to(REPOSITORY), number, line


# Written so that this file does not match.
MACHINE_PATH = re.compile(
    r"(?<![\w.)}>-])/(?:" + "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me/", "tm" + "p/"]) + r")\b"
)
UNFINISHED = re.compile(r"\b(?:" + "|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX"]) + r")\b")


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        pytest.param(MACHINE_PATH, "a path of one machine", id="machine path"),
        pytest.param(UNFINISHED, "a mark of unfinished work", id="unfinished work"),
    ],
)
def test_no_committed_file_contains(pattern: re.Pattern[str], why: str) -> None:
    wrong = [
        f"{file}:{number} {line.strip()[:100]}"
        for file, number, line in committed_texts()
        if pattern.search(line)
    ]
    assert not wrong, f"{why}:\n" + "\n".join(wrong)


# How a text would install an extra: only `install_command` knows how the package was installed.
INSTALLS_AN_EXTRA = re.compile(r"attention-mesh\[|install [^|]*\.\[")
MAY_INSTALL = (
    *("extras.py", "pyproject.toml", "Makefile", "docs/install.md"),
    *("tests/test_extras.py", "tests/test_import_rules.py"),
)


def test_only_install_command_and_its_page_say_how_an_extra_is_installed() -> None:
    wrong = [
        f"{file}:{number} {line.strip()[:100]}"
        for file, number, line in committed_texts()
        if INSTALLS_AN_EXTRA.search(line) and file.as_posix() not in MAY_INSTALL
    ]
    assert not wrong, (
        "in Python, use attention_mesh.extras.install_command; in pages, link to docs/install.md:\n"
        + "\n".join(wrong)
    )


# What in a BUILD file takes in the Python files below its folder.
TAKES_ALL = re.compile(r"^(room|pytest_files)\(", re.MULTILINE)


@pytest.mark.parametrize("folder", [".", *ROOMS, "bazel", "benchmarks", "examples", "tests", "tools"])
def test_every_python_file_belongs_to_a_bazel_target(folder: str) -> None:
    top = REPOSITORY / folder
    files = [top / "__init__.py"] if folder == "." else sorted(top.rglob("*.py"))
    assert files or folder == "benchmarks"
    for file in files:
        build = next(parent / "BUILD" for parent in file.parents if (parent / "BUILD").is_file())
        text = build.read_text(encoding="utf-8")
        assert TAKES_ALL.search(text) or f'"{file.relative_to(build.parent).as_posix()}"' in text, (
            f"{file.relative_to(REPOSITORY)} is in no target of {build.relative_to(REPOSITORY)}"
        )
