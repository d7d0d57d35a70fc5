"""MediaPipe's own Python tests pass on this package."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from attention_mesh.tests.python_bindings.mediapipe_api import mediapipe_python_tests as runner

# Pillow 12 no longer makes RGBA pictures of 16-bit arrays: these fail in it, before they reach this package.
FAIL_IN_PILLOW = {"test_create_image_frame_from_rgba64_pil_image", "test_create_image_from_rgba64_pil_image"}


@pytest.mark.slow
def test_all_of_them_pass() -> None:
    folder = runner.default_folder()
    if folder is None:
        pytest.skip("no environment with mediapipe 0.10.21; `make peer` makes it")
    pytest.importorskip("absl.testing", reason="MediaPipe's tests need absl-py")
    pytest.importorskip("PIL", reason="MediaPipe's tests need Pillow")
    if not (runner.default_pictures() / "portrait.jpg").is_file():
        pytest.skip("no portrait.jpg, on whose pixels the solutions' tests depend")
    output = subprocess.run(
        [sys.executable, runner.__file__, str(folder), "--json"], capture_output=True, text=True, check=True
    ).stdout
    files = json.loads(output)["files"]
    failures = {name: why for file in files for name, why in file["failures"].items()}
    unexpected = {
        name: why
        for name, why in failures.items()
        if not (name in FAIL_IN_PILLOW and "Cannot handle this data type" in why)
    }
    assert not unexpected
    assert sum(file["total"] for file in files) == 104


def test_a_failing_test_is_counted_and_named(tmp_path: Path) -> None:
    """Parameters belong to one test; a file that does not even load fails with all its tests."""
    (tmp_path / "some_test.py").write_text(
        "import unittest\n"
        "import mediapipe\n"
        "class SomeTest(unittest.TestCase):\n"
        "    def test_good(self): assert mediapipe.solutions.__name__.startswith('attention_mesh.')\n"
        "    def test_bad(self): self.assertEqual(1, 2)\n"
        "SomeTest.test_bad_with_more = SomeTest.test_bad\n"
    )
    result = runner.run_file(tmp_path, "some_test.py")
    assert (result["passed"], result["total"]) == (1, 2)
    assert result["failures"] == {"test_bad": "AssertionError: 1 != 2"}
    (tmp_path / "broken_test.py").write_text(
        "import nothing_of_this_name\nclass T:\n    def test_a(self): pass\n    def test_b(self): pass\n"
    )
    result = runner.run_file(tmp_path, "broken_test.py")
    assert (result["passed"], result["total"]) == (0, 2)
    assert "nothing_of_this_name" in result["failures"]["test_a"]
