"""The official models, read from registry.json."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources

from attention_mesh.models.weights.official_model import OfficialModel


@dataclass(frozen=True)
class Origin:
    """The wheel that holds the models. Wheels of all platforms hold the same; the smallest is named."""

    package: str
    version: str
    platform: str  # a platform tag as pip's --platform takes it
    python: str
    licence: str

    @property
    def requirement(self) -> str:
        return f"{self.package}=={self.version}"

    @property
    def wheel_pattern(self) -> str:
        """A glob pattern for the file names of the version's wheels."""
        return f"{self.package}-{self.version}-*.whl"


def _read() -> tuple[Origin, dict[str, OfficialModel]]:
    text = resources.files("attention_mesh.models.weights").joinpath("registry.json").read_text("utf-8")
    data = json.loads(text)
    origin = Origin(**data["origin"])
    models = {
        name: OfficialModel(
            name=name,
            package=origin.package,
            version=origin.version,
            licence=origin.licence,
            **(entry | {"conversion": tuple(entry["conversion"])}),
        )
        for name, entry in data["models"].items()
    }
    return origin, models


ORIGIN, MODELS = _read()
