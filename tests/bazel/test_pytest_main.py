"""The main program of the Bazel tests: a failing test must fail its target, and only declared files count."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from attention_mesh.bazel import pytest_main


def run_as_bazel_does(
    folder: Path, test_file: str, packages: tuple[str, ...] = (), **variables: str
) -> subprocess.CompletedProcess:
    """Runs `test_file` in runfiles that hold it and the empty `packages` (paths) alone."""
    scratch = folder / "scratch"
    scratch.mkdir()
    workspace = folder / "attention_mesh"
    workspace.mkdir()
    (workspace / "test_it.py").write_text(test_file)
    for package in packages:
        (workspace / package).mkdir(exist_ok=True)
        (workspace / package / "__init__.py").touch()
    return subprocess.run(
        [sys.executable, pytest_main.__file__, "test_it.py"],
        cwd=workspace,
        env={**os.environ, "TEST_TMPDIR": str(scratch), **variables},
        capture_output=True,
        text=True,
    )


def test_exit_status_is_zero_when_tests_pass(tmp_path: Path) -> None:
    result = run_as_bazel_does(tmp_path, "def test_a():\n    assert 1 + 1 == 2\n")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "1 passed" in result.stdout


@pytest.mark.parametrize(
    ("test_file", "status"),
    [
        pytest.param("def test_a():\n    assert 1 + 1 == 3\n", 1, id="failing test"),
        pytest.param("import a_module_that_is_not_there\n", 2, id="import error"),
        pytest.param("def helper():\n    pass\n", 5, id="no test in the file"),
    ],
)
def test_exit_status_tells_failures(tmp_path: Path, test_file: str, status: int) -> None:
    assert run_as_bazel_does(tmp_path, test_file).returncode == status


def test_filter_and_xml_file_are_honoured(tmp_path: Path) -> None:
    report = tmp_path / "test.xml"
    result = run_as_bazel_does(
        tmp_path,
        "def test_wanted():\n    pass\n\ndef test_other():\n    assert False\n",
        TESTBRIDGE_TEST_ONLY="wanted",
        XML_OUTPUT_FILE=str(report),
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "test_wanted" in report.read_text()
    assert "test_other" not in report.read_text()


def test_a_room_that_was_not_declared_cannot_be_imported(tmp_path: Path) -> None:
    """The checkout is installed in editable mode here, so without care this import would succeed."""
    result = run_as_bazel_does(
        tmp_path,
        "import pytest\n"
        "def test_declared():\n"
        "    import attention_mesh.geometry\n"
        "def test_undeclared():\n"
        "    with pytest.raises(ModuleNotFoundError):\n"
        "        import attention_mesh.framework\n",
        packages=(".", "geometry"),
    )
    assert "2 passed" in result.stdout, result.stdout + result.stderr


def test_package_parent_is_the_runfiles_folder_under_a_workspace(tmp_path: Path) -> None:
    workspace = tmp_path / "runfiles" / "attention_mesh"
    workspace.mkdir(parents=True)
    assert pytest_main.package_parent(workspace, tmp_path) == tmp_path / "runfiles"


def test_package_parent_gives_a_bazel_module_the_package_s_name(tmp_path: Path) -> None:
    workspace = tmp_path / "runfiles" / "_main"
    workspace.mkdir(parents=True)
    (workspace / "__init__.py").touch()
    for _ in range(2):  # the second time finds the link there
        parent = pytest_main.package_parent(workspace, tmp_path)
        assert (parent / "attention_mesh" / "__init__.py").samefile(workspace / "__init__.py")
