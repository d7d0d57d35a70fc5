"""The Android library gives what the Python side gives, with real inference on a JVM.

R8 shrinks library and tests in full mode, as an app's release build does. Then all JUnit tests run in one
process, over what java_fixtures.py and stage_fixtures.py write. That takes 40 s of two cores, mostly for R8
and Robolectric's Android; nothing else proves the Java code. The archive's tests run unshrunk classes.
With ATTENTION_MESH_NO_R8=1 in the environment, the JUnit tests do so, too.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from attention_mesh.cli.aar.deterministic_zip import read_zip, write_zip
from attention_mesh.cli.aar.java_build import (
    ANDROID,
    MAIN,
    SHORT_RUN,
    compile_java,
    compile_library,
    java_tool,
    run_tool,
)
from attention_mesh.cli.aar.maven_cache import class_path, fetched, tool
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


# An app's own rules; the last two options are those that rename and open the most.
_RULES = """
-keep class org.attentionmesh.**Test { public <init>(); @org.junit.** <methods>; }
-keepattributes *Annotation*,SourceFile,LineNumberTable
-dontwarn android.**
-dontwarn org.robolectric.**
-allowaccessmodification
-repackageclasses
"""
# What R8 must know of the class path: the classes that library and tests call or extend.
_CALLED = re.compile(
    r"junit-platform|robolectric-4|annotations-4|tensorflow-lite-[\d.-]+jar|tensorflow-lite-api"
    r"|javacpp-[\d.]+jar|annotation-"
)


def _shrunk(folder: Path, classes: list[Path], paths: list[Path]) -> Path:
    """A jar of the classes below these folders, shrunk by R8 in full mode with the archive's rules."""
    together, jar, rules = folder / "together.jar", folder / "shrunk.jar", folder / "rules.txt"
    files = [(file, root) for root in classes for file in root.rglob("*.class")]
    together.write_bytes(
        write_zip({file.relative_to(root).as_posix(): file.read_bytes() for file, root in files})
    )
    rules.write_text(_RULES)
    api21 = class_path("compile")[0]
    jdk = Path(java_tool("java")).resolve().parents[1]
    command = [java_tool("java"), "-Xmx1g", *SHORT_RUN, "-cp", tool("r8"), "com.android.tools.r8.R8"]
    command += ["--classfile", "--release", "--output", jar, "--lib", api21, "--lib", jdk]
    for path in filter(lambda path: _CALLED.match(path.name), paths):
        command += ["--classpath", path]
    run_tool([*command, "--pg-conf", MAIN / "proguard.txt", "--pg-conf", rules, together], "R8")
    assert "org/attentionmesh/FaceMesh.class" not in read_zip(jar), "R8 has renamed nothing"
    return jar


def _run_junit(folder: Path, fixtures: Path, paths: list[Path]) -> str:
    """Compiles library and tests, shrinks them, runs all tests in one JVM and returns what it printed."""
    library, tests = folder / "library", folder / "tests"
    library.mkdir()
    tests.mkdir()
    compile_library(library)
    sources = [file for root in (TESTS, SUPPORT) for file in (root / "java").rglob("*.java")]
    compile_java(sources, tests, [library, *fetched("robolectric"), *paths], _JAVA_LEVEL)
    classes = [tests, library]
    if not os.environ.get("ATTENTION_MESH_NO_R8"):
        classes = [_shrunk(folder, classes, paths)]
    command = [
        *(java_tool("java"), "-Xmx3g", "-Drobolectric.offline=true"),
        f"-Drobolectric.dependency.dir={fetched('robolectric')[0].parent}",
        f"-Dattentionmesh.fixtures={fixtures}",
        *("-cp", os.pathsep.join(map(str, [*classes, *paths]))),
        *("org.junit.platform.console.ConsoleLauncher", "execute", "--disable-banner", "--details=none"),
        *(f"--reports-dir={folder / 'reports'}", f"--scan-class-path={classes[0]}"),
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
        fetched("tool", "robolectric")
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
