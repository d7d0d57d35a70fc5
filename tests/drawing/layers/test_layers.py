"""Layers: each draws its part, in all sizes, and nothing where it should not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from attention_mesh.drawing.layers.canvas import Canvas
from attention_mesh.drawing.layers.contours_layer import ContoursLayer
from attention_mesh.drawing.layers.drawn_faces import DrawnFaces
from attention_mesh.drawing.layers.layers import LAYERS, draw_layers, named_layers
from attention_mesh.drawing.layers.line_width import face_sizes, line_width_px
from attention_mesh.drawing.layers.mesh_layer import MeshLayer
from attention_mesh.tests.drawing.layers.faces import drawn_faces, face_points

GRAY = 96
STILL = [name for name in LAYERS if name != "motion"]


def picture(width: int, height: int) -> np.ndarray:
    return np.full((height, width, 3), GRAY, np.uint8)


def draw(image: np.ndarray, name: str, *points: np.ndarray, **details: object) -> np.ndarray:
    """Draws a layer; of motion, a frame in which the faces came from above."""
    layers = named_layers([name])
    if name == "motion":
        before = [place - np.float32([0, 0.05 * np.ptp(place[:, 1]), 0]) for place in points]
        draw_layers(Canvas(image.copy()), drawn_faces(*before), layers)
        details = {"timestamp_us": 33_000, **details}
    draw_layers(Canvas(image), drawn_faces(*points, **details), layers)
    return image


def changed(image: np.ndarray) -> np.ndarray:
    return cv2.absdiff(image, np.full_like(image, GRAY)).max(axis=2) > 0


# Share of the face's box that a layer inks, weighted by how strongly: least and most, for all sizes.
INK = {
    "mesh": (0.05, 0.22),
    "contours": (0.015, 0.13),
    "irises": (0.001, 0.02),
    "boxes": (0.01, 0.10),
    "roi": (0.01, 0.10),
    "gaze": (0.003, 0.06),
    "depth": (0.15, 0.75),
    "motion": (0.05, 0.75),
}


@pytest.mark.parametrize("size", [24, 40, 90, 160, 300, 600, 1200])
@pytest.mark.parametrize("name", INK)
def test_ink_is_neither_a_hairline_nor_a_blot(name: str, size: int) -> None:
    side = int(size * 1.7)
    image = draw(picture(side, side), name, face_points(size, (side / 2, side / 2)))
    strength = cv2.absdiff(image, picture(side, side)).max(axis=2)
    share = np.minimum(strength, 255 - GRAY).sum() / (255 - GRAY) / (0.8 * size * size)
    least, most = INK[name]
    assert least < share < most


@pytest.mark.parametrize("size", [40, 300, 1000])
@pytest.mark.parametrize("name", STILL + ["motion"])
def test_nothing_is_drawn_away_from_the_face(name: str, size: int) -> None:
    side = 4 * size if size < 1000 else 2200
    image = draw(picture(side, side), name, face_points(size, (side / 2, side / 2)))
    rows, columns = np.nonzero(changed(image))
    reach = {"roi": 1.05, "labels": 1.6, "ids": 1.2, "gaze": 0.85}.get(name, 0.56) * size
    reach += 30 if name in ("labels", "ids") else 4  # small faces have letters of 8 pixels
    assert len(rows)
    assert np.abs(np.concatenate([rows, columns]) + 0.5 - side / 2).max() < reach


@pytest.mark.parametrize("name", STILL + ["motion"])
@pytest.mark.parametrize("place", [(0, 0), (200, 0), (0, 150), (200, 150), (-40, 75), (100, 185)], ids=str)
def test_faces_over_the_edge_are_cut_off(name: str, place: tuple[int, int]) -> None:
    """What is inside is as in a larger picture; labels move inside instead."""
    image = draw(picture(200, 150), name, face_points(120, place))
    assert changed(image).any() or name in ("irises", "gaze")  # eyes may be outside
    if name not in ("labels", "ids"):
        large = draw(picture(600, 450), name, face_points(120, (place[0] + 200, place[1] + 150)))
        inner = large[150:300, 200:400].astype(int)
        # The blur of motion sees no surface beyond the edge.
        assert np.mean(np.abs(image - inner).max(axis=2) > 8) < (0.08 if name == "motion" else 0.005)


@pytest.mark.parametrize("name", [name for name in [*STILL, "motion"] if name not in ("labels", "ids")])
@pytest.mark.parametrize("place", [(-400, 75), (100, 900), (5000, -5000), (1e9, 1e9), (-1e15, 0)], ids=str)
def test_faces_outside_leave_the_picture_alone(name: str, place: tuple[float, float]) -> None:
    assert not changed(draw(picture(200, 150), name, face_points(120, place))).any()


@pytest.mark.parametrize("name", STILL + ["motion"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_faces_with_a_point_that_is_not_finite_are_left_out(name: str, value: float) -> None:
    """The other faces are drawn as if it was not there."""
    good, bad = face_points(100, (80, 100)), face_points(100, (220, 100))
    bad[7, 1] = value
    ids = {"ids": np.array([1, 2])}
    image = draw(picture(300, 200), name, good, bad, **ids)
    np.testing.assert_array_equal(image, draw(picture(300, 200), name, good))
    assert changed(image).any()
    assert not changed(draw(picture(300, 200), name, bad)).any()


@pytest.mark.parametrize("name", STILL)
def test_no_face_leaves_the_picture_alone(name: str) -> None:
    image = picture(60, 40)
    faces = DrawnFaces(np.empty((0, 478, 3)), rois=np.empty((0, 5)), gaze=np.empty((0, 3, 3)), timestamp_us=0)
    draw_layers(Canvas(image), faces, named_layers([name]))
    assert not changed(image).any()


@pytest.mark.parametrize("name", STILL + ["motion"])
def test_many_faces_are_drawn_as_one_after_the_other(name: str) -> None:
    """64 of them at 4K: each tile is that of the face alone."""
    width, height = 3840, 2160
    places = [(240 + 480 * (i % 8), 135 + 270 * (i // 8)) for i in range(64)]
    points = [face_points(90 + i, place) for i, place in enumerate(places)]
    image = draw(picture(width, height), name, *points, ids=np.full(64, 0) if name != "motion" else None)
    if name == "ids":  # nothing is known of the faces
        assert not changed(image).any()
        return
    for index in (0, 27, 63):
        left, top = places[index][0] - 240, places[index][1] - 135
        alone = draw(
            picture(480, 270), name, points[index] - np.float32([left, top, 0]), ids=np.zeros(1, int)
        )
        tile = image[top : top + 270, left : left + 480].astype(int)
        inner = (slice(12, -12), slice(12, -12))  # regions of interest reach over the edges
        assert np.abs(tile - alone)[inner].max() <= (12 if name == "motion" else 6)


def test_width_follows_the_size_of_the_face_however_it_is_turned() -> None:
    points = face_points(256, (0, 0))
    assert face_sizes(points[None])[0] == pytest.approx(256, rel=0.08)
    turn = np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]], np.float32)
    assert face_sizes((points @ turn)[None])[0] == pytest.approx(face_sizes(points[None])[0], rel=1e-5)
    assert line_width_px(2, 256) == 2
    assert line_width_px(2, 4096) == pytest.approx(2 * 16**0.65)
    assert 0.5 < line_width_px(2, 40) < 0.7


def test_layers_draw_in_their_colors() -> None:
    points = face_points(400, (250, 250))
    image = picture(500, 500)
    layer = ContoursLayer(
        color="#0000FF", left_color="#00FF00", right_color="#FF0000", lips=False, width=6, eyebrows=False
    )
    draw_layers(Canvas(image), DrawnFaces(points[None]), [layer])
    for color in ((0, 0, 255), (0, 255, 0), (255, 0, 0)):
        assert (image == color).all(axis=2).sum() > 100
    left_eye = points[[263, 362], :2].mean(axis=0)  # the subject's left is on the right of the picture
    assert left_eye[0] > 250
    green = np.argwhere((image == (0, 255, 0)).all(axis=2))[:, ::-1]
    assert np.abs(green.mean(axis=0) - left_eye).max() < 15


def test_parts_of_contours_can_be_left_out() -> None:
    points, image = face_points(200, (150, 150)), picture(300, 300)
    layer = ContoursLayer(oval=False, lips=False, eyes=False, eyebrows=False)
    draw_layers(Canvas(image), DrawnFaces(points[None]), [layer])
    assert not changed(image).any()


def test_meshes_without_irises_have_none() -> None:
    faces = DrawnFaces(face_points(200, (150, 150))[None, :468], gaze=np.float32([[[0, 0, 1]] * 3]))
    image = picture(300, 300)
    draw_layers(Canvas(image), faces, named_layers(["irises", "gaze"]))
    assert not changed(image).any()


def test_arrows_point_where_the_eyes_look_and_closed_eyes_have_none() -> None:
    points = face_points(200, (150, 150))
    gaze = np.float32([[[0.6, 0, 0.8], [0, 0.6, 0.8], [0, 0, 1]]])
    layers = named_layers(["gaze"])

    def columns_and_rows(**details: object) -> dict[str, np.ndarray]:
        image = picture(400, 300)
        draw_layers(Canvas(image), DrawnFaces(points[None], gaze=gaze, **details), layers)
        left, right = layers[0].left_color, layers[0].right_color  # type: ignore[attr-defined]
        inks = {"left": left, "right": right}
        return {
            eye: np.argwhere((image == tuple(bytes.fromhex(color[1:]))).all(axis=2))[:, ::-1]
            for eye, color in inks.items()
        }

    found = columns_and_rows()
    left_iris, right_iris = points[473, :2], points[468, :2]
    assert found["left"][:, 0].max() - left_iris[0] == pytest.approx(0.5 * 200 * 0.6, abs=8)
    assert abs(found["left"][:, 1].mean() - left_iris[1]) < 4
    assert right_iris[1] - found["right"][:, 1].min() == pytest.approx(0.5 * 200 * 0.6, abs=8)
    closed = columns_and_rows(eyes_open=np.array([[False, True]]))
    assert not len(closed["left"]) and len(closed["right"])


def test_labels_say_what_is_known() -> None:
    """A face without an id, a score or a text has none; letters outside of ASCII do not raise."""
    layers = named_layers(["labels"])

    def inked(**details: object) -> int:
        image = picture(400, 300)
        draw_layers(Canvas(image), DrawnFaces(face_points(150, (200, 180))[None], **details), layers)
        return int(changed(image).sum())

    assert inked() == inked(ids=np.array([0])) == inked(texts=[""]) == 0
    short, long = inked(ids=np.array([3])), inked(ids=np.array([3]), scores=np.float32([0.98]))
    assert 0 < short < long < inked(ids=np.array([3]), scores=np.float32([0.98]), texts=["Zo\u00eb \u4f60\n"])
    assert inked(texts=["x" * 5000]) > 0


@pytest.mark.parametrize("place", [(0, 0), (399, 0), (0, 299), (399, 299)], ids=str)
def test_labels_stay_in_the_picture(place: tuple[int, int]) -> None:
    whole, moved = picture(400, 300), picture(400, 300)
    layers = named_layers(["labels"])
    for image, middle in ((whole, (200, 180)), (moved, place)):
        faces = DrawnFaces(face_points(100, middle)[None], texts=["Grace"])
        draw_layers(Canvas(image), faces, layers)
    assert abs(int(changed(whole).sum()) - int(changed(moved).sum())) < 0.05 * changed(whole).sum()


def test_depth_shows_the_near_side_of_a_turned_face() -> None:
    """Triangles that face away, or lie behind others, do not show."""
    angle = np.radians(60)
    turn = np.float32([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
    points = face_points(200, (0, 0)) @ turn.T + np.float32([150, 150, 0])
    image = picture(300, 300)
    layer = type(named_layers(["depth"])[0])(near_color="#FF0000", far_color="#0000FF", opacity=1.0)
    draw_layers(Canvas(image), DrawnFaces(points[None]), [layer])
    tip = points[4, :2].astype(int)
    assert image[tip[1], tip[0], 0] > 2 * image[tip[1], tip[0], 2]


def test_depth_needs_z() -> None:
    with pytest.raises(ValueError, match="depth needs points with z"):
        draw_layers(Canvas(picture(9, 9)), DrawnFaces(np.ones((1, 478, 2))), named_layers(["depth"]))


def test_motion_colors_what_moves_and_only_that() -> None:
    points, layers = face_points(200, (150, 150)), named_layers(["motion"])
    ids = np.array([5])
    chin = points[:468, 1] > points[13, 1]
    moved = points.copy()
    moved[:468][chin, 1] += 8
    first, second, third = picture(300, 300), picture(300, 300), picture(300, 300)
    for image, place, time_us in ((first, points, 0), (second, moved, 33_000), (third, moved, 400_000)):
        faces = DrawnFaces(place[None], ids=ids, timestamp_us=time_us)
        draw_layers(Canvas(image), faces, layers)
    assert not changed(first).any()
    rows = np.nonzero(changed(second))[0]
    assert rows.min() > points[1, 1] and rows.max() > points[152, 1]
    strength = [np.abs(image.astype(int) - GRAY).sum() for image in (second, third)]
    assert strength[1] < 0.5 * strength[0]


def test_motion_follows_track_ids() -> None:
    """Two resting faces that change places in the arrays do not move."""
    points, layers = [face_points(100, (80, 100)), face_points(100, (220, 100))], named_layers(["motion"])
    image = picture(300, 200)
    for order, time_us in (((0, 1), 0), ((1, 0), 33_000)):
        faces = DrawnFaces(
            np.stack([points[i] for i in order]), ids=np.array([7, 8])[list(order)], timestamp_us=time_us
        )
        draw_layers(Canvas(image), faces, layers)
    assert not changed(image).any()


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["glitter"], '"glitter" is no layer; known layers: depth, motion, mesh, contours'),
        (["mesh", ""], '"" is no layer'),
        (["mesh", "roi", "mesh"], '"mesh" is named twice'),
        ([], "no layer is named; known layers: depth"),
    ],
)
def test_wrong_names_list_the_known_ones(names: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        named_layers(names)


@pytest.mark.parametrize("name", ["roi", "gaze", "motion"])
def test_layers_say_what_they_lack(name: str) -> None:
    with pytest.raises(ValueError, match="needs (rois|gaze|timestamp_us), which is not given"):
        draw_layers(Canvas(picture(9, 9)), DrawnFaces(np.ones((1, 478, 3))), named_layers([name]))


@pytest.mark.parametrize(
    ("style", "message"),
    [
        ({"color": "red"}, r'color is "red"; expected #RRGGBB'),
        ({"color": "#12345"}, "expected #RRGGBB"),
        ({"width": 0.0}, "width is 0; expected more than 0"),
        ({"width": float("nan")}, "width is nan"),
        ({"width": 1e6}, r"width is 1e\+06"),
        ({"opacity": 1.5}, "opacity is 1.5; expected a number from 0 to 1"),
        ({"opacity": float("nan")}, "opacity is nan"),
    ],
)
def test_impossible_styles(style: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MeshLayer(**style)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"points_px": np.ones((478, 3))}, r"points have shape \(478, 3\)"),
        ({"points_px": np.ones((1, 68, 2))}, r"points have shape \(1, 68, 2\)"),
        ({"rois": np.ones((2, 5))}, r"rois has shape \(2, 5\); expected \(1, 5\)"),
        ({"gaze": np.ones((1, 3))}, r"gaze has shape \(1, 3\); expected \(1, 3, 3\)"),
        ({"ids": np.ones(3, int)}, r"ids has shape \(3,\); expected \(1,\)"),
        ({"texts": ["a", "b"]}, "2 texts for 1 faces"),
    ],
)
def test_wrong_arrays(wrong: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DrawnFaces(**{"points_px": np.ones((1, 478, 3)), **wrong})
