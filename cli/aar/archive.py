"""Archive: the .aar file and its parts."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import numpy as np

from attention_mesh.cli.aar.deterministic_zip import write_zip
from attention_mesh.cli.aar.java_build import MAIN, library_classes
from attention_mesh.cli.aar.packaged_graphs import binary_graph, graph_schema, packaged_graphs
from attention_mesh.cli.aar.packaged_models import packaged_models
from attention_mesh.models.inference.blendshape_network import REFERENCE
from attention_mesh.models.topology import face_topology

ASSETS = "attention_mesh"  # the folder of the assets inside an app
_REPOSITORY = Path(__file__).parents[2]
_FIRST = ("AndroidManifest.xml", "classes.jar")
# What a build tool of Android checks before it takes the archive: any app may.
_METADATA = "aarFormatVersion=1.0\naarMetadataVersion=1.0\nminCompileSdk=21\nminCompileSdkExtension=0\n"


def library_assets(weights: str) -> dict[str, bytes]:
    """The assets, by path below the folder `attention_mesh`; android/README.md lists them.

    Raises:
      AarError, WeightsError: as `packaged_models`.
    """
    graphs = packaged_graphs()
    assets = {f"graphs/{stem}.binarypb": binary_graph(config) for stem, config in graphs.items()}
    assets["schema.binpb"] = graph_schema(graphs)
    assets |= {f"models/{name}.tflite": content for name, content in packaged_models(weights).items()}
    assets |= topology_tables()
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(assets.items())}
    listed = json.dumps({"weights": weights, "files": digests}, indent=1)
    return {**assets, "assets.json": f"{listed}\n".encode()}


def topology_tables() -> dict[str, bytes]:
    """The tables of indices and names, the canonical face and the reference face of the blend shapes."""
    folder = Path(face_topology.DATA)
    tables = {f"topology/{file.name}": file.read_bytes() for file in sorted(folder.glob("*.json"))}
    for file in (folder / "canonical_face.npz", REFERENCE):
        tables |= _arrays(file)
    return tables


def _arrays(file: Path) -> dict[str, bytes]:
    """Each array of an .npz file as ``topology/<file>/<array>.npy``, little-endian."""
    result = {}
    with np.load(file) as arrays:
        for name in arrays.files:
            content = io.BytesIO()
            array = np.ascontiguousarray(arrays[name])
            np.lib.format.write_array(content, array.astype(array.dtype.newbyteorder("<")), (1, 0))
            result[f"topology/{file.stem}/{name}.npy"] = content.getvalue()
    return result


def android_archive(assets: dict[str, bytes], classes: bytes, main: Path = MAIN) -> bytes:
    """The content of the .aar file.

    Args:
      assets: of `library_assets`.
      classes: of `library_classes`.
      main: the folder with the manifest and the rules for R8.

    Returns:
      The archive; the same parts give the same bytes.
    """
    entries = {
        "AndroidManifest.xml": (main / "AndroidManifest.xml").read_bytes(),
        "classes.jar": classes,
        "R.txt": b"",  # no resources
        "proguard.txt": (main / "proguard.txt").read_bytes(),
        "META-INF/LICENSE": (_REPOSITORY / "LICENSE").read_bytes(),
        "META-INF/NOTICE": (_REPOSITORY / "NOTICE").read_bytes(),
        "META-INF/com/android/build/gradle/aar-metadata.properties": _METADATA.encode(),
    }
    entries |= {f"assets/{ASSETS}/{name}": content for name, content in assets.items()}
    return write_zip(entries, first=_FIRST, stored=[".jar"])


def build_archive(weights: str) -> bytes:
    """The whole archive, from the sources and the weights.

    Args:
      weights: "official" or "open".

    Raises:
      AarError: as `library_classes` and `library_assets`.
    """
    classes = library_classes()
    return android_archive(library_assets(weights), classes)
