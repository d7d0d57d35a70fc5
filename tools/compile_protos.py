"""Compiles every room's .proto files into one descriptor set a room.

``python tools/compile_protos.py`` does it for all rooms.

Needs grpcio-tools (extra `dev`); the results (framework.binpb, calculators.binpb) are committed, so
that users need no compiler.
"""

import sys
from pathlib import Path

from google.protobuf import descriptor_pb2

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("framework", "calculators")


def compile_room(room: str, output: Path) -> None:
    """Writes the FileDescriptorSet of all .proto files below `room` (imports included) to `output`.

    Raises SystemExit with protoc's own message when a file does not compile.
    """
    import grpc_tools
    from grpc_tools import protoc

    sources = sorted(p.relative_to(ROOT).as_posix() for p in (ROOT / room).rglob("*.proto"))
    if not sources:
        output.write_bytes(b"")
        return
    arguments = [
        "protoc",
        f"-Iattention_mesh={ROOT}",
        f"-I{Path(grpc_tools.__file__).parent / '_proto'}",
        "--include_imports",
        f"--descriptor_set_out={output}",
        *(f"attention_mesh/{source}" for source in sources),
    ]
    if protoc.main(arguments):
        raise SystemExit(f"{room}: protoc failed, see above")
    # Comments and locations are not needed at run time.
    files = descriptor_pb2.FileDescriptorSet.FromString(output.read_bytes())
    for file in files.file:
        file.ClearField("source_code_info")
    output.write_bytes(files.SerializeToString(deterministic=True))


def main() -> int:
    for room in ROOMS:
        output = ROOT / room / f"{room}.binpb"
        compile_room(room, output)
        print(f"wrote {output.relative_to(ROOT)} ({output.stat().st_size} bytes)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
