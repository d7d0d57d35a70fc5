"""Runs the Python tests of an installed mediapipe against this package, and prints how many pass.

    python tests/python_bindings/mediapipe_api/mediapipe_python_tests.py [FOLDER] [--pictures FOLDER] [--json]

FOLDER is the package folder of mediapipe 0.10.21, …/site-packages/mediapipe; by default that of
.venv-mediapipe beside the package (`make peer`). Its tests are copied to a scratch folder and run there
unmodified, each file in a process of its own in which the name `mediapipe` stands for this package.

They need absl-py and Pillow; two of them (…rgba64_pil_image) a Pillow before 12, which still made RGBA
pictures of 16-bit arrays. They read the pictures portrait.jpg and hands.jpg of MediaPipe's repository, which
its wheel does not have: those that are not found in --pictures (by default ATTENTION_MESH_TEST_DATA/portrait,
else ../shared/data/portrait) are replaced by another photo of the same size, and the table says so.

A test counts once however many sets of parameters it runs with; it has passed when all of these have.
"""

from __future__ import annotations

import argparse
import ast
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import types
import unittest
from pathlib import Path

FILES = (
    "calculator_graph_test.py",
    "timestamp_test.py",
    "packet_test.py",
    "image_frame_test.py",
    "image_test.py",
    "solution_base_test.py",
    "solutions/drawing_utils_test.py",
    "solutions/face_mesh_test.py",
    "solutions/face_detection_test.py",
)
TASKS_HELPER = "test_utils.py"
PICTURES = {"portrait.jpg": (820, 1024), "hands.jpg": (720, 382)}  # width, height
REPOSITORY = Path(__file__).resolve().parents[3]
TIMEOUT_SECONDS = 300


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, help="…/site-packages/mediapipe")
    parser.add_argument("--pictures", type=Path, help="folder with portrait.jpg and hands.jpg")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        run_in_this_process(Path(arguments.child[0]), Path(arguments.child[1]))
        return
    folder = arguments.folder or default_folder()
    if folder is None or not (folder / "python" / FILES[0]).is_file():
        parser.error(f"no tests of mediapipe in {folder}; name the folder …/site-packages/mediapipe")
    with tempfile.TemporaryDirectory() as scratch:
        replaced = lay_out(folder / "python", arguments.pictures or default_pictures(), Path(scratch))
        results = [run_file(Path(scratch), name) for name in FILES]
    if arguments.json:
        print(json.dumps({"files": results, "replaced": replaced}))
    else:
        print_table(results, replaced)


def default_folder() -> Path | None:
    named = os.environ.get("ATTENTION_MESH_PEER_PYTHON")
    root = Path(named).parents[1] if named else REPOSITORY / ".venv-mediapipe"
    return next(iter(sorted(root.glob("lib/python*/site-packages/mediapipe"))), None)


def default_pictures() -> Path:
    named = os.environ.get("ATTENTION_MESH_TEST_DATA")
    return (Path(named) if named else REPOSITORY.parent / "shared" / "data") / "portrait"


def lay_out(tests: Path, pictures: Path, scratch: Path) -> list[str]:
    """Copies tests and pictures; returns the names of pictures that another one stands in for."""
    import cv2

    testdata = scratch / "solutions" / "testdata"
    testdata.mkdir(parents=True)
    for name in FILES:
        shutil.copy(tests / name, scratch / name)
    replaced = []
    for name, size in PICTURES.items():
        if (pictures / name).is_file():
            shutil.copy(pictures / name, testdata / name)
        else:
            from skimage.data import astronaut

            cv2.imwrite(str(testdata / name), cv2.resize(astronaut()[..., ::-1], size))
            replaced.append(name)
    return replaced


def run_file(scratch: Path, name: str) -> dict:
    """Results of one file: "file", "passed", "total", "seconds"; "failures", test → its error's last line."""
    report = scratch / "report.json"
    report.unlink(missing_ok=True)
    command = [sys.executable, __file__, "--child", str(scratch / name), str(report)]
    tests = test_names(scratch / name)
    start = time.monotonic()
    try:
        child = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, cwd=scratch)
        problem = (child.stderr.strip().splitlines() or ["no output"])[-1]
    except subprocess.TimeoutExpired:
        problem = f"not done after {TIMEOUT_SECONDS} s"
    if report.is_file():
        failures = json.loads(report.read_text())
    else:
        failures = dict.fromkeys(tests, f"the process ended: {problem}")
    return {
        "file": name,
        "passed": len(tests) - len(failures),
        "total": len(tests),
        "failures": failures,
        "seconds": round(time.monotonic() - start, 1),
    }


def test_names(path: Path) -> list[str]:
    """The test methods that a file defines."""
    classes = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)]
    return [
        function.name
        for node in classes
        for function in node.body
        if isinstance(function, ast.FunctionDef) and function.name.startswith("test")
    ]


def run_in_this_process(path: Path, report: Path) -> None:
    """Runs one file with `mediapipe` standing for this package, and writes the failures as JSON."""
    import attention_mesh

    attention_mesh.install_as("mediapipe")
    if (path.parent / TASKS_HELPER).is_file():
        import_tasks_helper(path.parent / TASKS_HELPER)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    result = unittest.TextTestRunner(verbosity=0).run(unittest.defaultTestLoader.loadTestsFromModule(module))
    names = test_names(path)
    failures: dict[str, str] = {}
    for test, trace in [*result.failures, *result.errors, *((test, "skipped") for test, _ in result.skipped)]:
        method = test.id().rpartition(".")[2]
        known = [name for name in names if method.startswith(name)]
        failures[max(known, key=len) if known else method] = trace.strip().splitlines()[-1]
    report.write_text(json.dumps(failures))


def import_tasks_helper(path: Path) -> None:
    """Imports a module of MediaPipe's tests that its tests of the tasks import by its place in the wheel."""
    package = "mediapipe.tasks.python.test"
    name = f"{package}.{path.stem}"
    sys.modules[package] = types.ModuleType(package)
    spec = importlib.util.spec_from_file_location(name, path)
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    setattr(sys.modules[package], path.stem, module)


def print_table(results: list[dict], replaced: list[str]) -> None:
    print(f"{'file':36} {'passed':>6} {'failed':>6} {'total':>6} {'seconds':>8}")
    total = {"file": "all", **{key: sum(r[key] for r in results) for key in ("passed", "total", "seconds")}}
    for row in [*results, total]:
        failed = row["total"] - row["passed"]
        print(f"{row['file']:36} {row['passed']:6} {failed:6} {row['total']:6} {row['seconds']:8.1f}")
        for name, problem in row.get("failures", {}).items():
            print(f"    {name}: {problem}")
    for name in replaced:
        print(f"{name} was not found; another photo of its size stood in for it")


if __name__ == "__main__":
    main()
