"""`.ci/system_packages` on machines that lack this or that: what it installs, and what it says."""

from __future__ import annotations

import shutil
import stat
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / ".ci" / "system_packages"
BASH = shutil.which("bash")

pytestmark = pytest.mark.skipif(
    BASH is None or shutil.which("uname") is None or not Path("/proc").is_dir(), reason="needs bash on Linux"
)

LIBRARIES = "libGL.so.1 libgthread-2.0.so.0"


class Machine:
    """A folder of commands that stands for a machine; all that apt-get is told goes to a file."""

    def __init__(
        self, folder: Path, *, root: bool, libraries: str = LIBRARIES, has_venv: bool = True
    ) -> None:
        self._bin = folder / "bin"
        self._bin.mkdir()
        self._log = folder / "apt.log"
        for name in ("bash", "env", "grep", "uname"):
            (self._bin / name).symlink_to(shutil.which(name))
        self.add("id", f"echo {0 if root else 1000}")
        self.add("ldconfig", f"printf '%s\\n' {libraries}")
        self.add("python3", f"exit {0 if has_venv else 1}")
        self.add("make", "")
        self.add("apt-get", f'echo "$@" >> "{self._log}"')

    def add(self, name: str, body: str) -> None:
        command = self._bin / name
        command.write_text(f"#!{BASH}\n{body}\n")
        command.chmod(command.stat().st_mode | stat.S_IXUSR)

    def remove(self, name: str) -> None:
        (self._bin / name).unlink()

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [BASH, SCRIPT, *arguments], env={"PATH": str(self._bin)}, capture_output=True, text=True
        )

    def installed(self) -> set[str]:
        """The packages that apt-get was told to install."""
        if not self._log.exists():
            return set()
        words = [line.split() for line in self._log.read_text().splitlines() if line.startswith("install")]
        return {word for line in words for word in line[1:] if not word.startswith("-")}


def test_nothing_is_done_where_nothing_is_missing(tmp_path: Path) -> None:
    machine = Machine(tmp_path, root=True)
    result = machine.run()
    assert (result.returncode, result.stdout, machine.installed()) == (0, "", set())


def test_root_gets_what_is_missing(tmp_path: Path) -> None:
    machine = Machine(tmp_path, root=True, libraries="libz.so.1", has_venv=False)
    machine.remove("make")
    result = machine.run()
    assert result.returncode == 0, result.stderr
    assert machine.installed() == {"make", "python3-venv", "libgl1", "libglib2.0-0"}


def test_others_are_told_what_to_install(tmp_path: Path) -> None:
    machine = Machine(tmp_path, root=False, libraries="libGL.so.1", has_venv=False)
    result = machine.run()
    assert result.returncode == 1
    assert "apt-get install python3-venv libglib2.0-0" in result.stderr
    assert machine.installed() == set()


def test_what_the_checks_want_is_installed_when_asked_for(tmp_path: Path) -> None:
    machine = Machine(tmp_path, root=True)
    assert machine.run("--for-checks").returncode == 0
    chromium = {"chromium", "libvulkan1", "chromium-driver"}
    android = {"default-jdk-headless", "maven", "aapt", "zipalign", "apksigner"}
    assert machine.installed() == {"bazel-bootstrap", *chromium, "mesa-vulkan-drivers", "xvfb", *android}


def test_what_the_checks_want_is_not_needed(tmp_path: Path) -> None:
    machine = Machine(tmp_path, root=True)
    machine.add("apt-get", '[ "$1" != install ]')
    result = machine.run("--for-checks")
    assert result.returncode == 0
    assert (
        "mesa-vulkan-drivers xvfb default-jdk-headless maven aapt zipalign apksigner could not be installed"
        in result.stdout
    )


def test_a_library_that_cannot_be_installed_is_an_error(tmp_path: Path) -> None:
    machine = Machine(tmp_path, root=True, libraries="libz.so.1")
    machine.add("apt-get", '[ "$1" != install ]')
    assert machine.run().returncode != 0
