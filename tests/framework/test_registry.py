import pytest

from attention_mesh.framework import (
    Calculator,
    ConfigError,
    Input,
    Output,
    ValidatedGraph,
    calculator,
    load_calculator_file,
    registry,
)
from attention_mesh.framework.registry import calculator_family
from attention_mesh.tests.framework.graph_runs import run_graph

USER_FILE = '''
from dataclasses import dataclass

from attention_mesh.framework import Calculator, Input, Output, calculator


@calculator
class {name}Calculator(Calculator):
    """Multiplies numbers."""

    number = Input("IN", int)
    product = Output("OUT", float)

    @dataclass
    class Options:
        factor: float = 2.0

    def process(self):
        self.product.send(self.number.value * self.options.factor)
'''


def use(name: str, options: str = "") -> str:
    given = ""
    if options:
        kind = f"attention_mesh.{name}CalculatorOptions"
        given = f"node_options {{ [type.googleapis.com/{kind}] {{ {options} }} }}"
    return f"""input_stream: "a" output_stream: "b"
    node {{ calculator: "{name}Calculator" input_stream: "IN:a" output_stream: "OUT:b" {given} }}"""


def test_users_own_file_with_dataclass_options_is_usable_from_a_pbtxt_at_once(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(USER_FILE.format(name="UserMultiply"))
    load_calculator_file(path)
    assert run_graph(use("UserMultiply"), {"a": [(1, 3)]}, scheduler="caller")["b"] == [(1, 6.0)]
    with_options = use("UserMultiply", "factor: 0.5")
    assert run_graph(with_options, {"a": [(1, 3)]}, scheduler="caller")["b"] == [(1, 1.5)]


def test_users_file_may_postpone_annotations_and_be_loaded_twice(tmp_path):
    path = tmp_path / "postponed.py"
    path.write_text("from __future__ import annotations\n" + USER_FILE.format(name="UserPostponed"))
    load_calculator_file(path)
    first = registry.find_calculator("UserPostponedCalculator")
    load_calculator_file(str(path))
    assert registry.find_calculator("UserPostponedCalculator") is first
    assert run_graph(use("UserPostponed", "factor: 4"), {"a": [(1, 3)]}, scheduler="caller")["b"] == [
        (1, 12.0)
    ]


def test_files_of_the_same_name_in_two_folders_are_two_files(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.py").write_text(USER_FILE.format(name=f"UserFolder{folder.title()}"))
        load_calculator_file(tmp_path / folder / "mine.py")
    assert {"UserFolderOneCalculator", "UserFolderTwoCalculator"} <= set(registry.known_names())


def test_missing_file_and_file_that_does_not_import_are_config_errors_with_the_path(tmp_path):
    with pytest.raises(ConfigError, match=r"no such file with calculators: .*none\.py"):
        load_calculator_file(tmp_path / "none.py")
    path = tmp_path / "broken.py"
    wrong = {
        "1 / 0": "ZeroDivisionError",
        "def broken(": "SyntaxError",
        "import sys; sys.exit(3)": "SystemExit",
    }
    for text, problem in wrong.items():
        path.write_text(text)
        with pytest.raises(ConfigError, match=rf"broken\.py: {problem}"):
            load_calculator_file(path)
    path.write_text("fixed = True")
    load_calculator_file(path)


def test_file_that_is_no_python_is_refused(tmp_path):
    (tmp_path / "graph.pbtxt").write_text("")
    with pytest.raises(ConfigError, match=r"graph\.pbtxt is not a Python file .* must end in \.py"):
        load_calculator_file(tmp_path / "graph.pbtxt")


def test_class_that_is_no_calculator_is_refused():
    with pytest.raises(TypeError, match=r"derive it, as in `class BareCalculator\(Calculator\)`"):

        @calculator
        class BareCalculator:
            pass

    with pytest.raises(TypeError, match="wrong_calculator is no calculator"):

        @calculator
        def wrong_calculator():
            pass


def test_timestamp_offset_must_be_a_number():
    with pytest.raises(ValueError, match="timestamp_offset is 'x', not an int or None"):

        class SampleOffsetTextCalculator(Calculator):
            timestamp_offset = "x"


def test_name_must_end_in_calculator():
    with pytest.raises(ValueError, match='Brightness: a calculator\'s name must end in "Calculator"'):

        @calculator
        class Brightness(Calculator):
            pass


def test_name_of_another_modules_calculator_is_refused(tmp_path):
    path = tmp_path / "clash.py"
    path.write_text(USER_FILE.format(name="SamplePass"))
    with pytest.raises(ConfigError, match="SamplePassCalculator is registered already, by .*sample_calc"):
        load_calculator_file(path)


def test_redefined_class_of_the_same_module_takes_the_place_of_the_old_one():
    for number in (1, 2):

        @calculator
        class RedefinedCalculator(Calculator):
            value = number

    assert registry.find_calculator("RedefinedCalculator").value == 2


def test_finder_is_asked_for_unknown_names_only_and_only_for_what_can_be_a_name(monkeypatch):
    asked = []
    monkeypatch.setattr(registry, "_finders", [asked.append])
    assert registry.find_calculator("SamplePassCalculator") is not None
    for name in ("NobodysCalculator", "../secret", "*", ""):
        assert registry.find_calculator(name) is None
    assert asked == ["NobodysCalculator"]


@pytest.mark.parametrize(
    "name, snake",
    [
        ("FaceMeshCalculator", "face_mesh_calculator"),
        ("SSDAnchorsCalculator", "ssd_anchors_calculator"),
        ("Mesh478ToRoi", "mesh478_to_roi"),
    ],
)
def test_file_name_is_the_snake_case_of_the_class_name(name, snake):
    assert registry.snake_case(name) == snake


# ---- declarations -------------------------------------------------------------------------------
def test_two_ports_of_one_kind_with_the_same_tag_are_refused_when_the_class_is_made():
    with pytest.raises(ValueError, match='TwinCalculator: first and second have the same tag "IN"'):

        class TwinCalculator(Calculator):
            first = Input("IN")
            second = Input("IN")


@pytest.mark.parametrize("name", ["options", "timestamp", "process", "name"])
def test_port_that_would_hide_an_attribute_of_every_calculator_is_refused(name):
    with pytest.raises(ValueError, match=rf"HidingCalculator\.{name}: every calculator has this attribute"):
        type("HidingCalculator", (Calculator,), {name: Input("IN")})


def test_type_of_a_port_must_be_a_class():
    with pytest.raises(TypeError, match="'int' is no class; a port's type is a class"):
        Input("IN", "int")


def test_subclass_inherits_ports_and_may_drop_one():
    class BaseCalculator(Calculator):
        first = Input("A")
        second = Input("B")

    class DerivedCalculator(BaseCalculator):
        second = None
        third = Input("C")

    assert [port.tag for port in BaseCalculator.ports(Input)] == ["A", "B"]
    assert [port.tag for port in DerivedCalculator.ports(Input)] == ["A", "C"]


def test_calculator_with_inputs_but_without_process_says_so_when_it_should_run():
    @calculator
    class ForgetfulCalculator(Calculator):
        entry = Input("")

    config = 'input_stream: "a" node { calculator: "ForgetfulCalculator" input_stream: "a" }'
    ValidatedGraph(config)
    with pytest.raises(Exception, match="ForgetfulCalculator has inputs or is a source, but no process"):
        run_graph(config, {"a": [(1, 1)]}, scheduler="caller")


@calculator_family(r"Times(\d+)FamilyTestCalculator", ["Times2FamilyTestCalculator"])
class TimesFamily(Calculator):
    """Multiplies by the number in the name."""

    number = Input("IN", int)
    product = Output("OUT", int)
    factor = 0

    @classmethod
    def specialize(cls, match):
        factor = int(match[1])
        return {"factor": factor} if factor else None

    def process(self):
        self.product.send(self.number.value * self.factor)


def test_one_class_serves_every_name_of_its_family():
    for factor in (2, 3):
        config = use(f"Times{factor}FamilyTest")
        assert run_graph(config, {"a": [(1, 5)]}, scheduler="caller")["b"] == [(1, 5 * factor)]
    member = registry.find_calculator("Times2FamilyTestCalculator")
    assert member is registry.find_calculator("Times2FamilyTestCalculator")
    assert member.__name__ == "Times2FamilyTestCalculator" and issubclass(member, TimesFamily)


def test_a_family_may_refuse_a_name_and_lists_those_people_know():
    assert registry.find_calculator("Times0FamilyTestCalculator") is None
    with pytest.raises(ConfigError, match="did you mean Times2FamilyTestCalculator"):
        ValidatedGraph(use("Times0FamilyTest"))


def test_a_calculator_of_that_very_name_counts_before_the_family():
    assert registry.find_calculator("Times7FamilyTestCalculator").factor == 7

    @calculator
    class Times7FamilyTestCalculator(Calculator):
        """Not of the family."""

        number = Input("IN", int)

        def process(self):
            pass

    assert registry.find_calculator("Times7FamilyTestCalculator") is Times7FamilyTestCalculator


def test_a_family_that_is_declared_again_replaces_its_members():
    def declare(result: int) -> type:
        @calculator_family(r"AgainFamilyTestCalculator")
        class AgainFamily(Calculator):
            """Declared twice, like a cell of a notebook that was edited and run again."""

            number = Input("IN", int)
            value = result

            @classmethod
            def specialize(cls, match):
                return {}

            def process(self):
                pass

        return AgainFamily

    for result in (1, 2):
        declare(result)
        assert registry.find_calculator("AgainFamilyTestCalculator").value == result
