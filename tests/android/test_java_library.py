"""The Android library gives what the Python side gives, with real inference on a JVM.

All of its JUnit tests run in one process, over what java_fixtures.py and stage_fixtures.py write.
That takes half a minute of two cores, mostly for Robolectric's Android; nothing else proves the Java code.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from attention_mesh.cli.aar.java_build import ANDROID, compile_java, compile_library, java_tool
from attention_mesh.cli.aar.maven_cache import class_path, fetched
from attention_mesh.cli.errors import AarError
from attention_mesh.models.weights import WeightsError
from attention_mesh.tests.android.java_fixtures import (
    FixtureFolder,
    write_film,
    write_graphs,
    write_photos,
)
from attention_mesh.tests.android.stage_fixtures import write_stages

TESTS = ANDROID / "src" / "test"
SUPPORT = ANDROID / "src" / "testsupport"
CLASSES = sorted(file.stem for file in (TESTS / "java").rglob("*Test.java"))
_JAVA_LEVEL = "11"  # of the tests, which no app contains

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def _run_junit(folder: Path, fixtures: Path, paths: list[Path]) -> str:
    """Compiles library and tests, runs all tests in one JVM and returns what it printed."""
    library, tests = folder / "library", folder / "tests"
    library.mkdir()
    tests.mkdir()
    compile_library(library)
    sources = [file for root in (TESTS, SUPPORT) for file in (root / "java").rglob("*.java")]
    compile_java(sources, tests, [library, *paths], _JAVA_LEVEL)
    command = [
        *(java_tool("java"), "-Xmx3g", "-Drobolectric.offline=true"),
        f"-Drobolectric.dependency.dir={fetched('robolectric')[0].parent}",
        f"-Dattentionmesh.fixtures={fixtures}",
        *("-cp", os.pathsep.join(map(str, [tests, library, *paths]))),
        *("org.junit.platform.console.ConsoleLauncher", "execute", "--disable-banner", "--details=none"),
        *(f"--reports-dir={folder / 'reports'}", f"--scan-class-path={tests}"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[str, str]]]:
    """Class -> (test, failure or "") of the one run."""
    data = pytest.importorskip("skimage.data")
    folder = tmp_path_factory.mktemp("android")
    fixtures = FixtureFolder(folder / "fixtures")
    try:
        java_tool("javac")
        paths = class_path("test", "compile")
        fixtures.assets()
    except (AarError, WeightsError) as error:
        pytest.skip(f"the Android library is not tested: {error}")
    astronaut = np.ascontiguousarray(data.astronaut())
    write_graphs(fixtures)
    write_stages(fixtures, astronaut)
    write_photos(fixtures, astronaut)
    write_film(fixtures, astronaut)
    printed = _run_junit(folder, fixtures.folder, paths)
    found: dict[str, list[tuple[str, str]]] = {}
    for report in (folder / "reports").glob("TEST-*.xml"):
        for case in ElementTree.parse(report).iter("testcase"):
            failures = [*case.iter("failure"), *case.iter("error")]
            text = failures[0].get("message") or failures[0].text or "failed" if failures else ""
            found.setdefault(case.get("classname", "").rpartition(".")[2], []).append(
                (case.get("name", ""), text)
            )
    assert found, printed[-3000:]
    return found


@pytest.mark.parametrize("name", CLASSES)
def test_the_library_passes(results: dict[str, list[tuple[str, str]]], name: str) -> None:
    assert results.get(name), f"{name} has not run"
    assert {test: text for test, text in results[name] if text} == {}
