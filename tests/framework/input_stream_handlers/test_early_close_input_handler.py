from attention_mesh.framework.timestamps import DONE
from attention_mesh.tests.framework.graph_runs import every_scheduler, run_graph, within
from attention_mesh.tests.framework.handler_steps import Steps

PAIR = """input_stream: "a" input_stream: "b" output_stream: "out"
node { name: "pair" calculator: "TogetherCalculator" input_stream: "a" input_stream: "b"
  output_stream: "OUT:out" input_stream_handler { input_stream_handler: "EarlyCloseInputStreamHandler" } }"""


def test_synchronises_as_the_default_while_all_inputs_are_open():
    steps = Steps(PAIR)
    assert steps.add("a", 1, "a1") == []
    assert steps.add("b", 2, "b2") == [(0, (1, ["a1", None]))]
    assert steps.bound("a", 3) == [(1, (2, [None, "b2"]))]
    assert steps.end() == []


def test_closes_with_the_first_input_that_ends_and_drops_what_the_others_have():
    steps = Steps(PAIR)
    assert steps.add("a", 1, "a1") == []
    steps.graph.close_input_stream("b")
    assert steps.come() == []
    pair = next(node for node in steps.graph._run.nodes if node.name == "pair")
    assert [output.bound for output in pair.outputs] == [DONE]
    assert steps.add("a", 2, "a2") == []
    assert steps.end() == []


def test_packets_of_an_input_that_has_ended_are_processed_first():
    steps = Steps(PAIR)
    steps.graph.add_packet("a", "a1", 1)
    steps.graph.add_packet("a", "a2", 2)
    steps.graph.close_input_stream("a")
    assert steps.add("b", 1, "b1") == [(0, (1, ["a1", "b1"]))]
    assert steps.add("b", 5, "b5") == [(1, (2, ["a2", None]))]
    assert steps.end() == []


@every_scheduler
def test_run_ends_on_every_scheduler_though_one_input_goes_on(scheduler):
    feed = {"a": [(t, t) for t in range(5)], "b": [(t, t) for t in range(5)]}
    received = within(10, lambda: run_graph(PAIR, feed, **scheduler))["out"]
    assert [value for _, (_, value) in received] == [[t, t] for t in range(5)]
