"""Maven cache: the files that android/dependencies.txt names, fetched once, verified by SHA-256."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

from attention_mesh.cli.errors import AarError
from attention_mesh.models.weights.cache import cache_folder, content_of, locked, write_entry
from attention_mesh.models.weights.model_store import readable_sha256

DEPENDENCIES = Path(__file__).parents[2] / "android" / "dependencies.txt"
ROLES = ("compile", "declared", "robolectric", "test", "tool", "example", "device")
_DEPENDENCY_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
_NO_FILE = "-"


@dataclass(frozen=True)
class Artifact:
    """One line of android/dependencies.txt."""

    role: str
    group: str
    name: str
    version: str
    classifier: str  # empty if there is none
    extension: str
    sha256: str  # lower-case hexadecimal; "-" for an artifact that is declared, but not fetched

    @property
    def coordinate(self) -> str:
        """In Gradle's notation, ``group:name:version[:classifier][@extension]``."""
        classifier = f":{self.classifier}" if self.classifier else ""
        return f"{self.group}:{self.name}:{self.version}{classifier}" + (
            "" if self.extension == "jar" else f"@{self.extension}"
        )

    @property
    def file_name(self) -> str:
        classifier = f"-{self.classifier}" if self.classifier else ""
        return f"{self.name}-{self.version}{classifier}.{self.extension}"


@lru_cache(maxsize=4)
def read_dependencies(file: Path = DEPENDENCIES) -> tuple[Artifact, ...]:
    """The artifacts in the order of the file.

    Raises:
      AarError: the file is missing, or a line is not "role coordinate sha256".
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise AarError(
            f"{file}: {error.strerror}; the archive is built from a checkout of the repository, which an "
            "installed package does not contain"
        ) from error
    return tuple(
        _artifact(line, f"{file.name}:{number}")
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.startswith("#")
    )


def _artifact(line: str, where: str) -> Artifact:
    words = line.split()
    coordinate, _, extension = (words[1] if len(words) == 3 else "").partition("@")
    parts = coordinate.split(":")
    if len(parts) not in (3, 4) or words[0] not in ROLES:
        raise AarError(
            f"{where}: {line!r}; expected a role ({', '.join(ROLES)}), group:name:version[:classifier]"
            "[@extension] and the file's SHA-256"
        )
    group, name, version, classifier = (*parts, "")[:4]
    return Artifact(words[0], group, name, version, classifier, extension or "jar", words[2])


def artifacts(*roles: str) -> list[Artifact]:
    """The artifacts of these roles, in the order of the file."""
    return [artifact for artifact in read_dependencies() if artifact.role in roles]


def fetched(*roles: str, folder: Path | None = None) -> list[Path]:
    """The files of these roles, in the order of android/dependencies.txt; fetches missing and damaged ones.

    Maven itself fetches them, so the mirrors and proxies of the user's settings.xml apply.

    Args:
      roles: names in `ROLES`.
      folder: where the files are kept; by default `maven` in the cache folder of the weights.

    Raises:
      AarError: Maven is missing or cannot fetch a file, or a file's SHA-256 is wrong.
    """
    return fetch(artifacts(*roles), folder)


def tool(name: str) -> Path:
    """The file of one tool, such as ``r8``.

    Raises:
      AarError: as `fetched`, or no such tool is listed.
    """
    found = [artifact for artifact in artifacts("tool") if artifact.name == name]
    if not found:
        raise AarError(f"android/dependencies.txt lists no tool {name}")
    return fetch(found[:1])[0]


def fetch(wanted: list[Artifact], folder: Path | None = None) -> list[Path]:
    """As `fetched`, of these artifacts."""
    folder = folder or cache_folder() / "maven"
    if any(artifact.sha256 == _NO_FILE for artifact in wanted):
        raise AarError("declared artifacts are named in the POM and never fetched")
    if _missing(wanted, folder):
        with locked(folder):
            missing = _missing(wanted, folder)
            if missing:
                _fetch_with_maven(missing, folder)
    return [folder / artifact.file_name for artifact in wanted]


def _missing(wanted: list[Artifact], folder: Path) -> list[Artifact]:
    """The artifacts whose files are missing or damaged."""
    return [one for one in wanted if readable_sha256(folder / one.file_name) != one.sha256]


def class_path(*roles: str, folder: Path | None = None) -> list[Path]:
    """As `fetched`, for a Java class path: of an .aar file, the classes.jar in it."""
    return [_classes(path) for path in fetched(*roles, folder=folder)]


def _classes(path: Path) -> Path:
    if path.suffix != ".aar":
        return path
    target = path.with_name(f"{path.name}.classes.jar")
    with zipfile.ZipFile(path) as archive:
        classes = archive.read("classes.jar")
    if content_of(target) != classes:
        write_entry(target, classes)
    return target


def _fetch_with_maven(missing: list[Artifact], folder: Path) -> None:
    """Copies the files into the folder, each only after its hash is known to be right."""
    maven = shutil.which("mvn")
    names = ", ".join(artifact.coordinate for artifact in missing)
    if maven is None:
        raise AarError(f"{names}: fetching needs Maven (mvn), which is not installed; on Debian: maven")
    fetched_to = folder / ".fetched"
    shutil.rmtree(fetched_to, ignore_errors=True)
    fetched_to.mkdir(parents=True)
    project = fetched_to / "pom.xml"
    project.write_text(_project(missing, fetched_to), encoding="utf-8")
    goal = f"{_DEPENDENCY_PLUGIN}:copy"
    command = [maven, "--batch-mode", "--quiet", "--file", str(project), goal]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        errors = [line for line in done.stdout.splitlines() if "[ERROR]" in line and "->" not in line[:9]]
        reason = (errors or [done.stderr.strip() or f"exit code {done.returncode}"])[0].strip()
        raise AarError(f"Maven could not fetch {names}: {reason}; it needs a network once")
    for artifact in missing:
        content = (fetched_to / artifact.file_name).read_bytes()
        found = hashlib.sha256(content).hexdigest()
        if found != artifact.sha256:
            raise AarError(f"{artifact.coordinate} has the SHA-256 {found}, expected {artifact.sha256}")
        write_entry(folder / artifact.file_name, content)
    shutil.rmtree(fetched_to, ignore_errors=True)


def _project(wanted: list[Artifact], folder: Path) -> str:
    """A Maven project whose dependency:copy fetches the artifacts, without what they depend on."""

    def item(artifact: Artifact) -> str:
        fields = {
            "groupId": artifact.group,
            "artifactId": artifact.name,
            "version": artifact.version,
            "classifier": artifact.classifier,
            "type": artifact.extension,
            "destFileName": artifact.file_name,
        }
        lines = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in fields.items() if value)
        return f"<artifactItem>{lines}</artifactItem>"

    group, name, version = _DEPENDENCY_PLUGIN.split(":")
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>org.attentionmesh</groupId><artifactId>dependencies</artifactId><version>0</version>"
        f"<build><plugins><plugin><groupId>{group}</groupId><artifactId>{name}</artifactId>"
        f"<version>{version}</version><configuration><outputDirectory>{escape(str(folder))}</outputDirectory>"
        f"<artifactItems>{''.join(map(item, wanted))}</artifactItems>"
        "</configuration></plugin></plugins></build></project>\n"
    )
