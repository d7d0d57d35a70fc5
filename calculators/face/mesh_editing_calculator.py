"""Morphing of a mesh into the faces of a frame."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.geometry.expression_transfer import ExpressionTransfer
from attention_mesh.geometry.laplacian_editing import LaplacianMeshEditor
from attention_mesh.geometry.mesh_points import MeshPoints
from attention_mesh.models.topology.canonical_face import canonical_face


@calculator
class MeshEditingCalculator(Calculator):
    """Morphs a mesh into each face of a frame, or lets it repeat the faces' expressions.

    The mesh is the canonical face, or any mesh of a head with the places of the landmarks on it. Without
    NEUTRAL it becomes the tracked face: its landmarks go to METRIC_LANDMARKS, and everything between follows.
    With NEUTRAL it stays the face that it is, and moves as the tracked face moves away from NEUTRAL.

    A `LaplacianMeshEditor` deforms the mesh, an `ExpressionTransfer` moves the expressions.

    Inputs: METRIC_LANDMARKS.
    Input side packets: VERTICES, TRIANGLES and POINTS, a mesh and its landmarks, without which it is the
      canonical face; NEUTRAL.
    Outputs: VERTICES, empty if METRIC_LANDMARKS is.
    Options: the weight of the landmarks and the rounds of local rotations, as of the editor; `similarity`
      scales, turns and moves the mesh to the landmarks first, for a mesh of another unit or frame.

    Example::

        node {
          calculator: "MeshEditingCalculator"
          input_stream: "METRIC_LANDMARKS:metric_landmarks"
          input_side_packet: "NEUTRAL:neutral_landmarks"
          output_stream: "VERTICES:avatar_vertices"
        }
    """

    landmarks = Input("METRIC_LANDMARKS", np.ndarray)  # (F, N, 3) float32, cm, the head's pose removed
    mesh_vertices = SideInput("VERTICES", np.ndarray, optional=True)  # (V, 3), any unit
    mesh_triangles = SideInput("TRIANGLES", np.ndarray, optional=True)  # (T, 3) int
    points = SideInput("POINTS", MeshPoints, optional=True)  # N, where the landmarks are on the mesh
    neutral = SideInput("NEUTRAL", np.ndarray, optional=True)  # (N, 3), cm, the tracked face at rest
    # (F, V, 3) float32; with NEUTRAL in the unit and frame of the mesh, else in that of the landmarks.
    vertices = Output("VERTICES", np.ndarray)
    timestamp_offset = 0

    class Options:
        weight: float = 100.0
        rounds: int = 1
        similarity: bool = False

    def open(self) -> None:
        if len({port.connected for port in (self.mesh_vertices, self.mesh_triangles, self.points)}) != 1:
            raise ValueError("VERTICES, TRIANGLES and POINTS describe one mesh; connect all three or none")
        points: MeshPoints | None = None
        if self.points.connected:
            mesh, triangles, points = self.mesh_vertices.value, self.mesh_triangles.value, self.points.value
        else:
            mesh, triangles = canonical_face().vertices, canonical_face().triangles
        self._transfer: ExpressionTransfer | None = None
        if self.neutral.connected:
            at_rest = mesh if points is None else points.on(np.asarray(mesh, np.float32))
            self._transfer = ExpressionTransfer(self.neutral.value, at_rest)
        options = self.options
        self._editor = LaplacianMeshEditor(
            mesh,
            triangles,
            points,
            options.weight,
            options.rounds,
            "similarity" if options.similarity else "none",
        )

    def process(self) -> None:
        if self.landmarks.is_empty:
            return
        places = self.landmarks.value
        if self._transfer is not None:
            places = self._transfer.transfer(places)
        self.vertices.send(self._editor.edit(places))
