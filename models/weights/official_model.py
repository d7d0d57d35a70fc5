"""What the registry knows of one official model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True)
class OfficialModel:
    """One model: where its file comes from, how to know it, and how it is converted."""

    name: str
    package: str  # the package on the index whose wheel holds the file
    version: str
    member: str  # path of the file inside that wheel
    sha256: str  # of the file, lower-case hexadecimal
    size: int  # of the file, bytes
    licence: str  # SPDX identifier
    conversion: tuple[str, ...]  # names in conversion.convert.STEPS, in their order

    @property
    def file_name(self) -> str:
        return PurePosixPath(self.member).name

    @property
    def origin(self) -> str:
        return f"{self.package}=={self.version}"
