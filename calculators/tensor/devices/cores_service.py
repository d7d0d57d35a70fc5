"""The service "cores": whether the program leaves cores to its networks."""

from __future__ import annotations

from collections.abc import Callable

from attention_mesh.framework import GraphService

# Tells at any time whether the program's other threads rest. Without it, networks know only how long their
# own calls take.
CORES_SERVICE: GraphService[Callable[[], bool]] = GraphService("cores")
