"""Where the relative paths of models and other files in graphs are looked for, under MediaPipe's name."""

from attention_mesh.framework.resources import set_resource_dir

__all__ = ["set_resource_dir"]
