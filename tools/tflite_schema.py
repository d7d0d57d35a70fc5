"""TFLite schema: writes models/weights/checking/tflite_schema.json from the reader in LiteRT's package.

Usage: python tools/tflite_schema.py
"""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "models" / "weights" / "checking" / "tflite_schema.json"
_SIZES = {"Bool": 1, "Int8": 1, "Uint8": 1, "Int16": 2, "Uint16": 2, "Int32": 4, "Uint32": 4, "Float32": 4}
_SIZES |= {"Int64": 8, "Uint64": 8, "Float64": 8}
_CODES = {"Bool": "?", "Int8": "b", "Uint8": "B", "Int16": "h", "Uint16": "H", "Int32": "i", "Uint32": "I"}
_CODES |= {"Float32": "f", "Int64": "q", "Uint64": "Q", "Float64": "d"}
# Union field → the enumeration of its members.
_UNIONS = {
    "BuiltinOptions": "BuiltinOptions",
    "BuiltinOptions2": "BuiltinOptions2",
    "Details": "QuantizationDetails",
    "ArraySegments": "SparseIndexVector",
    "ArrayIndices": "SparseIndexVector",
}
_METHOD = re.compile(r"    def (\w+)\(self(?:, j)?\):\n(.*?)(?=\n    # |\n    def |\Z)", re.DOTALL)


def fields_of(source: str) -> dict[str, list[object]]:
    """The fields of a table: name → its place in the vtable, its kind, and what it holds.

    Kinds: "value" and "values" hold the letter of a number for `struct`; "text" and "texts" hold nothing;
    "table" and "tables" the name of a table; "union" the name of an enumeration.
    """
    fields: dict[str, list[object]] = {}
    for name, body in _METHOD.findall(source):
        place = re.search(r"self\._tab\.Offset\((\d+)\)", body)
        if place is None or name.endswith(("AsNumpy", "Length", "IsNone")):
            continue
        slot = int(place[1])
        number = re.search(r"number_types\.(\w+)Flags, (a|o) \+", body)
        table = re.search(r"obj = (\w+)\(\)", body)
        if "_tab.Union(" in body:
            fields[name] = [slot, "union", _UNIONS[name]]
        elif table is not None:
            fields[name] = [slot, "tables" if "_tab.Vector(" in body else "table", table[1]]
        elif "_tab.String(" in body:
            fields[name] = [slot, "texts" if "_tab.Vector(" in body else "text", ""]
        elif number is not None:
            fields[name] = [slot, "values" if number[2] == "a" else "value", _CODES[number[1]]]
        else:
            raise ValueError(f"cannot read the field {name}")
    return fields


def schema_of(module: object) -> dict[str, object]:
    """The tables, the unions, and the names of operators and of types of tensors."""
    source = inspect.getsource(module)  # type: ignore[arg-type]
    parts = re.split(r"^class (\w+)\(object\):\n", source, flags=re.MULTILINE)[1:]
    classes = dict(zip(parts[::2], parts[1::2], strict=True))
    numbers = {
        name: {key: int(value) for key, value in re.findall(r"^    (\w+) = (\d+)$", body, re.MULTILINE)}
        for name, body in classes.items()
    }
    tables = {name: fields_of(body) for name, body in classes.items() if "def Init(self, buf, pos)" in body}
    unions = {
        name: {str(number): kind for kind, number in numbers[name].items() if number}
        for name in sorted(set(_UNIONS.values()))
    }
    # Some enumerations name a member otherwise than its table.
    operators = {str(number): name for name, number in numbers["BuiltinOperator"].items()}
    types = {str(number): name for name, number in numbers["TensorType"].items()}
    return {"tables": tables, "unions": unions, "operators": operators, "types": types}


def main() -> None:
    from ai_edge_litert import schema_py_generated

    schema = schema_of(schema_py_generated)
    lines = []
    for name, part in schema.items():
        assert isinstance(part, dict)
        rows = ",\n".join(f"    {json.dumps(key)}: {json.dumps(value)}" for key, value in part.items())
        lines.append(f'  "{name}": {{\n{rows}\n  }}')
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"wrote {FILE.name}")


if __name__ == "__main__":
    main()
