"""Animated WebP files, against the pictures that Pillow wrote."""

import numpy as np
import pytest

from attention_mesh.media.animated_webp_source import AnimatedWebpSource
from attention_mesh.media.errors import MediaError
from attention_mesh.media.image_format import is_animated
from attention_mesh.media.open_source import open_source

image_module = pytest.importorskip("PIL.Image", reason="Pillow comes with scikit-image, in the dev extra")
DURATIONS_MS = [40, 50, 30, 200, 40, 40, 40, 40]


def pictures(channels=3):
    """A square that moves over a gradient, so that later pictures are stored as small parts."""
    rows, columns = np.mgrid[:40, :60]
    ground = np.stack([columns * 4, rows * 6, columns + rows], axis=2).astype(np.uint8)
    result = []
    for index in range(len(DURATIONS_MS)):
        image = np.dstack([ground, np.full((40, 60), 255, np.uint8)])[..., :channels].copy()
        image[5:15, 4 * index : 4 * index + 9] = (250, 10, 10, 128)[:channels]
        result.append(image)
    return result


def write(path, images, **options):
    first, *others = map(image_module.fromarray, images)
    first.save(path, save_all=True, append_images=others, duration=DURATIONS_MS, lossless=True, **options)
    return path


@pytest.mark.parametrize("minimize", [False, True])
def test_every_picture_has_its_pixels_and_its_time(tmp_path, minimize):
    images = pictures()
    path = write(tmp_path / "a.webp", images, minimize_size=minimize)
    assert is_animated(path)
    with open_source(str(path)) as source:
        assert isinstance(source, AnimatedWebpSource)
        assert (source.size, source.length, source.live, source.still) == ((60, 40), 8, False, False)
        frames = list(source)
    for frame, image in zip(frames, images, strict=True):
        np.testing.assert_array_equal(frame.image, image)
    assert [frame.timestamp_us for frame in frames] == [0, *(1000 * np.cumsum(DURATIONS_MS)[:-1]).tolist()]
    assert source.fps == pytest.approx(8000 / sum(DURATIONS_MS))


def test_transparent_pictures_are_shown_on_black(tmp_path):
    images = pictures(4)
    with open_source(str(write(tmp_path / "a.webp", images))) as source:
        for frame, image in zip(source, images, strict=True):
            shown = image[..., :3] * (image[..., 3:] / 255)
            assert np.abs(frame.image - shown).max() <= 1  # levels, rounding


def test_a_file_that_is_cut_off_gives_its_pictures_and_then_an_error(tmp_path):
    path = write(tmp_path / "a.webp", pictures())
    path.write_bytes(path.read_bytes()[:-30])
    frames = []
    with open_source(str(path)) as source:
        with pytest.raises(MediaError, match="ends after 7 of 8 frames; the file is cut off"):
            frames.extend(source)
    assert len(frames) == 7


def test_a_webp_with_one_picture_is_a_photo(tmp_path):
    path = tmp_path / "a.webp"
    image_module.fromarray(pictures()[0]).save(path)
    assert not is_animated(path)
    with open_source(str(path)) as source:
        assert source.still


@pytest.mark.parametrize("length", range(12, 40))
def test_a_file_that_is_cut_off_in_its_head_is_refused(length, tmp_path):
    path = tmp_path / "a.webp"
    write(path, pictures())
    path.write_bytes(path.read_bytes()[:length])

    with pytest.raises(MediaError), open_source(str(path)) as source:
        list(source)
        raise MediaError(source.failures[0])
