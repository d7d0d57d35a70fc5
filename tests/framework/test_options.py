from dataclasses import dataclass, field

import pytest
from google.protobuf import descriptor_pb2

from attention_mesh.framework import Calculator, Output, parse_graph_config
from attention_mesh.framework.options import (
    extension_of,
    make_options,
    node_options,
    options_class,
    set_options,
)
from attention_mesh.framework.protos import add_file, load_pending
from attention_mesh.tests.framework.sample_calculators import SamplePassCalculator, SampleScaleCalculator

SCALE_OPTIONS = "attention_mesh.SampleScaleCalculatorOptions"


def new_calculator(name: str, options) -> type:
    """A calculator class with these Options."""
    return type(name, (Calculator,), {"result": Output(""), "Options": options})


def test_dataclass_becomes_a_message_with_its_fields_numbered_from_1_and_its_defaults():
    cls = options_class(SampleScaleCalculator)
    assert cls.DESCRIPTOR.full_name == SCALE_OPTIONS
    assert {f.name: f.number for f in cls.DESCRIPTOR.fields} == {
        "factor": 1,
        "summand": 2,
        "label": 3,
        "ratio": 4,
        "enabled": 5,
        "names": 6,
    }
    options = cls()
    assert (options.factor, options.label, options.ratio, options.enabled) == (1, "plain", 0.5, True)
    assert list(options.names) == []


def test_defaults_survive_the_text_form_bit_for_bit():
    @dataclass
    class Options:
        tiny: float = 1e-300
        third: float = 1 / 3
        endless: float = float("inf")
        whole: float = 2
        low: int = -(2**63)
        text: str = 'a "quoted" \\ line\nü'
        off: bool = False
        more: list[float] = field(default_factory=list)

    options = options_class(new_calculator("DefaultsTestCalculator", Options))()
    wanted = Options()
    for name in ("tiny", "third", "endless", "whole", "low", "text", "off"):
        assert getattr(options, name) == getattr(wanted, name), name
    assert list(options.more) == []


@dataclass
class ListDefault:
    names: list[str] = field(default_factory=lambda: ["a"])


@dataclass
class DictOption:
    table: dict = field(default_factory=dict)


@dataclass
class WrongDefault:
    count: int = None


class PlainDict:
    table: dict = {}


class WithoutType:
    gain = 1.5


@dataclass
class NoDefault:
    count: int
    names: tuple[str, ...] = ()


@pytest.mark.parametrize(
    "options, problem",
    [
        (ListDefault, r"names: a list's default must be empty, not \['a'\]"),
        (DictOption, "table: .*dict.* is not bool, int, float, str or a list of one of them"),
        (WrongDefault, "count: its default None is no int"),
        (PlainDict, "table: its default {} is a dict; options are bool, int, float, str or a list of one of"),
        (WithoutType, "gain: give it a type, as in `gain: float = 1.5`"),
        ("mediapipe.NoSuchOptions", "names the unknown message mediapipe.NoSuchOptions"),
    ],
)
def test_options_that_no_message_can_hold_are_refused_with_calculator_and_field(options, problem):
    name = f"Refuse{options if isinstance(options, str) else options.__name__}Calculator".replace(".", "")
    with pytest.raises(TypeError, match=f"{name}.*{problem}"):
        options_class(new_calculator(name, options))


def test_field_without_default_starts_at_zero():
    options = options_class(new_calculator("NoDefaultTestCalculator", NoDefault))(names=["x"])
    assert (options.count, list(options.names)) == (0, ["x"])


def test_a_plain_class_may_have_a_list_as_default_and_fields_without_one_behind_it():
    class Options:
        names: list[str] = []
        count: int

    message = options_class(new_calculator("PlainListTestCalculator", Options))
    assert (list(message().names), message(names=["x"]).count) == ([], 0)


def test_calculator_without_options_has_no_message():
    assert options_class(SamplePassCalculator) is None
    assert make_options(SamplePassCalculator, None) is None


def test_redefining_a_calculator_with_other_options_is_refused_rather_than_ignored():
    @dataclass
    class One:
        a: int = 1

    @dataclass
    class Two:
        b: int = 1

    options_class(new_calculator("RedefinedTestCalculator", One))
    options_class(new_calculator("RedefinedTestCalculator", One))
    with pytest.raises(
        TypeError, match="RedefinedTestCalculatorOptions was declared before with other field"
    ):
        options_class(new_calculator("RedefinedTestCalculator", Two))


def node_with(options: str):
    text = f'node {{ calculator: "SampleScaleCalculator" {options} }}'
    return parse_graph_config(text).node[0]


def test_node_without_options_gets_the_defaults():
    assert node_options(SampleScaleCalculator, node_with("")) == options_class(SampleScaleCalculator)()


def test_node_options_are_read():
    node = node_with(f"node_options {{ [type.googleapis.com/{SCALE_OPTIONS}] {{ factor: 7 }} }}")
    assert node_options(SampleScaleCalculator, node).factor == 7


@pytest.fixture(scope="module")
def extended_options() -> str:
    """Registers a message as MediaPipe's calculators have theirs: with an extension of CalculatorOptions."""
    load_pending()
    base = "attention_mesh/framework/proto/calculator_options.proto"
    file = descriptor_pb2.FileDescriptorProto(
        name="attention_mesh/dynamic/extended.proto", package="mediapipe", dependency=[base], syntax="proto2"
    )
    message = file.message_type.add(name="ExtendedTestOptions")
    for number, name in enumerate(("allow", "warn"), start=1):
        message.field.add(name=name, number=number, type=8, label=1)
    message.extension.add(
        name="ext",
        number=399_999_999,
        type=11,
        label=1,
        extendee=".mediapipe.CalculatorOptions",
        type_name=".mediapipe.ExtendedTestOptions",
    )
    add_file(file)
    return "mediapipe.ExtendedTestOptions"


def test_extension_is_read_and_counts_before_node_options(extended_options):
    calculator = new_calculator("ExtensionTestCalculator", extended_options)
    node = node_with(
        f"""options {{ [{extended_options}.ext] {{ allow: true }} }}
        node_options {{ [type.googleapis.com/{extended_options}] {{ warn: true }} }}"""
    )
    options = node_options(calculator, node)
    assert (options.allow, options.warn) == (True, False)
    set_options(node, type(options)(warn=True))
    assert node_options(calculator, node) == type(options)(warn=True)


def test_bytes_that_are_none_of_the_options_type_are_refused():
    node = node_with("")
    packed = node.node_options.add(type_url=f"type.googleapis.com/{SCALE_OPTIONS}", value=b"\xff\xff\xff")
    with pytest.raises(ValueError, match=f"its options are not a serialized {SCALE_OPTIONS}"):
        node_options(SampleScaleCalculator, node)
    packed.type_url = "type.googleapis.com/mediapipe.NoSuchOptions"
    with pytest.raises(ValueError, match='its options are of the unknown type "mediapipe.NoSuchOptions"'):
        node_options(SampleScaleCalculator, node)


@pytest.mark.parametrize("given", ["factor: 4 names: 'x'", {"factor": 4, "names": ["x"]}, None])
def test_options_are_made_of_text_dict_or_message(given):
    if given is None:
        given = options_class(SampleScaleCalculator)(factor=4, names=["x"])
    options = make_options(SampleScaleCalculator, given)
    assert (options.factor, list(options.names), options.label) == (4, ["x"], "plain")


def test_setting_options_replaces_those_of_the_same_type_and_keeps_the_others():
    node = node_with(f"node_options {{ [type.googleapis.com/{SCALE_OPTIONS}] {{ factor: 7 }} }}")
    set_options(node, options_class(SampleScaleCalculator)(factor=8))
    assert len(node.node_options) == 1
    assert node_options(SampleScaleCalculator, node).factor == 8


def test_holder_without_the_extension_gives_none():
    executor = parse_graph_config('executor { name: "x" }').executor[0]
    assert extension_of("mediapipe.ThreadPoolExecutorOptions", executor.options) is None
