"""The lines of a face mesh."""

import numpy as np

from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.models.topology.face_topology import FaceTopology

NAME = "FaceLandmarksToRenderDataCalculator"
OPTIONS = "visualize_landmark_depth: false thickness: 2 connection_color { g: 255 } "


def line_ends(landmarks: int, options: str = OPTIONS) -> list[tuple[int, int]]:
    """Which landmarks the lines of a face join. Landmark i lies at x = i / 1000."""
    points = np.zeros((1, landmarks, 3), np.float32)
    points[0, :, 0] = np.arange(landmarks) / 1000
    (data,) = run_calculator(
        NAME, {"NORM_LANDMARKS": [(0, NormalizedLandmarks(points))]}, options=options
    ).values("RENDER_DATA")
    lines = [shape.line for shape in data.render_annotations if shape.WhichOneof("data") == "line"]
    assert len(data.render_annotations) == len(lines) + landmarks
    return [(round(line.x_start * 1000), round(line.x_end * 1000)) for line in lines]


def test_a_face_has_the_lines_of_contours_and_irises():
    wanted = FaceTopology.load().connections
    ends = line_ends(478)
    assert len(ends) == 132 and set(ends) == wanted["CONTOURS"] | wanted["IRISES"]
    assert ends[0] == (61, 146) and ends[-1] == (109, 10)  # lips first, the oval last, as in MediaPipe


def test_without_irises_their_lines_are_left_out():
    assert set(line_ends(468)) == FaceTopology.load().connections["CONTOURS"]


def test_connections_of_the_options_have_no_effect():
    assert line_ends(478, OPTIONS + "landmark_connections: [0, 477]") == line_ends(478)
