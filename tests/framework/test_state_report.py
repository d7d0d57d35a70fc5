import threading

import pytest

from attention_mesh.framework import CalculatorGraph, GraphError
from attention_mesh.tests.framework.graph_runs import SCHEDULERS, every_scheduler, within
from attention_mesh.tests.framework.sample_calculators import Gate

JOIN = """input_stream: "a" input_stream: "b" max_queue_size: 3
node { name: "join" calculator: "SampleMergeCalculator" input_stream: "a" input_stream: "b"
       output_stream: "OUT:out" }
"""


def test_before_the_start_there_is_no_state():
    assert CalculatorGraph(JOIN).describe_state() == "the graph has not been started"


@every_scheduler
def test_state_names_each_input_and_node_with_its_queues_and_bounds(scheduler):
    with CalculatorGraph(JOIN, **scheduler) as graph:
        graph.start_run()
        graph.add_packet("a", 1, 5)
        graph.add_packet("a", 1, 9)
        graph.set_input_stream_bound("b", 4)
        graph.wait_until_idle()
        assert graph.describe_state().splitlines() == [
            "run: 0 nodes running",
            'graph input "a": bound 10',
            'graph input "b": bound 4',
            'node "join" (SampleMergeCalculator): open, settled before 4',
            '  input "a": 2 packets of at most 3, 5 to 9, bound 10',
            '  input "b": empty, bound 4',
            '  output "out": bound Timestamp::PreStream()',
        ]
        graph.add_packet("a", 1, 11)
        assert 'graph input "a": bound 12, held back by full queues: 1' in graph.describe_state()
        assert "3 packets of at most 3 (full), 5 to 11" in graph.describe_state()
        graph.close_all_input_streams()
        graph.wait_until_done()
        state = graph.describe_state()
        assert "run: 0 nodes running, finished" in state and "SampleMergeCalculator): closed" in state


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=["caller", "1 thread", "pool"])
def test_state_can_be_read_from_another_thread_while_a_node_hangs(scheduler):
    gate = Gate()
    config = """input_stream: "a" node { name: "stuck" calculator: "SampleGateCalculator"
      input_side_packet: "GATE:gate" input_stream: "a" output_stream: "b" }"""
    with CalculatorGraph(config, **scheduler) as graph:
        graph.start_run({"gate": gate})
        graph.add_packet("a", 0, 7)
        waiter = threading.Thread(target=graph.wait_until_idle)
        waiter.start()
        assert gate.reached.wait(10)
        assert 'node "stuck" (SampleGateCalculator): running at timestamp 7' in within(
            5, graph.describe_state
        )
        gate.go.set()
        waiter.join(10)


def test_report_of_a_deadlock_has_the_state_of_the_nodes_concerned():
    with CalculatorGraph(JOIN + "report_deadlock: true", scheduler="caller") as graph:
        graph.start_run()
        with pytest.raises(GraphError) as caught:
            for timestamp in range(9):
                graph.add_packet("a", 1, timestamp)
        assert str(caught.value).splitlines()[1:] == [
            'node "join" (SampleMergeCalculator): open, settled before Timestamp::PreStream()',
            '  input "a": 3 packets of at most 3 (full), 0 to 2, bound 3',
            '  input "b": empty, bound Timestamp::PreStream()',
            '  output "out": bound Timestamp::PreStream()',
        ]
