"""The official models: what the registry says about each (data: registry.json)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True)
class OfficialModel:
    """One model: where its file comes from, how to verify it, and how to convert it."""

    name: str
    package: str  # the package on the index whose wheel holds the file
    version: str
    member: str  # path of the file inside that wheel
    sha256: str  # of the file, lower-case hexadecimal
    size: int  # of the file, bytes
    license: str  # SPDX identifier
    conversion: tuple[str, ...]  # names in conversion.convert.STEPS, in their order

    @property
    def file_name(self) -> str:
        return PurePosixPath(self.member).name

    @property
    def origin(self) -> str:
        return f"{self.package}=={self.version}"


@dataclass(frozen=True)
class Origin:
    """The wheel that holds the models. The wheels of all platforms hold the same; this is the smallest."""

    package: str
    version: str
    platform: str  # a platform tag as pip's --platform takes it
    python: str
    license: str  # SPDX identifier

    @property
    def requirement(self) -> str:
        return f"{self.package}=={self.version}"

    @property
    def wheel_pattern(self) -> str:
        """A glob pattern for the file names of the version's wheels."""
        return f"{self.package}-{self.version}-*.whl"


def _read() -> tuple[Origin, dict[str, OfficialModel]]:
    text = Path(__file__).with_name("registry.json").read_text("utf-8")
    data = json.loads(text)
    origin = Origin(**data["origin"])
    models = {
        name: OfficialModel(
            name=name,
            package=origin.package,
            version=origin.version,
            license=origin.license,
            **(entry | {"conversion": tuple(entry["conversion"])}),
        )
        for name, entry in data["models"].items()
    }
    return origin, models


ORIGIN, MODELS = _read()


def official_name(path: str | Path) -> str | None:
    """The official model that a name, a path in MediaPipe's tree or a file name refers to; None if none."""
    if str(path) in MODELS:
        return str(path)
    file_name = PurePosixPath(str(path).replace("\\", "/")).name
    return next((name for name, model in MODELS.items() if model.file_name == file_name), None)
