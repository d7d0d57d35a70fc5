"""The main program of every py_test: runs pytest on the test files that it is given.

Its exit status is pytest's, so a failing test fails the target, and so does a file without tests (5).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

PACKAGE = "attention_mesh"


def pytest_arguments(test_files: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """pytest's command line for `test_files`, with the options that Bazel passes in `environment`.

    `XML_OUTPUT_FILE` is where Bazel reads the result of each test function from; `TESTBRIDGE_TEST_ONLY`
    is the value of `bazel test --test_filter=…`, taken as pytest's `-k`.
    """
    arguments = ["-p", "no:cacheprovider", *test_files]
    if environment.get("XML_OUTPUT_FILE"):
        arguments.append(f"--junitxml={environment['XML_OUTPUT_FILE']}")
    if environment.get("TESTBRIDGE_TEST_ONLY"):
        arguments += ["-k", environment["TESTBRIDGE_TEST_ONLY"]]
    return arguments


def package_parent(workspace: Path, scratch: Path) -> Path:
    """The folder in which `attention_mesh` is the tree of declared files.

    Bazel up to 7 names the folder `workspace` after the WORKSPACE file, which is the package's name. With
    MODULE.bazel it is `_main`, so a link of the right name is made in `scratch`.
    """
    if workspace.name == PACKAGE:
        return workspace.parent
    link = scratch / PACKAGE
    if not link.is_symlink():
        link.symlink_to(workspace, target_is_directory=True)
    return scratch


def hide_editable_installs(finders: list) -> None:
    """Takes setuptools' editable finders out of `finders` (sys.meta_path), in place.

    They would find in the checkout what a target forgot to declare, and the test would pass.
    """
    finders[:] = [finder for finder in finders if "__editable__" not in getattr(finder, "__module__", "")]


if __name__ == "__main__":
    # Bazel starts a test in the runfiles folder of the workspace.
    sys.path.insert(0, str(package_parent(Path.cwd(), Path(os.environ["TEST_TMPDIR"]))))
    hide_editable_installs(sys.meta_path)
    sys.exit(pytest.main(pytest_arguments(sys.argv[1:], os.environ)))
