"""Prints, as JSON, the descriptors of messages that an installed mediapipe has.

Mediapipe's own Python runs it, in a separate process. It reads the messages' full names as JSON from stdin.
Only mediapipe's *_pb2 modules are imported: the rest of the package takes seconds to load.
"""

import importlib
import importlib.util
import json
import sys
import types
from pathlib import Path


def describe(descriptor) -> dict:
    """Fields and extensions of a message: name → its form on the wire and in text."""
    fields = {}
    for field in descriptor.fields:
        kind = field.message_type or field.enum_type
        default = repr(field.default_value) if field.has_default_value else ""
        fields[field.name] = [field.number, field.type, kind.full_name if kind else "", default]
    return {
        "fields": fields,
        "repeated": sorted(f.name for f in descriptor.fields if _is_repeated(f)),
        "extensions": {e.full_name: [e.number, e.containing_type.full_name] for e in descriptor.extensions},
        "enums": {e.name: {value.name: value.number for value in e.values} for e in descriptor.enum_types},
    }


def _is_repeated(field) -> bool:
    return field.is_repeated if hasattr(field, "is_repeated") else field.label == field.LABEL_REPEATED


def main() -> None:
    from google.protobuf import descriptor_pool

    root = Path(next(iter(importlib.util.find_spec("mediapipe").submodule_search_locations)))
    package = types.ModuleType("mediapipe")
    package.__path__ = [str(root)]
    sys.modules["mediapipe"] = package
    folders = ("framework", "calculators", "gpu", "util")
    for folder in folders:
        for file in sorted((root / folder).rglob("*_pb2.py")):
            importlib.import_module(".".join(("mediapipe", *file.relative_to(root).with_suffix("").parts)))
    pool = descriptor_pool.Default()
    found = {}
    for name in json.load(sys.stdin):
        try:
            found[name] = describe(pool.FindMessageTypeByName(name))
        except KeyError:
            continue
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
