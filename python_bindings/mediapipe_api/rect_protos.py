"""Rectangle arrays to `NormalizedRect` messages and back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from attention_mesh.framework.formats import rect_pb2
from attention_mesh.geometry.normalized_rects import NormalizedRects

_FIELDS = ("x_center", "y_center", "width", "height", "rotation")


def rect_messages(rects: NormalizedRects) -> list[rect_pb2.NormalizedRect]:
    """One message a rectangle, in the order given; rect_id only where it has a track."""
    messages = []
    for values, rect_id in zip(rects.values.tolist(), rects.ids.tolist(), strict=True):
        message = rect_pb2.NormalizedRect(**dict(zip(_FIELDS, values, strict=True)))
        if rect_id:
            message.rect_id = rect_id
        messages.append(message)
    return messages


def read_rects(messages: Sequence[rect_pb2.NormalizedRect]) -> NormalizedRects:
    """The contents of such messages, in their order."""
    values = [[getattr(message, field) for field in _FIELDS] for message in messages]
    return NormalizedRects(
        np.array(values, np.float32).reshape(-1, len(_FIELDS)),
        np.array([message.rect_id for message in messages], np.int64),
    )
