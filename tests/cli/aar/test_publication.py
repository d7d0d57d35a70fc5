"""The POM and the folder in Maven's layout."""

from __future__ import annotations

import hashlib
from pathlib import Path
from xml.etree import ElementTree

from attention_mesh import __version__
from attention_mesh.cli.aar.publication import project_object_model, write_publication

SPACE = {"m": "http://maven.apache.org/POM/4.0.0"}


def test_the_pom_names_the_runtime_and_the_annotations() -> None:
    root = ElementTree.fromstring(project_object_model())
    assert root.findtext("m:packaging", namespaces=SPACE) == "aar"
    assert root.findtext("m:version", namespaces=SPACE) == __version__
    found = [
        tuple(entry.findtext(f"m:{key}", namespaces=SPACE) for key in ("artifactId", "version", "scope"))
        for entry in root.iterfind("m:dependencies/m:dependency", SPACE)
    ]
    assert found == [("litert", "1.4.2", "runtime"), ("annotation", "1.3.0", "compile")]


def test_the_folder_is_a_repository_with_the_hash_of_every_file(tmp_path: Path) -> None:
    files = {".aar": b"archive", ".pom": b"pom", "-sources.jar": b"sources"}
    folder = write_publication(tmp_path, files)
    name = f"attention-mesh-{__version__}"
    assert folder == tmp_path / "org" / "attentionmesh" / "attention-mesh" / __version__
    for suffix, content in files.items():
        assert (folder / f"{name}{suffix}").read_bytes() == content
        for kind in ("md5", "sha1", "sha256", "sha512"):
            digest = hashlib.new(kind, content).hexdigest()
            assert (folder / f"{name}{suffix}.{kind}").read_text() == digest
    metadata = ElementTree.fromstring((folder.parent / "maven-metadata.xml").read_text())
    assert metadata.findtext("versioning/release") == __version__
