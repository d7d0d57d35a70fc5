"""Which landmark stands for which in a mirror."""

from functools import cache

import numpy as np

from attention_mesh.models.topology.face_topology import NUM_LANDMARKS_WITH_IRISES, FaceTopology

# Neighbours on the middle line, which mirror onto themselves: a start for all others.
_FOREHEAD_TOP, _BELOW_IT = 10, 151
# Centre, +x, top, −x, bottom of the iris at 468, and what stands for them at 473.
_IRIS = {468: 473, 469: 476, 470: 475, 471: 474, 472: 477}


@cache
def mirror_landmarks() -> np.ndarray:
    """(478,) int32, read-only: landmark i of a mirrored face is where landmark `mirror[i]` was.

    Follows from the triangles alone: the mesh is its own mirror image, so from one edge of the middle line
    the triangles on its two sides pair up, and on across their edges.
    """
    third: dict[tuple[int, int], int] = {}  # (a, b) of a triangle (a, b, c), in its turning sense → c
    for triangle in FaceTopology.load().triangles.tolist():
        for turn in range(3):
            a, b, c = triangle[turn:] + triangle[:turn]
            third[a, b] = c
    mirror = {_FOREHEAD_TOP: _FOREHEAD_TOP, _BELOW_IT: _BELOW_IT}
    edges = [(_FOREHEAD_TOP, _BELOW_IT), (_BELOW_IT, _FOREHEAD_TOP)]
    seen = set(edges)
    while edges:
        a, b = edges.pop()
        # What lies to one side of an edge lies in the mirror to the other side of the mirrored edge.
        c, image = third.get((a, b)), third.get((mirror[b], mirror[a]))
        if c is None or image is None:
            continue
        mirror[c] = image
        for edge in ((b, a), (b, c), (c, b), (c, a), (a, c)):
            if edge not in seen:
                seen.add(edge)
                edges.append(edge)
    mirror |= _IRIS | {right: left for left, right in _IRIS.items()}
    table = np.array([mirror[index] for index in range(NUM_LANDMARKS_WITH_IRISES)], np.int32)
    table.flags.writeable = False
    return table
