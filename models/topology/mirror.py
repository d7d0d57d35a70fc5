"""Mirror table: the landmark that each landmark becomes in a mirrored face."""

from functools import cache

import numpy as np

from attention_mesh.models.topology.face_topology import NUM_LANDMARKS_WITH_IRISES, FaceTopology
from attention_mesh.models.topology.landmark_groups import landmark_groups


@cache
def mirror_landmarks() -> np.ndarray:
    """(478,) int32, read-only: landmark i of a mirrored face is at the place of landmark `mirror[i]`.

    The table follows from the triangles: the mesh is its own mirror image. From one edge of the middle line,
    whose ends mirror onto themselves, the triangles on its two sides pair up, and so on across their edges.
    """
    third: dict[tuple[int, int], int] = {}  # c of a triangle (a, b, c) by its edge (a, b), in winding order
    for triangle in FaceTopology.load().triangles.tolist():
        for turn in range(3):
            a, b, c = triangle[turn:] + triangle[:turn]
            third[a, b] = c
    groups = landmark_groups()
    top, below = groups["forehead_middle_line"].tolist()
    mirror = {top: top, below: below}
    edges = [(top, below), (below, top)]
    seen = set(edges)
    while edges:
        a, b = edges.pop()
        # A point on one side of an edge is, mirrored, on the other side of the mirrored edge.
        c, image = third.get((a, b)), third.get((mirror[b], mirror[a]))
        if c is None or image is None:
            continue
        mirror[c] = image
        for edge in ((b, a), (b, c), (c, b), (c, a), (a, c)):
            if edge not in seen:
                seen.add(edge)
                edges.append(edge)
    irises = groups["right_iris"].tolist(), groups["mirrored_left_iris"].tolist()
    for right, left in zip(*irises, strict=True):
        mirror[right], mirror[left] = left, right
    table = np.array([mirror[index] for index in range(NUM_LANDMARKS_WITH_IRISES)], np.int32)
    table.flags.writeable = False
    return table
