"""MediaPipe's graph of irises on this engine."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from attention_mesh.framework import load_graph_config
from attention_mesh.tests.graphs.graph_packets import run_graph

FOLDER = Path(__file__).resolve().parents[2] / "graphs" / "mediapipe"
# Official runtime 0.10.21, refine_landmarks, static image: (478, 3) float32 px.
OFFICIAL = np.load(Path(__file__).with_name("astronaut_official.npz"))["landmarks"]
IRIS_STREAMS = ("left_iris_landmarks", "right_iris_landmarks", "output_video")


def track_irises(images: list[np.ndarray], graph_path=()) -> list[dict]:
    config = load_graph_config(FOLDER / "iris_tracking_cpu.pbtxt")
    packets = [{"input_video": image} for image in images]
    return run_graph(config, packets, IRIS_STREAMS, graph_path=graph_path)


def test_the_iris_cascade_finds_the_irises_and_draws_them(astronaut):
    found, nothing = track_irises([astronaut, np.zeros_like(astronaut)])
    assert set(nothing) == {"output_video"}
    for stream, first in (("left_iris_landmarks", 468), ("right_iris_landmarks", 473)):
        (iris,) = found[stream].in_pixels((512, 512))
        ring = OFFICIAL[first : first + 5]
        # Two networks on an eye of 25 px: within a fifth of the iris's radius of the attention mesh's.
        radius_px = np.linalg.norm(ring[1:, :2] - ring[0, :2], axis=1).mean()
        assert np.linalg.norm(iris[0, :2] - ring[0, :2]) < 0.2 * radius_px
        radii = np.linalg.norm(iris[1:, :2] - iris[0, :2], axis=1)
        np.testing.assert_allclose(radii, radius_px, rtol=0.2)
    drawn = found["output_video"]
    changed = np.any(drawn != astronaut, axis=2)
    for first in (468, 473):
        x, y = OFFICIAL[first, :2].astype(int)
        assert changed[y - 6 : y + 7, x - 6 : x + 7].mean() > 0.5
    assert not changed[300:].any()


@pytest.mark.slow
def test_pupils_of_the_iris_cascade_lie_where_people_marked_them(shared_data):
    """MediaPipe's wheel holds no iris graph; 2.53 % of the eye's width is its attention mesh's mean error."""
    with np.load(shared_data / "iris189.npz") as annotated:
        chosen = np.flatnonzero(np.isfinite(annotated["pts"][:, :2]).all(axis=(1, 2)))[::6]
        names, pupils = annotated["names"][chosen], annotated["pts"][chosen, :2]
    images = [cv2.cvtColor(cv2.imread(str(shared_data / "iris" / name)), cv2.COLOR_BGR2RGB) for name in names]
    errors = []
    for image, marked in zip(images, pupils, strict=True):
        (found,) = track_irises([image])
        size = (image.shape[1], image.shape[0])
        eyes = [found[stream].in_pixels(size)[0, :, :2] for stream in IRIS_STREAMS[:2]]
        for pupil in marked:
            errors.append(min(np.linalg.norm(eye[0] - pupil) for eye in eyes))
    distance_px = np.linalg.norm(pupils[:, 0] - pupils[:, 1], axis=1).mean()
    # The eye is about 0.45 of the distance between the pupils wide.
    assert np.mean(errors) < 0.05 * 0.45 * distance_px
