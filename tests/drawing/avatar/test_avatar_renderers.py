"""Both renderers show the same head at the same place; a graphics card is taken only if there is one."""

from __future__ import annotations

import builtins
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from attention_mesh.drawing.avatar import avatar_renderer
from attention_mesh.drawing.avatar.avatar_glb import AvatarGlb
from attention_mesh.drawing.avatar.avatar_model import AvatarModel
from attention_mesh.drawing.avatar.avatar_renderer import open_avatar_renderer
from attention_mesh.drawing.avatar.avatar_scene import AvatarScene
from attention_mesh.drawing.avatar.builtin_avatar import builtin_avatar
from attention_mesh.drawing.avatar.glb_avatar import load_glb_avatar
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES
from attention_mesh.tests.drawing.avatar.card import find_device, pictures

GREEN = (20, 160, 60)


def scene(*places: tuple[float, float, float], yaw_rad: float = 0.0, **values: float) -> AvatarScene:
    poses = np.tile(np.eye(4), (len(places), 1, 1))
    cos, sin = np.cos(yaw_rad), np.sin(yaw_rad)
    poses[:, :3, :3] = [[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]]
    poses[:, :3, 3] = np.reshape(places, (-1, 3))
    coefficients = np.zeros((len(places), len(BLENDSHAPE_NAMES)), np.float32)
    for name, value in values.items():
        coefficients[:, BLENDSHAPE_NAMES.index(name)] = value
    return AvatarScene(coefficients, poses)


def drawn(
    scene: AvatarScene, size: tuple[int, int] = (160, 120), model: AvatarModel | None = None
) -> np.ndarray:
    picture = np.full((size[1], size[0], 3), GREEN, np.uint8)
    renderer = open_avatar_renderer(model or builtin_avatar(), "software")
    renderer.draw(picture, scene)
    renderer.close()
    return picture


def on(picture: np.ndarray) -> np.ndarray:
    return (picture != GREEN).any(-1)


Card = Callable[..., list[np.ndarray]]


@pytest.fixture(scope="module")
def card() -> Iterator[Card]:
    """Draws scenes with a graphics card; skips where WebGPU has no driver, not even a software one."""
    pytest.importorskip("wgpu", reason="the extra `gpu` has it")
    pytest.importorskip("pygfx", reason="the extra `gpu` has it")
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        try:
            process.submit(find_device).result()
        except RuntimeError as error:
            pytest.skip(f"WebGPU has no driver: {error}")

        def draw(
            *scenes: AvatarScene, size: tuple[int, int] = (160, 120), model: AvatarModel | None = None
        ) -> list[np.ndarray]:
            blank = np.full((size[1], size[0], 3), GREEN, np.uint8)
            return process.submit(pictures, list(scenes), blank, model).result()

        yield draw


def test_a_graphics_card_without_a_display_prints_nothing(card: Card) -> None:
    program = (
        "from attention_mesh.drawing.avatar.builtin_avatar import builtin_avatar\n"
        "from attention_mesh.drawing.avatar.pygfx_avatar_renderer import PygfxAvatarRenderer\n"
        "PygfxAvatarRenderer(builtin_avatar())"
    )
    displays = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR")
    headless = {name: value for name, value in os.environ.items() if name not in displays}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=headless)
    assert (done.returncode, done.stdout) == (0, "")
    assert "error" not in done.stderr


@pytest.mark.parametrize("size", [(160, 120), (90, 140)])
def test_both_renderers_agree_about_place_and_color(card: Card, size: tuple[int, int]) -> None:
    asked = scene((4, 2, -50), (-9, -3, -80), yaw_rad=0.4, jawOpen=0.6)
    software, (hardware,) = drawn(asked, size), card(asked, size=size)
    both, either = on(software) & on(hardware), on(software) | on(hardware)
    kernel = np.ones((3, 3), np.uint8)  # edges are mixed with the background
    for one, other in ((software, hardware), (hardware, software)):
        core = cv2.erode(on(one).astype(np.uint8), kernel) > 0
        assert on(other)[core].mean() > 0.995  # a gap between two parts may show in one of them
    # Other lighting models, but the same colors: 40 of 255 levels in the mean.
    difference = np.abs(software[both].astype(int) - hardware[both])
    assert difference.mean() < 40
    outside = ~either
    np.testing.assert_array_equal(hardware[outside], np.broadcast_to(GREEN, hardware[outside].shape))


def test_the_card_draws_faces_that_come_and_go(card: Card) -> None:
    places = (((0, 0, -60),), ((-12, 0, -60), (12, 0, -60)), (), ((0, 0, -60),), ((0, 0, 30),))
    counts = [int(on(picture).sum()) for picture in card(*(scene(*heads) for heads in places))]
    assert counts[0] == counts[3] > 1000
    assert counts[1] > 1.2 * counts[0]
    assert counts[2] == counts[4] == 0


def test_auto_is_software_without_a_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(avatar_renderer, "has_graphics_card", lambda: False)
    assert open_avatar_renderer(builtin_avatar()).name == "software"


def test_an_unknown_renderer_is_refused() -> None:
    with pytest.raises(ValueError, match="auto, gpu, software"):
        open_avatar_renderer(builtin_avatar(), "ray")


def test_a_missing_package_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[..., Any] = builtins.__import__

    def without_pygfx(name: str, *rest: Any, **more: Any) -> Any:
        if name == "pygfx":
            raise ImportError("No module named 'pygfx'")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_pygfx)
    with pytest.raises(ImportError, match=r"\[gpu\]"):
        open_avatar_renderer(builtin_avatar(), "gpu")


@pytest.mark.parametrize("x", [-300.0, -22.0, 22.0, 300.0])
def test_a_head_that_leaves_the_picture_is_cut_off(x: float) -> None:
    """The part that is inside is what a wider picture shows there."""
    asked = scene((x, 0, -50))
    narrow, wide = drawn(asked, (160, 120)), drawn(asked, (480, 120))
    difference = np.abs(narrow[:, 3:-3].astype(int) - wide[:, 163:317])
    assert difference.max() <= 2  # rounding of the places


def test_drawing_is_the_same_every_time() -> None:
    asked = scene((0, 0, -50), mouthSmileLeft=0.7)
    np.testing.assert_array_equal(drawn(asked), drawn(asked))


def with_hair(alpha: int) -> AvatarModel:
    """The built-in avatar whose hair hides what is behind it by `alpha` of 255."""
    model, coverage = builtin_avatar(), np.full((8, 8), alpha, np.uint8)
    materials = [
        replace(material, alpha=coverage) if material.name == "hair" else material
        for material in model.materials
    ]
    return replace(model, materials=tuple(materials))


def test_half_of_what_is_behind_a_half_clear_surface_shows() -> None:
    asked = scene((0, -4, -50))
    gone, half, all_of_it = (drawn(asked, model=with_hair(alpha)) for alpha in (0, 128, 255))
    top = (slice(40, 54), slice(66, 94))
    assert np.abs(all_of_it[top].astype(int) - gone[top]).mean() > 10
    middle = (gone[top].astype(int) + all_of_it[top]) / 2
    core = cv2.erode(on(all_of_it).astype(np.uint8), np.ones((5, 5), np.uint8))[top] > 0
    # Edges of what is behind are smoothed before they are mixed or after: the median is exact.
    assert np.median(np.abs(half[top] - middle)[core]) <= 1


def test_clear_surfaces_survive_a_file_and_look_alike_on_a_card(card: Card, tmp_path: Path) -> None:
    model = with_hair(100)
    (tmp_path / "clear.glb").write_bytes(AvatarGlb(model).file())
    read = load_glb_avatar(tmp_path / "clear.glb")
    (hair,) = (material for material in read.materials if material.name == "hair")
    assert hair.alpha is not None and np.abs(hair.alpha.astype(int) - 100).max() <= 1
    asked = scene((0, -4, -50))
    software, file = drawn(asked, model=model), drawn(asked, model=read)
    (hardware,) = card(asked, model=model)
    assert np.abs(software.astype(int) - file).mean() < 2
    assert np.abs(software.astype(int) - hardware).mean() < 25


def test_a_software_driver_beside_tensorflow_is_an_error_and_no_crash(card: Card) -> None:
    program = (
        "import sys\n"
        "from attention_mesh.drawing.avatar import pygfx_avatar_renderer as module\n"
        "from attention_mesh.drawing.avatar.builtin_avatar import builtin_avatar\n"
        "sys.modules['tensorflow'] = sys\n"
        "module._CARDS = ()  # whatever is here counts as a software driver\n"
        "module.PygfxAvatarRenderer(builtin_avatar())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "software driver, which cannot run in one process with TensorFlow" in done.stderr


def test_many_large_textures_are_scaled_to_what_can_be_looked_up() -> None:
    model, texture = builtin_avatar(), np.full((1024, 1024, 3), 200, np.uint8)
    more = tuple(replace(model.materials[0], texture=texture) for _ in range(60))
    many = replace(model, materials=model.materials + more)
    asked = scene((0, -4, -50))
    difference = np.abs(drawn(asked, model=many).astype(int) - drawn(asked))
    assert difference.mean() < 2  # smaller textures, the same picture
