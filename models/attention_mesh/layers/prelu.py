"""The activation of the whole network."""

from __future__ import annotations

from typing import Any

import keras


def prelu(**kwargs: Any) -> keras.layers.PReLU:
    """PReLU for (B, H, W, C) with one slope a channel, at first ¼ (He et al. 2015, arXiv 1502.01852)."""
    return keras.layers.PReLU(
        alpha_initializer=keras.initializers.Constant(0.25), shared_axes=[1, 2], **kwargs
    )
