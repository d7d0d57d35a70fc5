"""Java build: the sources of the library as class files, compiled against the API level that they may use."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from attention_mesh.cli.aar.deterministic_zip import write_zip
from attention_mesh.cli.aar.maven_cache import artifacts, class_path, fetch, fetched
from attention_mesh.cli.errors import AarError

ANDROID = Path(__file__).parents[2] / "android"
MAIN = ANDROID / "src" / "main"
# Classes that a device older than Android 8 (API 26) never loads.
GUARDED = ANDROID / "src" / "api26"
_JAVA_LEVEL = "8"  # what the compilers of Android apps read, whatever their age
# Options of a JVM that compiles for seconds: its own optimizing compiler would not earn back what it costs.
SHORT_RUN = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


def java_tool(name: str) -> str:
    """The path of a program of the JDK, from $JAVA_HOME or the PATH.

    Raises:
      AarError: there is none.
    """
    home = os.environ.get("JAVA_HOME")
    found = shutil.which(name, path=str(Path(home) / "bin")) if home else shutil.which(name)
    if found is None:
        raise AarError(f"{name} is missing: install a JDK, version 11 or newer, or set JAVA_HOME to one")
    return found


def run_tool(command: Sequence[str | Path], what: str, *, folder: Path | None = None) -> str:
    """Runs a program to its end and returns what it printed to stdout.

    Args:
      command: the program and its arguments.
      what: the step, as errors call it.
      folder: the working folder; by default the current one.

    Raises:
      AarError: its exit code is not 0; the text says `what` failed, with the end of the program's messages.
    """
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines()
        raise AarError(f"{what} failed (exit code {done.returncode}):\n" + "\n".join(lines[-30:]))
    return done.stdout


def compile_java(
    sources: Iterable[Path], folder: Path, paths: Iterable[Path], level: str = _JAVA_LEVEL
) -> None:
    """Compiles Java sources into a folder.

    Args:
      sources: the .java files.
      folder: an existing folder for the class files.
      paths: the class path.
      level: of the language and of java.*: "8" for what an app contains.

    Raises:
      AarError: they do not compile; the text has javac's messages.
    """
    files = sorted(str(source).replace("\\", "/") for source in sources)
    joined = os.pathsep.join(str(path) for path in paths)
    options = ["--release", level, "-encoding", "UTF-8", "-g", "-proc:none", "-Xlint:-options"]
    with tempfile.TemporaryDirectory() as temporary:
        arguments = Path(temporary) / "sources.txt"
        arguments.write_text("".join(f'"{file}"\n' for file in files), encoding="utf-8")
        jvm = [f"-J{option}" for option in SHORT_RUN]
        command = [java_tool("javac"), *jvm, *options, "-d", str(folder), "-cp", joined, f"@{arguments}"]
        run_tool(command, "javac")


def java_sources(*roots: Path) -> list[Path]:
    """The .java files below `java` in these folders, sorted."""
    return sorted(file for root in roots for file in (root / "java").rglob("*.java"))


def compile_library(folder: Path, main: Path = MAIN, guarded: Path = GUARDED) -> None:
    """Compiles the library into a folder: `main` against API 21, and `guarded` against Android 14.

    Args:
      folder: an existing folder for the class files.
      main: the source folder; its `java` is the root of the packages.
      guarded: the source folder of classes that only newer devices load; it may be missing.

    Raises:
      AarError: a tool or a dependency is missing, there are no sources, or one does not compile.
    """
    plain, newer = java_sources(main), java_sources(guarded)
    if not plain:
        raise AarError(f"{main} has no Java sources; expected those of the library")
    api21, *others = class_path("compile")
    if newer:
        # The parts call each other, so the newer API sees both; then the older one must do for `main`.
        android14 = [*fetched("robolectric"), *fetch([a for a in artifacts("test") if a.name == "sandbox"])]
        compile_java([*plain, *newer], folder, [*android14, *others])
    compile_java(plain, folder, [api21, *others, *([folder] if newer else [])])


def library_classes(main: Path = MAIN, guarded: Path = GUARDED) -> bytes:
    """The library's classes.jar.

    Raises:
      AarError: as `compile_library`.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        compile_library(folder, main, guarded)
        return write_zip(
            {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*.class")}
        )
