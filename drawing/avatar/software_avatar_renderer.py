"""Software avatar renderer: draws avatars on the processor, with NumPy and OpenCV."""

from __future__ import annotations

import cv2
import numpy as np

from attention_mesh.drawing.avatar.avatar_model import AvatarModel
from attention_mesh.drawing.avatar.avatar_scene import AvatarScene
from attention_mesh.drawing.avatar.studio_light import BALL_PX, ONE, ball_place, lit_ball
from attention_mesh.drawing.avatar.triangle_buffer import extremes, screen_planes, triangle_buffer

_TEXTURE_PX = 1024  # larger textures are scaled to this: a picture shows no more of them
_ATLAS_PX = 30_000  # OpenCV looks up pixels in pictures of less than 2^15
_NEAR_CM = 1.0
_EDGE = 0.02  # relative step of the depth that is an edge between two surfaces


class SoftwareAvatarRenderer:
    """Draws an avatar without a graphics card.

    Each pixel gets the nearest triangle (`triangle_buffer`), its place in the texture and its normal, and by
    the normal the light of a `lit_ball`. Edges are smoothed at the end.
    """

    name = "software"

    def __init__(self, model: AvatarModel) -> None:
        self.model = model
        self._atlas, self._alpha, scale, offset = _texture_atlas(model)
        by_vertex = np.zeros(len(model.vertices), np.int32)
        by_vertex[model.triangles] = model.triangle_materials[:, None]
        balls = [lit_ball(material.gloss, material.roughness) for material in model.materials]
        self._diffuse = np.concatenate([ball[0] for ball in balls])
        self._mirrored = np.concatenate([ball[1] for ball in balls])
        self._places = model.uv * scale[by_vertex] + offset[by_vertex]
        self._ball_offset = np.stack([np.zeros_like(by_vertex), by_vertex * BALL_PX], 1).astype(np.float32)
        two_sided = np.array([material.two_sided for material in model.materials])
        self._two_sided = two_sided[model.triangle_materials]
        clear = np.array([material.alpha is not None for material in model.materials])
        self._clear = clear[model.triangle_materials]

    def draw(self, picture: np.ndarray, scene: AvatarScene) -> None:
        """Draws the faces of a scene over `picture`, in place.

        Args:
            picture: (H, W, 3) uint8 RGB, contiguous and writeable.
            scene: the faces and the camera. A face that is not finite, or behind the camera, is left out.
        """
        height, width = picture.shape[:2]
        corners, values, clear = [], [], []
        for coefficients, pose, gaze in scene.faces():
            vertices, normals = self.model.posed(coefficients, pose, gaze)
            projected = _project(vertices, scene.focal_px(height), (width, height))
            attributes = np.concatenate([projected, self._places, self._ball_places(vertices, normals)], 1)
            of_triangles = attributes[self.model.triangles]
            shown = self._shown(of_triangles[..., :3], width, height)
            corners.append(of_triangles[shown, :, :2])
            values.append(of_triangles[shown, :, 2:])
            clear.append(self._clear[shown])
        if corners:
            self._shade(picture, np.concatenate(corners), np.concatenate(values), np.concatenate(clear))

    def close(self) -> None:
        """Nothing is held."""

    def _ball_places(self, vertices: np.ndarray, normals: np.ndarray) -> np.ndarray:
        """(V, 2) place of each normal, as seen along its own ray, in the column of lit balls."""
        rays = vertices / np.maximum(np.sqrt(np.einsum("ij,ij->i", vertices, vertices)), 1e-6)[:, None]
        toward = np.einsum("ij,ij->i", normals, rays)[:, None]
        return ball_place(normals[:, :2] - toward * rays[:, :2]) + self._ball_offset

    def _shown(self, corners: np.ndarray, width: int, height: int) -> np.ndarray:
        """Indices of the triangles in front of the camera and in the picture that show their front."""
        x, y, nearness = corners[..., 0], corners[..., 1], corners[..., 2]
        area = (x[:, 1] - x[:, 0]) * (y[:, 2] - y[:, 0]) - (x[:, 2] - x[:, 0]) * (y[:, 1] - y[:, 0])
        # y points down, so a triangle that appears counter-clockwise has a negative area.
        front = (area < 0) | (self._two_sided & (area > 0))
        left, right = extremes(x)
        top, bottom = extremes(y)
        inside = (right > 0) & (left < width) & (bottom > 0) & (top < height)
        return np.flatnonzero(front & inside & (extremes(nearness)[0] > 0))

    def _shade(self, picture: np.ndarray, corners: np.ndarray, values: np.ndarray, clear: np.ndarray) -> None:
        """Draws the shown triangles; `clear` (T,) says which do not hide all that is behind them."""
        if not len(corners):
            return
        height, width = picture.shape[:2]
        low = np.floor(np.maximum(corners.min((0, 1)) - 2, 0)).astype(int)
        high = np.ceil(np.minimum(corners.max((0, 1)) + 2, (width, height))).astype(int)
        corners = corners - low.astype(np.float32)
        columns, rows = (high - low).tolist()
        region = picture[low[1] : high[1], low[0] : high[0]]
        hiding = np.flatnonzero(~clear) if clear.any() else slice(None)
        color, nearness, _ = self._layer(corners[hiding], values[hiding], rows, columns)
        region[:] = cv2.copyTo(color, (nearness > 0).astype(np.uint8), region.copy())
        if clear.any():
            color, nearer, places = self._layer(corners[clear], values[clear], rows, columns)
            assert self._alpha is not None  # there are clear materials
            alpha = cv2.remap(
                self._alpha, places[0], places[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
            )
            alpha[nearer <= nearness] = 0
            share = alpha[..., None] * np.float32(1 / 255)
            region += np.rint(share * (color.astype(np.float32) - region)).astype(np.int16).astype(np.uint8)
        _smooth_edges(region, nearness)

    def _layer(
        self, corners: np.ndarray, values: np.ndarray, rows: int, columns: int
    ) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
        """The nearest of some triangles: color (rows, columns, 3), nearness, and places in the textures."""
        triangle, nearness = triangle_buffer(corners, values[..., 0], rows, columns)
        planes = np.zeros((12, len(corners) + 1), np.float32)
        planes[:, :-1] = screen_planes(corners, values[..., 1:]).reshape(-1, 12).T
        across = np.broadcast_to(np.arange(columns, dtype=np.float32) + np.float32(0.5), (rows, columns))
        down = np.broadcast_to(np.arange(rows, dtype=np.float32)[:, None] + np.float32(0.5), (rows, columns))
        places = []
        for start, by_x, by_y in planes.reshape(3, 4, -1).transpose(1, 0, 2):
            place = by_x.take(triangle)
            place *= across
            place += start.take(triangle)
            rise = by_y.take(triangle)
            rise *= down
            place += rise
            places.append(place)
        edge = cv2.BORDER_REPLICATE
        color = cv2.remap(self._atlas, places[0], places[1], cv2.INTER_LINEAR, borderMode=edge)
        light = cv2.remap(self._diffuse, places[2], places[3], cv2.INTER_LINEAR, borderMode=edge)
        mirrored = cv2.remap(self._mirrored, places[2], places[3], cv2.INTER_LINEAR, borderMode=edge)
        return cv2.add(cv2.multiply(color, light, scale=1 / ONE), mirrored), nearness, places[:2]


def _project(vertices: np.ndarray, focal_px: float, size: tuple[int, int]) -> np.ndarray:
    """(V, 3) float32: x, y in pixels, and 1 / depth, 0 for what is not in front of the camera."""
    depth = -vertices[:, 2]
    in_front = depth > _NEAR_CM
    nearness = np.where(in_front, 1 / np.where(in_front, depth, 1), 0)
    by = focal_px * nearness
    x = size[0] / 2 + vertices[:, 0] * by
    return np.stack([x, size[1] / 2 - vertices[:, 1] * by, nearness], 1).astype(np.float32)


def _smooth_edges(region: np.ndarray, nearness: np.ndarray) -> None:
    """Blurs, in place, the pixels where one surface ends in front of another."""
    kernel = np.ones((3, 3), np.uint8)
    farthest, nearest = cv2.erode(nearness, kernel), cv2.dilate(nearness, kernel)
    edges = (nearest - farthest > _EDGE * nearest).astype(np.uint8)
    blurred = cv2.GaussianBlur(region, (3, 3), 0.8)
    region[:] = cv2.copyTo(blurred, edges, region.copy())


def _texture_atlas(model: AvatarModel) -> tuple[np.ndarray, np.ndarray | None, np.ndarray, np.ndarray]:
    """All materials' textures one below the other.

    Returns:
        (H, W, 3) uint8 colors; (H, W) uint8 alphas, None if all materials hide what is behind them; and
        (materials, 2) float32 scale and offset from texture places (0 to 1) to pixels, the origin at the
        first pixel's center.
    """
    tiles, alphas = [], []
    largest = min(_TEXTURE_PX, _ATLAS_PX // len(model.materials))
    for material in model.materials:
        texture = np.full((4, 4, 3), 255, np.uint8) if material.texture is None else material.texture
        if material.texture is None and material.alpha is not None:
            texture = np.full((*material.alpha.shape, 3), 255, np.uint8)
        larger = max(texture.shape[:2]) / largest
        if larger > 1:
            size = [max(1, round(side / larger)) for side in texture.shape[1::-1]]
            texture = cv2.resize(texture, size, interpolation=cv2.INTER_AREA)
        tiles.append(np.clip(texture * np.array(material.color, np.float32), 0, 255).astype(np.uint8))
        alpha = np.full((1, 1), 255, np.uint8) if material.alpha is None else material.alpha
        alphas.append(cv2.resize(alpha, texture.shape[1::-1], interpolation=cv2.INTER_AREA))
    heights = np.array([tile.shape[0] for tile in tiles])
    sizes = np.array([tile.shape[1::-1] for tile in tiles], np.float32)
    tops = np.stack([np.zeros(len(tiles)), np.cumsum(heights) - heights], 1)
    clear = any(material.alpha is not None for material in model.materials)
    # A place at the rim is in the middle of the tile's last pixel, so that no neighbor shows.
    return _stacked(tiles), _stacked(alphas) if clear else None, sizes - 1, tops.astype(np.float32)


def _stacked(tiles: list[np.ndarray]) -> np.ndarray:
    width = max(tile.shape[1] for tile in tiles)
    edge = cv2.BORDER_REPLICATE
    return np.concatenate([cv2.copyMakeBorder(tile, 0, 0, 0, width - tile.shape[1], edge) for tile in tiles])
