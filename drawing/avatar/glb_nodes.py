"""GLB nodes: where a file's scene places its meshes, skins and eyes."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from attention_mesh.drawing.avatar.glb_file import GlbFile
from attention_mesh.drawing.errors import AvatarError

_NOT_EYES = ("lash", "brow", "lid", "shadow", "wet", "occlusion", "look", "blink", "target", "end", "glass")


class Nodes:
    """The nodes of a file's scene.

    Attributes:
        eye_centers: (3,) of the left and the right eye's node or joint; None where the file names none.
        neck: (3,) about which the head turns against the body; None if the file has no joint for the head.
    """

    def __init__(self, file: GlbFile) -> None:
        """Computes the places of all nodes.

        Raises:
            AvatarError: a node is missing, or nodes contain each other in a circle.
        """
        self._file = file
        self._nodes = file.list("nodes")
        self.world: dict[int, np.ndarray] = {}
        scenes = file.list("scenes")
        scene = file.tree.get("scene", 0)
        roots = scenes[scene].get("nodes", []) if 0 <= scene < len(scenes) else range(len(self._nodes))
        for root in roots:
            self._place(root, np.eye(4))
        self.eye_centers: list[np.ndarray | None] = [None, None]
        self._eye_nodes: list[set[int]] = [set(), set()]
        joints = {joint for skin in file.list("skins") for joint in skin.get("joints", [])}
        # A file may have both a joint and a skinned mesh for an eye; the place of such a mesh means nothing.
        for node in sorted(self.world, key=lambda node: node not in joints):
            side = _eye_side(self.name(node))
            if side is not None:
                self._eye_nodes[side] |= self._below(node)
                if self.eye_centers[side] is None and self._skin(node) is None:
                    self.eye_centers[side] = self.world[node][:3, 3]

        heads = [node for node in self.world if node in joints and _ends_with(self.name(node), "head")]
        self._of_head = self._below(heads[0]) if heads else set()
        self.neck = self.world[heads[0]][:3, 3] if heads else None

    def name(self, node: int) -> str:
        """A node's name."""
        return str(self._nodes[node].get("name", f"node {node}"))

    def drawn(self) -> list[int]:
        """The nodes with a mesh."""
        return [node for node in self.world if "mesh" in self._nodes[node]]

    def primitives(self, node: int) -> list[dict[str, Any]]:
        """The primitives of a node's mesh. Raises AvatarError if the mesh is missing."""
        return self._mesh(node).get("primitives", [])

    def target_names(self, node: int) -> list[str]:
        """The names of the morph targets of a node's mesh, in their order."""
        mesh = self._mesh(node)
        primitives = mesh.get("primitives", [])
        for holder in (mesh, *primitives):
            names = (holder.get("extras") or {}).get("targetNames")
            if isinstance(names, list) and names:
                return [str(name) for name in names]
        count = max((len(primitive.get("targets", [])) for primitive in primitives), default=0)
        return [f"unnamed {row}" for row in range(count)]

    def vertex_matrices(self, node: int, attributes: dict[str, int], count: int) -> np.ndarray:
        """(4, 4) matrix of a node's vertices in the scene, or (V, 4, 4) if a skin moves them."""
        skin = self._skin(node)
        if skin is None or "JOINTS_0" not in attributes or "WEIGHTS_0" not in attributes:
            return self.world[node].astype(np.float32)
        joints = [self.world.get(joint, np.eye(4)) for joint in skin["joints"]]
        bind = np.tile(np.eye(4), (len(joints), 1, 1))
        if "inverseBindMatrices" in skin:
            # glTF stores matrices by columns.
            bind = self._file.array(skin["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)
        of_joint = np.array(joints) @ bind[: len(joints)]
        rows, weights = self._weights(attributes, count, len(joints))
        return np.einsum("vk,vkij->vij", weights, of_joint[rows]).astype(np.float32)

    def eye_vertices(
        self, node: int, attributes: dict[str, int], count: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """(V,) masks of the vertices that belong to the left and to the right eye."""
        masks = []
        skin = self._skin(node)
        for nodes in self._eye_nodes:
            mask = np.full(count, node in nodes)
            if (
                node not in nodes
                and skin is not None
                and "JOINTS_0" in attributes
                and "WEIGHTS_0" in attributes
            ):
                of_eye = np.isin(skin["joints"], list(nodes))
                rows, weights = self._weights(attributes, count, len(of_eye))
                mask = (weights * of_eye[rows]).sum(1) > 0.5
            masks.append(mask)
        return masks[0], masks[1]

    def upright(self, node: int, attributes: dict[str, int], count: int) -> np.ndarray:
        """(V,) float32 share by which other joints than the head's move a mesh; 0 if no skin moves it."""
        skin = self._skin(node)
        if skin is None or not self._of_head or "JOINTS_0" not in attributes or "WEIGHTS_0" not in attributes:
            return np.zeros(count, np.float32)
        of_head = np.isin(skin["joints"], list(self._of_head))
        rows, weights = self._weights(attributes, count, len(of_head))
        return (1 - (weights * of_head[rows]).sum(1)).astype(np.float32)

    def _weights(self, attributes: dict[str, int], count: int, joints: int) -> tuple[np.ndarray, np.ndarray]:
        rows = self._file.array(attributes["JOINTS_0"]).astype(np.int64)
        weights = self._file.array(attributes["WEIGHTS_0"]).astype(np.float64)
        if rows.shape != (count, 4) or weights.shape != rows.shape or rows.max(initial=0) >= joints:
            raise AvatarError(f"{self._file.name}: a skin's joints do not fit its mesh")
        total = weights.sum(1, keepdims=True)
        return rows, np.where(total > 0, weights / np.maximum(total, 1e-9), 0.25)

    def _mesh(self, node: int) -> dict[str, Any]:
        meshes, index = self._file.list("meshes"), self._nodes[node]["mesh"]
        if not isinstance(index, int) or not 0 <= index < len(meshes):
            raise AvatarError(f"{self._file.name}: mesh {index} of {self.name(node)} is missing")
        return meshes[index]

    def _skin(self, node: int) -> dict[str, Any] | None:
        skins, index = self._file.list("skins"), self._nodes[node].get("skin")
        return skins[index] if isinstance(index, int) and 0 <= index < len(skins) else None

    def _place(self, node: int, parent: np.ndarray) -> None:
        todo = [(node, parent)]
        while todo:
            node, parent = todo.pop()
            if not isinstance(node, int) or not 0 <= node < len(self._nodes):
                raise AvatarError(f"{self._file.name}: node {node} is missing")
            if node in self.world:
                raise AvatarError(f"{self._file.name}: node {self.name(node)} is in two places")
            try:
                self.world[node] = parent @ _local(self._nodes[node])
            except (ValueError, TypeError):
                raise AvatarError(f"{self._file.name}: node {self.name(node)} has a broken place") from None
            todo += [(child, self.world[node]) for child in self._nodes[node].get("children", [])]

    def _below(self, node: int) -> set[int]:
        below, todo = set(), [node]
        while todo:
            node = todo.pop()
            below.add(node)
            todo += self._nodes[node].get("children", [])
        return below


def _local(node: dict[str, Any]) -> np.ndarray:
    """(4, 4) matrix of a node in its parent."""
    if "matrix" in node:
        return np.array(node["matrix"], float).reshape(4, 4).T
    x, y, z, w = np.array(node.get("rotation", (0, 0, 0, 1)), float)
    matrix = np.eye(4)
    matrix[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    matrix[:3, :3] *= np.array(node.get("scale", (1, 1, 1)), float)
    matrix[:3, 3] = node.get("translation", (0, 0, 0))
    return matrix


def _ends_with(name: str, word: str) -> bool:
    """Whether the last word of a name is `word`: Head, mixamorig:Head, J_Bip_C_Head."""
    return re.split(r"[^a-z]+", name.lower())[-1] == word


def _eye_side(name: str) -> int | None:
    """0 for a name of a left eye (LeftEye, eye_L, J_Adj_L_FaceEye), 1 for a right one, else None."""
    lower = name.lower()
    if "eye" not in lower or any(word in lower for word in _NOT_EYES):
        return None
    words = re.split(r"[^a-z]+", lower)
    if "left" in lower or "l" in words:
        return 0
    return 1 if "right" in lower or "r" in words else None
