"""The virtual camera: its frames show the photo through its matrices, in a closed round."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.media.virtual_camera_source import VirtualCameraSource


@pytest.fixture
def spot() -> np.ndarray:
    """A black photo with one white square of 9x9 px around the continuous point (300.5, 120.5)."""
    photo = np.zeros((512, 512, 3), np.uint8)
    photo[116:125, 296:305] = 255
    return photo


def test_a_point_of_the_photo_lands_where_the_matrix_says(spot: np.ndarray) -> None:
    camera = VirtualCameraSource(spot, size=(640, 360), focus=(0.6, 0.25), zoom=1.5, duration_s=1)
    for index in (0, 7, 19):
        image = camera.image(index)
        rows, columns = np.nonzero(image[:, :, 0] > 127)
        seen = np.array([columns.mean(), rows.mean()]) + 0.5
        expected = camera.matrix(index) @ [300.5, 120.5, 1.0]
        # A thresholded square is known to a fraction of a pixel.
        np.testing.assert_allclose(seen, expected, atol=0.5, err_msg=f"frame {index}, px")


def test_timestamps_and_sizes_are_those_asked_for(astronaut: np.ndarray) -> None:
    camera = VirtualCameraSource(astronaut, size=(320, 180), fps=25, duration_s=0.4)
    frames = list(camera)
    assert [frame.timestamp_us for frame in frames] == [index * 40_000 for index in range(10)]
    assert {(frame.image.shape, frame.image.dtype.name) for frame in frames} == {((180, 320, 3), "uint8")}
    assert camera.length == len(frames)


def test_the_round_closes(astronaut: np.ndarray) -> None:
    camera = VirtualCameraSource(astronaut, duration_s=2)
    assert camera.length is not None
    np.testing.assert_allclose(camera.matrix(0), camera.matrix(camera.length), atol=1e-9)


def test_the_camera_pans_zooms_and_rolls(astronaut: np.ndarray) -> None:
    camera = VirtualCameraSource(astronaut)
    matrices = np.array([camera.matrix(index) for index in range(camera.length or 0)])
    scales = np.hypot(matrices[:, 0, 0], matrices[:, 1, 0])
    rolls = np.degrees(np.arctan2(matrices[:, 1, 0], matrices[:, 0, 0]))
    centers = matrices @ [256, 256, 1]
    assert scales.max() / scales.min() > 1.5
    assert rolls.max() - rolls.min() > 30
    assert (np.ptp(centers, axis=0) > [300, 80]).all(), "px of a 1280x720 frame"


def test_the_photo_is_not_changed(astronaut: np.ndarray) -> None:
    before = astronaut.copy()
    next(iter(VirtualCameraSource(astronaut, size=(64, 64))))
    np.testing.assert_array_equal(astronaut, before)


@pytest.mark.parametrize(
    "photo", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.float32), np.zeros((0, 4, 3), np.uint8)]
)
def test_what_is_no_rgb_photo_is_refused(photo: np.ndarray) -> None:
    with pytest.raises(ValueError, match="expected .* uint8 RGB"):
        VirtualCameraSource(photo)
