"""Expression transfer: moves the expressions of one face onto another with the same landmarks."""

from __future__ import annotations

import numpy as np

_REACH = 0.75
_STIFFNESS = 0.05  # share of a neighborhood's spread by which its affine map tends to a similarity
_ROWS = 256  # of the matrix of distances, computed together


class ExpressionTransfer:
    """Moves expressions from one neutral face to another, of another size, shape or pose.

    Around each vertex, an affine map takes the one neutral face to the other. An expression is how far each
    vertex moves from the neutral face; this movement is turned and stretched by the map of its vertex. So a
    smile is as wide on a large face as it is on a small one, in relation to the face.

    Args:
        source: (V, 3), the neutral face whose expressions are known, for example a tracked person's metric
            landmarks.
        target: (V, 3), the neutral face that gets them; vertex i of both is the same point of a face.
        reach: how far vertices count in a map, as a share of the face's size (the root mean square distance
            from its middle). Smaller maps follow small differences of shape, and their noise.

    Attributes:
        maps: (V, 3, 3) float32, the map of each vertex.

    Raises:
        ValueError: the shapes are others or differ, a coordinate is not finite, or `reach` is not above 0.
    """

    def __init__(self, source: np.ndarray, target: np.ndarray, reach: float = _REACH) -> None:
        first, second = np.asarray(source, np.float64), np.asarray(target, np.float64)
        if first.shape != second.shape or first.ndim != 2 or first.shape[1] != 3 or len(first) < 4:
            raise ValueError(
                f"the neutral faces have shapes {first.shape} and {second.shape}; expected one shape (V, 3) "
                "with at least 4 vertices"
            )
        if not (np.isfinite(first).all() and np.isfinite(second).all()):
            raise ValueError("a neutral face has a vertex that is not finite")
        if not reach > 0:
            raise ValueError(f"reach is {reach:g}; expected a number above 0")
        size = np.sqrt(((first - first.mean(0)) ** 2).sum(1).mean())
        if not size > 0:
            raise ValueError("all vertices of the source face are at one place; expected a face")
        self._source, self._target = first.astype(np.float32), second.astype(np.float32)
        self.maps = np.concatenate(
            [
                _affine_maps(first[start : start + _ROWS], first, second, reach * size)
                for start in range(0, len(first), _ROWS)
            ]
        ).astype(np.float32)

    def transfer(self, expressions: np.ndarray) -> np.ndarray:
        """The target face with the expressions of the source face.

        Args:
            expressions: (F, V, 3) or (V, 3), the source face with expressions, in the frame of its neutral
                face: without the movement of the head.

        Returns:
            float32 of the same shape, in the frame of the target face.

        Raises:
            ValueError: the number of vertices is another.
        """
        posed = np.asarray(expressions, np.float32)
        if posed.ndim not in (2, 3) or posed.shape[-2:] != self._source.shape:
            raise ValueError(
                f"expressions have shape {posed.shape}; expected (F, {len(self._source)}, 3), as the neutral "
                "face"
            )
        return self._target + np.einsum("vij,...vj->...vi", self.maps, posed - self._source)


def _affine_maps(at: np.ndarray, source: np.ndarray, target: np.ndarray, reach: float) -> np.ndarray:
    """(K, 3, 3) maps of least squares, with Gaussian weights of the distance from points (K, 3)."""
    shares = np.exp(-((at[:, None] - source[None]) ** 2).sum(2) / (2 * reach**2))
    shares /= shares.sum(1, keepdims=True)
    middles, images = shares @ source, shares @ target
    both = _products(shares, target, source) - images[:, :, None] * middles[:, None]
    own = _products(shares, source, source) - middles[:, :, None] * middles[:, None]
    spread = np.trace(own, axis1=1, axis2=2)[:, None, None]
    left, sizes, right = np.linalg.svd(both)
    sign = np.ones_like(sizes)
    sign[:, 2] = np.where(np.linalg.det(left @ right) < 0, -1, 1)
    similarity = (left * sign[:, None]) @ right * ((sizes * sign).sum(1)[:, None, None] / spread)
    slack = _STIFFNESS * spread
    # A face is nearly flat in places: across it the similarity decides.
    return (both + slack * similarity) @ np.linalg.inv(own + slack * np.eye(3))


def _products(shares: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(K, 3, 3): weighted sums of outer products of rows."""
    outer = (first[:, :, None] * second[:, None]).reshape(-1, 9)
    return (shares @ outer).reshape(-1, 3, 3)
