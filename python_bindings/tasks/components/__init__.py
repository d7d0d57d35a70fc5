"""Parts of MediaPipe's tasks: `containers`."""

from typing import TYPE_CHECKING

from attention_mesh.framework.lazy_names import lazy_names

if TYPE_CHECKING:
    from attention_mesh.python_bindings.tasks.components import containers

__all__ = ["containers"]

__getattr__, __dir__ = lazy_names(__name__, {"containers": "containers"})
