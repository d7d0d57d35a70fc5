"""What pip installs: the wheel holds all that the package reads, nothing else, and imports fast."""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import attention_mesh

REPOSITORY = Path(__file__).resolve().parents[1]
TRAINING_ROOMS = ("attention_mesh", "evaluation", "export", "training")
# Subgraphs that say nothing without the options of the node that names them.
TEMPLATES = ("face_detection", "face_detection_without_roi")
ROOMS = (
    *("framework", "geometry", "media", "models", "drawing", "webgpu"),
    *("calculators", "graphs", "python_bindings", "datasets", "cli"),
)
# Modules that every room may import.
ROOT_MODULES = ("errors.py", "extras.py", "forks.py", "limits.py")
UNSHIPPED = ("BUILD", "README.md")  # a room's, for readers of the repository
BUILD_FILES = (
    "__init__.py",
    *ROOT_MODULES,
    "py.typed",
    "pyproject.toml",
    "setup.py",
    "README.md",
    "LICENSE",
    "NOTICE",
)


def run_python(*arguments: str, cwd: Path | None = None) -> str:
    result = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, cwd=cwd)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy: setuptools would take in what an earlier build left behind."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in BUILD_FILES:
        shutil.copy(REPOSITORY / name, source / name)
    for room in (*ROOMS, "tests"):
        shutil.copytree(REPOSITORY / room, source / room, ignore=shutil.ignore_patterns("__pycache__"))
    run_python(
        *("-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"),
        *("--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(source)),
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_wheel_has_every_file_of_the_rooms(names: set[str]) -> None:
    expected = {
        f"attention_mesh/{file.relative_to(REPOSITORY).as_posix()}"
        for room in ROOMS
        for file in (REPOSITORY / room).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and file.name not in UNSHIPPED
    }
    assert expected - names == set(), "not in the wheel: is their kind in setup.py's package_data?"


def test_wheel_has_nothing_but_the_package_and_its_metadata(names: set[str]) -> None:
    folders = {"/".join(name.split("/")[:2]) for name in names if "dist-info" not in name}
    files = ("__init__.py", *ROOT_MODULES, "py.typed")
    expected = {f"attention_mesh/{part}" for part in (*files, *ROOMS)}
    assert folders == expected
    assert not [name for name in names if name.endswith("BUILD") or "test_" in name]


def test_wheel_has_the_licence_the_credits_and_the_command(wheel: Path, names: set[str]) -> None:
    files = {Path(name).name: name for name in names if "dist-info" in name}
    assert {"LICENSE", "NOTICE", "entry_points.txt"} <= files.keys()
    with zipfile.ZipFile(wheel) as archive:
        assert (
            "attention-mesh = attention_mesh.cli.program:main"
            in archive.read(files["entry_points.txt"]).decode()
        )


# Editable finders are taken out, else a module that the wheel lacks would be found in the checkout.
INSTALLED_ONLY = """
import sys
sys.meta_path[:] = [f for f in sys.meta_path if "__editable__" not in getattr(f, "__module__", "")]
sys.path.insert(0, sys.argv[1])
"""

IMPORT_EVERYTHING = (
    INSTALLED_ONLY
    + """
import importlib, pkgutil
import attention_mesh
assert attention_mesh.__file__.startswith(sys.argv[1]), attention_mesh.__file__
count = 0
for module in pkgutil.walk_packages(attention_mesh.__path__, "attention_mesh.", onerror=print):
    if not module.name.startswith(tuple(sys.argv[2:])):
        importlib.import_module(module.name)
    count += 1
print(count)
"""
)

VALIDATE_GRAPHS = (
    INSTALLED_ONLY
    + """
from pathlib import Path
import attention_mesh
from attention_mesh.framework import CalculatorGraph, load_graph_config
graphs = sorted((Path(attention_mesh.__file__).parent / "graphs").rglob("*.pbtxt"))
for graph in graphs:
    if graph.stem not in sys.argv[2:]:
        CalculatorGraph(graph_config=load_graph_config(graph))
print(len(graphs))
"""
)


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    run_python(
        *("-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--no-deps", "--target", str(folder), str(wheel)),
    )
    return folder


def test_every_module_of_the_installed_wheel_imports(site: Path, tmp_path: Path) -> None:
    in_rooms = sum(len(list((REPOSITORY / room).rglob("*.py"))) for room in ROOMS)
    modules = in_rooms + len(ROOT_MODULES)
    # What trains needs the extra `train`; its own tests import it.
    left_out = [f"attention_mesh.models.{room}." for room in TRAINING_ROOMS]
    assert int(run_python("-c", IMPORT_EVERYTHING, str(site), *left_out, cwd=tmp_path)) == modules


def test_every_graph_of_the_installed_wheel_is_valid(site: Path, tmp_path: Path) -> None:
    graphs = len(list((REPOSITORY / "graphs").rglob("*.pbtxt")))
    assert int(run_python("-c", VALIDATE_GRAPHS, str(site), *TEMPLATES, cwd=tmp_path)) == graphs > 0


INSTALL_COMMAND = INSTALLED_ONLY + "from attention_mesh.extras import install_command as c; print(c('plot'))"


def test_an_error_installs_an_extra_from_the_wheel_that_was_installed(
    site: Path, wheel: Path, tmp_path: Path
) -> None:
    """pip takes a wheel's name with an extra, and notes where the wheel was."""
    command = run_python("-c", INSTALL_COMMAND, str(site), cwd=tmp_path).strip()
    assert command.endswith(f"install '{wheel}[plot]'" if os.name != "nt" else f"install {wheel}[plot]")


def test_import_takes_less_than_half_a_second(tmp_path: Path) -> None:
    """The median of five, so that one hiccup of a busy machine does not count."""
    program = (
        "import time; start = time.perf_counter(); import attention_mesh; print(time.perf_counter() - start)"
    )
    seconds = [float(run_python("-c", program, cwd=tmp_path)) for _ in range(5)]
    assert statistics.median(seconds) < 0.5, f"seconds: {seconds}"


def test_import_leaves_the_heavy_packages_alone(tmp_path: Path) -> None:
    heavy = {"cv2", "ai_edge_litert", "typer", "rich", "matplotlib", "skimage", "pyarrow", "supervision"}
    program = "import sys, attention_mesh; print(*sys.modules)"
    loaded = set(run_python("-c", program, cwd=tmp_path).split())
    assert not heavy & loaded


def test_the_version_is_the_one_in_the_package(wheel: Path) -> None:
    version = attention_mesh.__version__
    assert wheel.name.startswith(f"attention_mesh-{version}-")
    module = (REPOSITORY / "MODULE.bazel").read_text(encoding="utf-8")
    assert re.search(rf'module\(\s*name = "attention_mesh",\s*version = "{re.escape(version)}"', module)
    assert not re.search(r"^version = \"", (REPOSITORY / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
