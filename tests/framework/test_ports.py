"""The types that a type checker, and so an editor, knows of a calculator's ports."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mypy")
ROOT = Path(__file__).parents[2]
TYPES = {
    "Sample.image": "Input[ndarray]",
    "Sample.pair": "_RepeatedInput[float]",
    "self.image": "BoundInput[ndarray]",
    "self.image.value": "ndarray",
    "self.image.packet": "Packet | None",
    "self.image.is_empty": "bool",
    "self.optional.value": "str",
    "self.listed.value": "list[int]",
    "self.either.value": "Any",
    "self.anything.value": "object",
    "self.untyped.value": "Any",
    "self.pair": "list[BoundInput[float]]",
    "self.pair[0].value": "float",
    "[port.value for port in self.pair]": "list[float]",
    "self.rest[0].place": "tuple[str, int]",
    "self.model.value": "bytes",
    "self.models[0].value": "bytes",
    "self.out": "BoundOutput[ndarray]",
    "self.outs": "list[BoundOutput[ndarray]]",
    "self.made": "BoundSideOutput[int]",
    "self.timestamp": "int",
}
SAMPLE = """
from typing import Any

import numpy as np

from attention_mesh.framework import ANY_TAG, Calculator, Input, Output, SideInput, SideOutput, calculator

@calculator
class Sample(Calculator):
    image = Input("IMAGE", np.ndarray)
    optional = Input("LABEL", str, optional=True)
    listed = Input("LIST", list[int])
    either = Input("EITHER", int | str)
    anything = Input("OBJECT", object)
    untyped = Input()
    pair = Input("PAIR", float, repeated=True)
    rest = Input(ANY_TAG, object, optional=True)
    model = SideInput("MODEL", bytes, optional=True)
    models = SideInput("MODELS", bytes, repeated=True)
    out = Output("IMAGE", np.ndarray)
    outs = Output("IMAGES", np.ndarray, repeated=True)
    made = SideOutput("COUNT", int, late=True)

    def process(self) -> None:
"""


BODY = [
    *(f"reveal_type({expression})" for expression in TYPES),
    "self.out.send(1)",
    'self.made.set("1")',
    "self.out.send(self.image.value)",
]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Mypy's answers to the lines of `process` of the sample, without the packages of names."""
    folder = tmp_path_factory.mktemp("ports")
    (folder / "attention_mesh").symlink_to(ROOT, target_is_directory=True)
    (folder / "sample.py").write_text(SAMPLE + "".join(f"        {line}\n" for line in BODY))
    answer = subprocess.run(
        [sys.executable, "-m", "mypy", "sample.py"],
        cwd=folder,
        env={**os.environ, "MYPYPATH": str(folder)},
        capture_output=True,
        text=True,
    )
    lines = [line for line in answer.stdout.splitlines() if line.startswith("sample.py")]
    return [re.sub(r"(\w+\.)+(?=\w)", "", line.split(": ", 2)[2]) for line in lines]


def test_a_type_checker_knows_the_types_of_declared_and_of_live_ports(said):
    revealed = [
        re.sub(r"ndarray\[(?:[^\[\]]|\[[^\[\]]*\])*\]", "ndarray", line) for line in said[: len(TYPES)]
    ]
    assert revealed == [f'Revealed type is "{type}"' for type in TYPES.values()]


def test_a_type_checker_refuses_to_send_what_an_output_does_not_declare(said):
    wrong = said[len(TYPES) :]
    assert len(wrong) == 2
    assert '"send" of "BoundOutput" has incompatible type "int"' in wrong[0]
    assert '"set" of "BoundSideOutput" has incompatible type "str"' in wrong[1]
