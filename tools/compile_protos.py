"""Compiles the .proto files of a room: ``python tools/compile_protos.py`` does it for all rooms.

Writes one descriptor set per room (framework.binpb, calculators.binpb, drawing.binpb), which the package
reads at run time, and a `…_pb2.pyi` beside each .proto file, which type checkers read. Both are committed, so
that users need no compiler. Needs grpcio-tools (extra `dev`).
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from google.protobuf import descriptor_pb2

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("framework", "calculators", "drawing")


# protoc names a class here that the stubs of protobuf do not have; they declare `Extensions` themselves.
_EXTENSION_LINES = re.compile(
    r"^(from google\.protobuf\.internal import python_message .*|    Extensions: _python_message\..*)\n", re.M
)


def compile_room(room: str, output: Path) -> dict[Path, str]:
    """Compiles all .proto files below `room`.

    Args:
      room: a folder of the package.
      output: the file for their FileDescriptorSet, with all files that they import.

    Returns:
      The path of each `.pyi` file, beside its .proto file, and its text.

    Raises SystemExit with protoc's own message when a file does not compile.
    """
    sources = sorted(p.relative_to(ROOT).as_posix() for p in (ROOT / room).rglob("*.proto"))
    if not sources:
        output.write_bytes(b"")
        return {}
    with tempfile.TemporaryDirectory() as folder:
        arguments = [
            f"-Iattention_mesh={ROOT}",
            "--include_imports",
            f"--descriptor_set_out={output}",
            f"--pyi_out={folder}",
            *(f"attention_mesh/{source}" for source in sources),
        ]
        # A process of its own: in one that has loaded TensorFlow, protoc crashes.
        if subprocess.run([sys.executable, "-m", "grpc_tools.protoc", *arguments]).returncode:
            raise SystemExit(f"{room}: protoc failed, see above")
        made = Path(folder) / "attention_mesh"
        stubs = {
            ROOT / stub.relative_to(made): _EXTENSION_LINES.sub("", stub.read_text(encoding="utf-8"))
            for stub in sorted(made.rglob("*.pyi"))
        }
    # Comments and locations are not needed at run time.
    files = descriptor_pb2.FileDescriptorSet.FromString(output.read_bytes())
    for file in files.file:
        file.ClearField("source_code_info")
    output.write_bytes(files.SerializeToString(deterministic=True))
    return stubs


def main() -> int:
    for room in ROOMS:
        output = ROOT / room / f"{room}.binpb"
        stubs = compile_room(room, output)
        for path, text in stubs.items():
            path.write_text(text, encoding="utf-8")
        print(f"wrote {output.relative_to(ROOT)} ({output.stat().st_size} bytes) and {len(stubs)} .pyi files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
