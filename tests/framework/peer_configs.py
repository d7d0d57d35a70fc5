"""Prints, as JSON, text graphs as an installed mediapipe's protobuf serializes them: name → hex.

Mediapipe's own Python runs it, in a separate process. It reads name → text as JSON from stdin, and leaves
out a graph that uses messages which mediapipe lacks. As in peer_messages.py, only mediapipe's *_pb2
modules are imported.
"""

import importlib
import importlib.util
import json
import sys
import types
from pathlib import Path


def main() -> None:
    from google.protobuf import descriptor_pool, message_factory, text_format

    root = Path(next(iter(importlib.util.find_spec("mediapipe").submodule_search_locations)))
    package = types.ModuleType("mediapipe")
    package.__path__ = [str(root)]
    sys.modules["mediapipe"] = package
    for folder in ("framework", "calculators", "gpu", "util", "modules"):
        for file in sorted((root / folder).rglob("*_pb2.py")):
            importlib.import_module(".".join(("mediapipe", *file.relative_to(root).with_suffix("").parts)))
    descriptor = descriptor_pool.Default().FindMessageTypeByName("mediapipe.CalculatorGraphConfig")
    if hasattr(message_factory, "GetMessageClass"):
        config = message_factory.GetMessageClass(descriptor)
    else:
        config = message_factory.MessageFactory().GetPrototype(descriptor)
    made = {}
    for name, text in json.load(sys.stdin).items():
        try:
            made[name] = text_format.Parse(text, config()).SerializeToString(deterministic=True).hex()
        except (text_format.ParseError, TypeError):
            continue
    json.dump(made, sys.stdout)


if __name__ == "__main__":
    main()
