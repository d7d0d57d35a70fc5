"""Resource util: the folder of the relative paths in graphs, under MediaPipe's name."""

from attention_mesh.framework.resources import set_resource_dir

__all__ = ["set_resource_dir"]
