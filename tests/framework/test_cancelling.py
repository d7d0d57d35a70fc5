"""Cancelling from any thread, and Ctrl-C in every method that waits."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from attention_mesh.framework import CalculatorGraph, CancelledError, GraphError
from attention_mesh.tests.framework.graph_runs import SCHEDULERS, every_scheduler, within
from attention_mesh.tests.framework.sample_calculators import Gate

on_threads = pytest.mark.parametrize("scheduler", SCHEDULERS[1:], ids=["1 thread", "pool"])

ENDLESS = """node { calculator: "SampleCountSourceCalculator" output_stream: "n"
  node_options { [type.googleapis.com/attention_mesh.SampleCountSourceCalculatorOptions] { count: -1 } } }
node { name: "log" calculator: "SampleLogCalculator" input_stream: "n" input_side_packet: "LOG:log" }"""
GATED = """input_stream: "a" output_stream: "b" max_queue_size: 1
node { calculator: "SampleGateCalculator" input_side_packet: "GATE:gate"
       input_stream: "a" output_stream: "b" }"""


@every_scheduler
@pytest.mark.parametrize("method", ["wait_until_idle", "wait_until_done"])
def test_cancel_from_another_thread_ends_an_endless_graph_and_closes_its_nodes(scheduler, method):
    log: list = []
    with CalculatorGraph(ENDLESS, **scheduler) as graph:
        graph.start_run({"log": log})
        threading.Timer(0.05, graph.cancel).start()
        with pytest.raises(CancelledError):
            within(10, getattr(graph, method))
        graph.cancel()
        assert graph.errors == []
    assert log[0] == ("log", "open")
    assert log[-1] == ("log", "close")
    assert log.count(("log", "close")) == 1


@on_threads
def test_cancel_ends_the_wait_of_a_thread_that_adds_to_a_full_graph(scheduler):
    gate = Gate()
    with CalculatorGraph(GATED, **scheduler) as graph:
        graph.start_run({"gate": gate})
        graph.add_packet("a", 0, 0)
        assert gate.reached.wait(10)
        graph.add_packet("a", 1, 1)

        def cancel():
            graph.cancel()
            gate.go.set()

        threading.Timer(0.05, cancel).start()
        with pytest.raises(CancelledError):
            within(10, lambda: graph.add_packet("a", 2, 2))


@every_scheduler
def test_cancel_inside_a_callback_lets_the_callback_return_and_nothing_run_after_it(scheduler):
    with CalculatorGraph('input_stream: "a" max_queue_size: 0', **scheduler) as graph:
        received: list = []

        def once(packet):
            graph.cancel()
            received.append(packet.value)

        graph.observe_output_stream("a", once)
        graph.start_run()
        with pytest.raises((CancelledError, GraphError)):
            for timestamp in range(5):
                graph.add_packet("a", timestamp, timestamp)
            within(10, graph.wait_until_idle)
    assert received == [0]


@every_scheduler
def test_cancel_before_any_packet_or_wait_closes_the_nodes_at_once(scheduler):
    log: list = []
    node = 'node { calculator: "SampleLogCalculator" input_stream: "a" input_side_packet: "LOG:log" }'
    with CalculatorGraph('input_stream: "a"' + node, **scheduler) as graph:
        graph.start_run({"log": log})
        graph.cancel()
        assert [phase for _, phase in log] == ["open", "close"]
        with pytest.raises(CancelledError):
            graph.add_packet("a", 1, 1)


@every_scheduler
def test_close_ends_a_running_graph_without_an_exception_and_twice_is_fine(scheduler):
    log: list = []
    graph = CalculatorGraph(ENDLESS, **scheduler)
    graph.close()
    graph.start_run({"log": log})
    within(10, graph.close)
    within(10, graph.close)
    assert log[-1] == ("log", "close")


@on_threads
def test_many_cancels_at_any_moment_never_hang(scheduler):
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for index in range(60):
            log: list = []
            graph = CalculatorGraph(ENDLESS + "max_queue_size: 2", **scheduler)
            graph.start_run({"log": log})
            threads = [threading.Thread(target=graph.cancel) for _ in range(2)]
            time.sleep(index % 7 * 1e-4)
            for thread in threads:
                thread.start()
            within(10, graph.close)
            for thread in threads:
                thread.join(10)
            assert log.count(("log", "close")) == 1
            assert log[-1] == ("log", "close")
    finally:
        sys.setswitchinterval(before)


def test_signal_handler_that_cancels_between_two_nodes_closes_each_node_once_and_runs_none_after():
    for _ in range(20):
        log: list = []
        with CalculatorGraph(ENDLESS, scheduler="caller") as graph:
            graph.start_run({"log": log})
            before = signal.signal(signal.SIGALRM, lambda *_: graph.cancel())
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.003)
                with pytest.raises(CancelledError):
                    graph.wait_until_done()
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, before)
        assert log.count(("log", "close")) == 1
        assert log[-1] == ("log", "close")


# ---- Ctrl-C -------------------------------------------------------------------------------------
PROGRAM = """
import os, signal, sys, threading, time
from attention_mesh.framework import CalculatorGraph
from attention_mesh.tests.framework.sample_calculators import Gate

CONFIG = '''
input_stream: "a" max_queue_size: 2 executor {{ name: "app" type: "ApplicationThreadExecutor" }}
node {{ calculator: "SampleCountSourceCalculator" output_stream: "n" node_options {{
  [type.googleapis.com/attention_mesh.SampleCountSourceCalculatorOptions] {{ count: -1 }} }} }}
node {{ calculator: "SampleSleepCalculator" input_stream: "n" output_stream: "m" executor: "{executor}" }}
node {{ name: "log" calculator: "SampleLogCalculator" input_stream: "m" input_side_packet: "LOG:log" }}
node {{ name: "merge" calculator: "SampleMergeCalculator" input_stream: "a" input_stream: "m"
  output_stream: "OUT:o" }}
'''
log = []
graph = CalculatorGraph(CONFIG, {arguments})
graph.start_run({{"log": log}})
threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    {wait}
except KeyboardInterrupt:
    print("interrupted")
graph.close()
print("closed", log.count(("log", "close")), log[-1] == ("log", "close"))
print("threads", [t.name for t in threading.enumerate() if t.name.startswith("graph-")])
"""
ADD_UNTIL_FULL = "[graph.add_packet('a', 0, 10**9 + t) for t in range(10**6)]"


@pytest.mark.usefixtures("default_signals")
@pytest.mark.parametrize(
    "wait",
    ["graph.wait_until_idle()", "graph.wait_until_done()", ADD_UNTIL_FULL, "time.sleep(30)"],
    ids=["wait_until_idle", "wait_until_done", "add_packet", "elsewhere"],
)
@pytest.mark.parametrize(
    "arguments, executor",
    [("scheduler='caller'", ""), ("scheduler='pool', num_threads=2", ""), ("scheduler='pool'", "app")],
    ids=["caller", "pool", "pool with a node on the waiting thread"],
)
def test_ctrl_c_ends_the_program_cleanly(wait, arguments, executor):
    program = textwrap.dedent(PROGRAM).format(wait=wait, arguments=arguments, executor=executor)
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=25)
    assert run.stdout.splitlines() == ["interrupted", "closed 1 True", "threads []"], run.stderr
    assert run.returncode == 0


@pytest.mark.usefixtures("default_signals")
def test_ctrl_c_from_outside_while_another_thread_runs_the_graph_is_not_lost():
    program = """
import sys, threading
from attention_mesh.framework import CalculatorGraph
from attention_mesh.tests.framework import sample_calculators

graph = CalculatorGraph(sys.argv[1], scheduler="caller")
graph.start_run({"log": []})
runner = threading.Thread(target=lambda: [graph.wait_until_idle()], daemon=True)
threading.excepthook = lambda arguments: print("runner", arguments.exc_type.__name__, flush=True)
runner.start()
print("ready", flush=True)
try:
    graph.wait_until_done()
except KeyboardInterrupt:
    runner.join(10)
    print("main", runner.is_alive())
"""
    child = subprocess.Popen([sys.executable, "-c", program, ENDLESS], stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout.readline() == "ready\n"
        time.sleep(0.2)
        os.kill(child.pid, signal.SIGINT)
        output, _ = child.communicate(timeout=120)
    finally:
        child.kill()
    assert output.splitlines() == ["runner CancelledError", "main False"]


@pytest.mark.usefixtures("default_signals")
def test_second_ctrl_c_while_nodes_close_still_lets_close_finish():
    program = """
import os, signal, threading, time
from attention_mesh.framework import Calculator, CalculatorGraph, Input, calculator

closed = []

@calculator
class SlowCloseCalculator(Calculator):
    entry = Input("")
    def process(self):
        time.sleep(30)
    def close(self):
        closed.append(self.name)
        time.sleep(0.4)

node = 'node { calculator: "SlowCloseCalculator" input_stream: "a" }'
graph = CalculatorGraph('input_stream: "a"' + node * 3, scheduler="caller")
graph.start_run()
graph.add_packet("a", 1, 1)
for delay in (0.2, 0.5):
    threading.Timer(delay, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    graph.wait_until_idle()
except KeyboardInterrupt:
    graph.close()
print(len(closed), len(set(closed)))
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=25)
    assert run.stdout.split() == ["3", "3"], run.stderr
