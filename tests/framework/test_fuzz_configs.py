"""The fuzzer itself, a short run of it, and the findings of longer runs."""

from importlib.util import find_spec

import pytest

from attention_mesh.framework import ConfigError, GraphError, ValidatedGraph, parse_graph_config
from attention_mesh.framework.protos import message_class
from attention_mesh.tests.framework.config_mutations import ConfigMutator
from attention_mesh.tests.framework.fuzz_configs import fuzz, try_config
from attention_mesh.tests.framework.sample_graphs import GRAPHS

pytestmark = pytest.mark.skipif(
    find_spec("attention_mesh.calculators") is None, reason="the corpus needs the calculators"
)


def test_some_hundred_damaged_configs_are_graphs_or_config_errors(capsys):
    outcomes, findings = fuzz(seconds=60, seed=1, count=400)
    assert findings == 0, capsys.readouterr().out
    assert sum(outcomes.values()) == 400
    assert {"refused", "valid", "ran"} <= set(outcomes)


def test_the_same_seed_gives_the_same_configs_and_they_come_in_text_and_in_bytes():
    first, second = ConfigMutator(GRAPHS), ConfigMutator(GRAPHS)
    mutants = [first.mutant(f"1:{index}") for index in range(100)]
    assert mutants == [second.mutant(f"1:{index}") for index in range(100)]
    assert {type(mutant) for mutant in mutants} == {str, bytes}
    assert len(set(mutants)) > 90


def test_the_fuzzer_reports_what_is_no_error_of_ours(monkeypatch, capsys):
    def broken(source, start=True):
        raise KeyError("anything")

    monkeypatch.setattr("attention_mesh.tests.framework.fuzz_configs.try_config", broken)
    assert fuzz(seconds=60, seed=3, count=2) == ({"FOUND": 2}, 2)
    assert "seed 3:0" in capsys.readouterr().out


@pytest.mark.parametrize("name", GRAPHS)
def test_what_the_fuzzer_starts_from_is_good(name):
    if name == "whole":  # has a cycle through the input that it marks as a back edge, and unknown limits
        parse_graph_config(GRAPHS[name])
    else:
        assert try_config(GRAPHS[name]) in ("ran", "failed")


# ---- what was found -----------------------------------------------------------------------------
NEEDY = "[type.googleapis.com/mediapipe.Rect] { x_center: 1 }"


def test_packed_options_without_a_required_field_are_refused_in_text_and_in_bytes():
    """The parser raised protobuf's EncodeError."""
    with pytest.raises(ConfigError, match="Rect is missing required fields: y_center"):
        ValidatedGraph(f'node {{ calculator: "PassThroughCalculator" node_options {{ {NEEDY} }} }}')
    config = message_class("mediapipe.CalculatorGraphConfig")()
    packed = config.node.add(calculator="PassThroughCalculator").node_options.add()
    packed.type_url = "type.googleapis.com/mediapipe.Rect"
    packed.value = message_class("mediapipe.Rect")(x_center=1).SerializePartialToString()
    with pytest.raises(ConfigError, match="takes no options"):
        ValidatedGraph(config)
    with pytest.raises(ConfigError):
        ValidatedGraph(config.SerializePartialToString())


def test_graph_options_without_a_required_field_can_be_expanded_and_shown(tmp_path):
    (tmp_path / "needy.pbtxt").write_text('type: "Needy"')
    config = message_class("mediapipe.CalculatorGraphConfig")()
    packed = config.graph_options.add()
    packed.type_url = "type.googleapis.com/mediapipe.Rect"
    config.node.add(calculator="Needy")
    graph = ValidatedGraph(config, [tmp_path])
    assert parse_graph_config(graph.config.SerializePartialToString()) == graph.config


def test_errors_are_of_one_class():
    assert issubclass(ConfigError, GraphError)
