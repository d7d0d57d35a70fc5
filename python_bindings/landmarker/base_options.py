"""BaseOptions: which model file runs on which device, in the words of MediaPipe Tasks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from attention_mesh.python_bindings.errors import InputError


@dataclass(frozen=True)
class BaseOptions:
    """Model and device of a landmarker; both have one valid choice at present.

    Attributes:
      model_asset_path: None. `attention_mesh.models.weights` finds, fetches and verifies the official
        weights; a MediaPipe ``.task`` bundle holds other networks.
      delegate: `BaseOptions.Delegate.CPU` (XNNPACK), or None for the same.

    Raises:
      InputError: a value is another one.
    """

    class Delegate(Enum):
        """Where the networks run."""

        CPU = 0
        GPU = 1

    model_asset_path: str | None = None
    delegate: Delegate | None = None

    def __post_init__(self) -> None:
        if self.model_asset_path is not None:
            raise InputError(
                f"BaseOptions: model_asset_path={str(self.model_asset_path)!r} cannot be used: the "
                "landmarker takes the official attention mesh weights from its own cache and fetches them on "
                "first use (`attention-mesh models fetch`). Leave model_asset_path out."
            )
        if self.delegate not in (None, BaseOptions.Delegate.CPU):
            raise InputError(
                f"BaseOptions: delegate={self.delegate!r} is not available; use "
                "BaseOptions.Delegate.CPU or None."
            )
