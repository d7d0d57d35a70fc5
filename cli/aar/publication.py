"""Publication: what lies beside the archive in a Maven repository."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

import attention_mesh
from attention_mesh.cli.aar.deterministic_zip import write_zip
from attention_mesh.cli.aar.java_build import GUARDED, MAIN, java_sources, java_tool, run_tool
from attention_mesh.cli.aar.maven_cache import artifacts, class_path, fetched
from attention_mesh.media.files import write_whole

GROUP, NAME = "org.attentionmesh", "attention-mesh"
_HASHES = ("md5", "sha1", "sha256", "sha512")


def version() -> str:
    """The version of the archive: the package's own."""
    return attention_mesh.__version__


def project_object_model() -> str:
    """The POM: what the archive is, and what an app gets with it."""
    dependencies = "".join(
        f"""
    <dependency>
      <groupId>{escape(artifact.group)}</groupId>
      <artifactId>{escape(artifact.name)}</artifactId>
      <version>{escape(artifact.version)}</version>
      <scope>{"compile" if artifact.group.startswith("androidx") else "runtime"}</scope>
    </dependency>"""
        for artifact in artifacts("declared")
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>{GROUP}</groupId>
  <artifactId>{NAME}</artifactId>
  <version>{escape(version())}</version>
  <packaging>aar</packaging>
  <name>Attention Mesh</name>
  <description>478 3D landmarks of every face, tracked: the library for Android.</description>
  <licenses>
    <license>
      <name>Apache-2.0</name>
      <url>https://www.apache.org/licenses/LICENSE-2.0.txt</url>
    </license>
  </licenses>
  <dependencies>{dependencies}
  </dependencies>
</project>
"""


def sources_jar() -> bytes:
    """The library's sources."""
    return write_zip(
        {
            file.relative_to(root / "java").as_posix(): file.read_bytes()
            for root in (MAIN, GUARDED)
            for file in java_sources(root)
        }
    )


def javadoc_jar() -> bytes:
    """The library's reference; the same sources and JDK give the same bytes.

    Raises:
      AarError: a comment is wrong; the text has javadoc's messages.
    """
    paths = [*fetched("robolectric"), *class_path("compile")[1:]]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "javadoc"
        options = ["-quiet", "-notimestamp", "-Xdoclint:all,-missing", "-encoding", "UTF-8", "--release", "8"]
        places = ["-locale", "en_US", "-d", str(folder), "-cp", os.pathsep.join(map(str, paths))]
        sources = [str(file) for file in java_sources(MAIN, GUARDED)]
        run_tool([java_tool("javadoc"), *options, *places, *sources], "javadoc")
        return write_zip(
            {
                file.relative_to(folder).as_posix(): file.read_bytes()
                for file in folder.rglob("*")
                if file.is_file()
            }
        )


def write_publication(folder: Path, files: dict[str, bytes]) -> Path:
    """Writes a folder in Maven's layout, ready to be copied to a repository, or to be one.

    Args:
      folder: the root of the repository; it is made if it is missing.
      files: the suffixes of the files and their contents, such as ``-sources.jar``.

    Returns:
      The folder of this version.
    """
    top = folder.joinpath(*GROUP.split("."), NAME)
    for suffix, content in files.items():
        _write_with_hashes(top / version() / f"{NAME}-{version()}{suffix}", content)
    metadata = f"""<?xml version="1.0" encoding="UTF-8"?>
<metadata>
  <groupId>{GROUP}</groupId>
  <artifactId>{NAME}</artifactId>
  <versioning>
    <latest>{version()}</latest>
    <release>{version()}</release>
    <versions>
      <version>{version()}</version>
    </versions>
  </versioning>
</metadata>
"""
    _write_with_hashes(top / "maven-metadata.xml", metadata.encode())
    return top / version()


def _write_with_hashes(path: Path, content: bytes) -> None:
    write_whole(path, content, make_folder=True)
    for name in _HASHES:
        digest = hashlib.new(name, content).hexdigest()
        write_whole(path.with_name(f"{path.name}.{name}"), digest.encode())
