"""Errors of the dataset rooms: tables of many films."""

from __future__ import annotations

from attention_mesh.errors import AttentionMeshError


class TableError(AttentionMeshError):
    """A table of faces, or the list of its sources, is wrong or cannot be written."""


class ClusterError(AttentionMeshError, ConnectionError):
    """A cluster cannot be reached, or cannot do the work of a run."""
