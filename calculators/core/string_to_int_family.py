"""Whole numbers from text."""

import re
from typing import Any

from attention_mesh.framework import Calculator, SideInput, SideOutput
from attention_mesh.framework.registry import calculator_family

_LIMITS = {
    "Int": (-(2**31), 2**31 - 1),
    "Int32": (-(2**31), 2**31 - 1),
    "Int64": (-(2**63), 2**63 - 1),
    "Uint": (0, 2**32 - 1),
    "Uint32": (0, 2**32 - 1),
    "Uint64": (0, 2**64 - 1),
}
_NUMBER = re.compile(r"\s*[+-]?[0-9]+\s*", re.ASCII)


@calculator_family(r"StringTo(\w+)Calculator", [f"StringTo{name}Calculator" for name in _LIMITS])
class StringToIntFamily(Calculator):
    """Reads a decimal number in a side packet.

    This is MediaPipe's StringToInt, Int32, Int64, Uint, Uint32 and Uint64 nodes; they differ in the numbers
    that they accept. Any other text is an error.

    Input side packets: a str.
    Output side packets: an int.

    Example::

        node {
          calculator: "StringToIntCalculator"
          input_side_packet: "num_faces_text"
          output_side_packet: "num_faces"
        }
    """

    text = SideInput("", str)
    number = SideOutput("", int)

    _limits: tuple[int, int]

    @classmethod
    def specialize(cls, match: re.Match) -> dict[str, Any] | None:
        """The numbers that the name allows."""
        return {"_limits": _LIMITS[match[1]]} if match[1] in _LIMITS else None

    def open(self) -> None:
        least, most = self._limits
        text = self.text.value
        number = int(text) if _NUMBER.fullmatch(text) else None
        if number is None or not least <= number <= most:
            raise ValueError(f"{text!r} is no whole number from {least} to {most}")
        self.number.set(number)
