"""What a machine needs to build for Android: without it, these tests skip and say why."""

from __future__ import annotations

import shutil

import pytest

from attention_mesh.cli.aar.maven_cache import fetched
from attention_mesh.cli.errors import AarError


@pytest.fixture(scope="session")
def java_files() -> None:
    """Skips without a JDK, or without the files of android/dependencies.txt, cached or fetched."""
    if shutil.which("javac") is None:
        pytest.skip("no JDK; on Debian: apt-get install default-jdk-headless")
    try:
        fetched("compile", "test", "robolectric", "tool", "example", "device")
    except AarError as error:
        pytest.skip(str(error).splitlines()[0])
