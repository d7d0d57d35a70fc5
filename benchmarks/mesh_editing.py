"""Measures mesh editing: time, ways to turn details, solvers, and transfer of expressions.

    python benchmarks/mesh_editing.py --rig FOLDER [--output FILE.md]

FOLDER holds a packed ICT-FaceKit (see `pack-rig`): ict_facekit.npz and ict_478.npz. NumPy runs on one thread,
so that processor time is the time of a call.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is imported

import numpy as np
from scipy import sparse
from scipy.sparse import linalg

from attention_mesh.cli.machine import machine_description
from attention_mesh.geometry import linear_solver
from attention_mesh.geometry.expression_transfer import ExpressionTransfer
from attention_mesh.geometry.laplacian_editing import LaplacianMeshEditor
from attention_mesh.geometry.mesh_laplacian import cotangent_edges
from attention_mesh.geometry.mesh_points import MeshPoints
from attention_mesh.models.evaluation.markdown import markdown_table
from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.training.synthetic.face_rig import FaceRig, rotation
from attention_mesh.models.training.synthetic.ict_facekit import load_rig

EXPRESSIONS = ("jawOpen", "mouthSmileLeft", "eyeBlinkLeft", "mouthPucker", "browInnerUp", "cheekPuff")
HEAD_VERTICES = 11_248  # face, head and neck
HANDLE_STEP = 7  # every seventh landmark is a handle where few are
MOVED_CM = 0.05
WEIGHT = 100.0


def milliseconds(call: Callable[[], object], repeats: int) -> float:
    """Median processor time of a call."""
    call()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return 1000 * float(np.median(times))


def said(rounds: int) -> str:
    return f"{rounds} round{'s' if rounds > 1 else ''}"


def rms(values: np.ndarray) -> float:
    return float(np.sqrt((values**2).mean()))


class Head:
    """Face, head and neck of the rig, its landmarks, and the handles."""

    def __init__(self, rig: FaceRig) -> None:
        self.rig = rig
        self.neutral = rig.neutral[:HEAD_VERTICES].astype(float)
        self.triangles = rig.triangles[(rig.triangles < HEAD_VERTICES).all(1)].astype(np.int64)
        self.points = MeshPoints(rig.landmark_vertices[:468], rig.landmark_weights[:468])

    def posed(self, name: str) -> np.ndarray:
        return self.rig.vertices(np.zeros(0), {name: 1.0})[:HEAD_VERTICES].astype(float)

    def few_points(self) -> MeshPoints:
        return MeshPoints(self.points.vertices[::HANDLE_STEP], self.points.shares[::HANDLE_STEP])

    def normals(self, vertices: np.ndarray) -> np.ndarray:
        a, b, c = (vertices[self.triangles[:, corner]] for corner in range(3))
        return np.cross(b - a, c - a)

    def flips(self, vertices: np.ndarray, truth: np.ndarray) -> int:
        """Triangles on the other side than in the truth."""
        real, found = self.normals(truth), self.normals(vertices)
        return int((((real * found).sum(1) < 0) & (np.linalg.norm(real, axis=1) > 1e-4)).sum())


class DualLaplacian:
    """Deformation by the dual Laplacian, in the way of Hu et al. 2007 and Au et al. 2006.

    The vertices of the dual mesh are the middles of the triangles; each has three neighbors. Their uniform
    Laplacian is kept, turned by the frame of its triangle, which is found again in each round.
    """

    def __init__(self, vertices: np.ndarray, triangles: np.ndarray, points: MeshPoints, rounds: int) -> None:
        self._rest, self._triangles, self._rounds = vertices, triangles, rounds
        count, faces = len(vertices), len(triangles)
        middles = sparse.csr_matrix(
            (np.full(3 * faces, 1 / 3), (np.repeat(np.arange(faces), 3), triangles.ravel())), (faces, count)
        )
        edges = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), 1)
        order = np.lexsort(edges.T)
        same = (edges[order][1:] == edges[order][:-1]).all(1)
        owner = np.tile(np.arange(faces), 3)[order]
        first, second = owner[:-1][same], owner[1:][same]
        links = sparse.coo_matrix((np.ones(len(first)), (first, second)), (faces, faces))
        links = (links + links.T).tocsr()
        degree = np.asarray(links.sum(1)).ravel()
        self._laplacian = (sparse.eye(faces) - sparse.diags(1 / np.maximum(degree, 1)) @ links) @ middles
        self._points = sparse.csr_matrix(
            (points.shares.ravel(), (np.repeat(np.arange(len(points)), 3), points.vertices.ravel())),
            (len(points), count),
        )
        system = self._laplacian.T @ self._laplacian + WEIGHT * self._points.T @ self._points
        # A vertex moves freely as far as the middles around it do not: the mesh's own edges hold it.
        pairs, weights = cotangent_edges(vertices, triangles)
        difference = sparse.csr_matrix(
            (
                np.r_[np.ones(len(pairs)), -np.ones(len(pairs))],
                (np.r_[np.arange(len(pairs)), np.arange(len(pairs))], pairs.T.ravel()),
            ),
            (len(pairs), count),
        )
        self._smooth = 1e-3 * difference.T @ sparse.diags(weights) @ difference
        self._solve = linalg.splu((system + self._smooth).tocsc(), "MMD_AT_PLUS_A").solve
        self._details = self._laplacian @ vertices
        self._frames = self._triangle_frames(vertices)

    def edit(self, places: np.ndarray) -> np.ndarray:
        result = self._solved(self._details, places)
        for _ in range(self._rounds):
            turns = self._triangle_frames(result) @ self._frames.transpose(0, 2, 1)
            result = self._solved(np.einsum("tij,tj->ti", turns, self._details), places)
        return result

    def _solved(self, details: np.ndarray, places: np.ndarray) -> np.ndarray:
        return self._solve(
            self._laplacian.T @ details + self._smooth @ self._rest + WEIGHT * self._points.T @ places
        )

    def _triangle_frames(self, vertices: np.ndarray) -> np.ndarray:
        a, b, c = (vertices[self._triangles[:, corner]] for corner in range(3))
        x = (b - a) / np.maximum(np.linalg.norm(b - a, axis=1, keepdims=True), 1e-12)
        normal = np.cross(b - a, c - a)
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
        return np.stack([x, np.cross(normal, x), normal], 2)


def methods_table(head: Head) -> str:
    """Errors of the vertices between the handles, by method."""
    rows = []
    for points, many in ((head.points, "468"), (head.few_points(), str(len(head.few_points())))):
        editors: list[tuple[str, Callable[[np.ndarray], np.ndarray]]] = [
            (
                f"local rotations, {said(rounds)}" if rounds else "no local rotations",
                LaplacianMeshEditor(
                    head.neutral, head.triangles, points, WEIGHT, rounds, alignment="none"
                ).edit,
            )
            for rounds in (0, 1, 3)
        ]
        editors += [
            (
                f"dual Laplacian, {said(rounds)}" if rounds else "dual Laplacian, no rotations",
                DualLaplacian(head.neutral, head.triangles, points, rounds).edit,
            )
            for rounds in (0, 1, 3)
        ]
        for name, edit in editors:
            errors, flips = [], 0
            for expression in EXPRESSIONS:
                truth = head.posed(expression)
                found = edit(points.on(truth))
                moved = np.linalg.norm(truth - head.neutral, axis=1) > MOVED_CM
                errors.append(rms(np.linalg.norm((found - truth)[moved], axis=1)))
                flips += head.flips(found, truth)
            spent = milliseconds(lambda edit=edit, points=points: edit(points.on(head.neutral)), 5)
            rows.append([many, name, f"{np.mean(errors):.3f}", str(flips), f"{spent:.0f}"])
    return markdown_table(["handles", "method", "error, cm", "flipped triangles", "ms per face"], rows)


def alignment_table(head: Head) -> str:
    rows = []
    for alignment in ("none", "rigid", "similarity"):
        editor = LaplacianMeshEditor(head.neutral, head.triangles, head.points, alignment=alignment)
        errors = []
        for expression in EXPRESSIONS:
            truth = head.posed(expression)
            errors.append(rms(np.linalg.norm(editor.edit(head.points.on(truth)) - truth, axis=1)))
        rows.append([alignment, *(f"{error:.3f}" for error in errors)])
    return markdown_table(["alignment", *EXPRESSIONS], rows)


def time_table(head: Head) -> str:
    """Processor time by size of the mesh, faces per call and solver."""
    face = canonical_face()
    random = np.random.default_rng(0)
    places = face.vertices + random.normal(0, 0.05, (8, 478, 3)).astype(np.float32)
    rows = []
    for solver, limit in (("inverse", 1500), ("SciPy", 0)):
        linear_solver.DENSE_UP_TO = limit
        for alignment in ("rigid", "none"):
            chosen = LaplacianMeshEditor(face.vertices, face.triangles, alignment=alignment)
            for count in (1, 8):
                spent = milliseconds(lambda count=count, chosen=chosen: chosen.edit(places[:count]), 400)
                rows.append(["478", solver, alignment, str(count), f"{spent / count:.2f}"])
        built = milliseconds(lambda: LaplacianMeshEditor(face.vertices, face.triangles), 5)
        rows.append(["478", f"{solver}, set up", "", "", f"{built:.0f}"])
    linear_solver.DENSE_UP_TO = 1500
    whole = (head.rig.neutral[:20_000], head.rig.triangles[(head.rig.triangles < 20_000).all(1)])
    for vertices, triangles in ((head.neutral, head.triangles), whole):
        editor = LaplacianMeshEditor(vertices, triangles, head.points, alignment="none")
        rest = head.points.on(np.asarray(vertices, np.float32))
        spent = milliseconds(lambda editor=editor, rest=rest: editor.edit(rest), 20)
        rows.append([f"{len(vertices):,}", "SciPy", "none", "1", f"{spent:.1f}"])
        start = time.process_time()
        LaplacianMeshEditor(vertices, triangles, head.points)
        rows.append(
            [f"{len(vertices):,}", "SciPy, set up", "", "", f"{1000 * (time.process_time() - start):.0f}"]
        )
    return markdown_table(["vertices", "solver", "alignment", "faces per call", "ms per face"], rows)


def wider(points: np.ndarray) -> np.ndarray:
    return points * np.array([1.2, 0.85, 1.1])


def larger(points: np.ndarray) -> np.ndarray:
    return points * 1.3


def turned(points: np.ndarray) -> np.ndarray:
    return points @ rotation(np.radians(30), 0, 0).T


def tapered(points: np.ndarray) -> np.ndarray:
    return points * (1 - 0.04 * points[:, 1:2] * [1, 0, 1])


def all_of_them(points: np.ndarray) -> np.ndarray:
    return turned(wider(tapered(points)))


def same(points: np.ndarray) -> np.ndarray:
    return points


def transfer_table(rig: FaceRig, people: int = 10) -> str:
    """Errors of the transfer between persons of the rig, of whom the second has another build."""
    random = np.random.default_rng(1)
    names = [name for name in rig.expression_names if not name.startswith("eyeLook")][:45]
    neutral = rig.landmarks(rig.neutral)[:468]
    moves = [rig.landmarks(rig.vertices(np.zeros(0), {name: 1.0}))[:468] - neutral for name in names]
    builds = (
        ("none: both are persons of the rig", same),
        ("1.3 times as large", larger),
        ("turned by 30°", turned),
        ("wider, shorter, deeper", wider),
        ("a large jaw, as of a character", tapered),
        ("the last three together", all_of_them),
    )
    pairs = [
        [rig.landmarks(rig.vertices(random.normal(0, 1, 100), {}))[:468] for _ in range(2)]
        for _ in range(people)
    ]
    rows = []
    for said, build in builds:
        errors: list[tuple[float, float, float]] = []
        for first, second in pairs:
            target = build(second)
            transfer = ExpressionTransfer(first, target)
            for move in moves:
                truth = build(second + move)
                found = transfer.transfer(first + move)
                errors.append((rms(truth - target), rms(target + move - truth), rms(found - truth)))
        rows.append([said, *(f"{10 * np.sqrt(3) * value:.2f}" for value in np.mean(errors, 0))])
    return markdown_table(
        ["difference of build", "movement, mm", "plain difference, mm", "transfer, mm"], rows
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rig", type=Path, required=True, help="folder of a packed ICT-FaceKit")
    parser.add_argument("--output", type=Path, help="Markdown file")
    options = parser.parse_args()
    rig = load_rig(options.rig)
    head = Head(rig)
    report = "\n\n".join(
        [
            "# Mesh editing",
            f"Made by `python benchmarks/mesh_editing.py`. {machine_description()}.",
            "## Time\n\nMedian processor time.",
            time_table(head),
            f"## Details between handles\n\nA scanned head of {HEAD_VERTICES:,} vertices follows some of its "
            f"landmarks through {len(EXPRESSIONS)} expressions. The root mean square error is over vertices "
            f"that move by more than {10 * MOVED_CM:g} mm.",
            methods_table(head),
            "## Alignment\n\nThe root mean square error over the whole head, in cm, by expression.",
            alignment_table(head),
            "## Transfer of expressions\n\nRoot mean square distances of 468 landmarks, over 45 expressions "
            "and 10 pairs of persons.",
            transfer_table(rig),
        ]
    )
    print(report)
    if options.output:
        options.output.write_text(report + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
