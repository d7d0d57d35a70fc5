"""Where a path in a graph leads: to a file of the user's, or to an official model by its file name."""

from pathlib import Path

from attention_mesh.framework.resources import find_resource
from attention_mesh.models.weights import ModelStore, official_name


def resource_file(path: str | Path) -> Path:
    """The file behind a path of a graph: below the resource folder, as it stands, or an official model.

    An official model that lies nowhere else is fetched to the cache. Raises FileNotFoundError where there is
    none of these, and WeightsError where a model cannot be had.
    """
    found = find_resource(path)
    if found is not None:
        return found
    name = official_name(path)
    if name is None:
        raise FileNotFoundError(
            f"there is no file {path}, neither as it stands nor below the resource folder"
        )
    return ModelStore().official_path(name)
