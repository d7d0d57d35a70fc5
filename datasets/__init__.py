"""Datasets: the faces of many films and photos as one table. See docs/datasets.md."""

from __future__ import annotations

from attention_mesh.datasets.errors import TableError
from attention_mesh.datasets.face_meter import FaceMeter
from attention_mesh.datasets.face_rows import face_mesh_rows
from attention_mesh.datasets.options import DatasetOptions
from attention_mesh.datasets.sources import SourceFile, find_sources

__all__ = ["DatasetOptions", "FaceMeter", "SourceFile", "TableError", "face_mesh_rows", "find_sources"]
