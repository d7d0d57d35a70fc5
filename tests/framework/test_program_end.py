"""Programs that end while a graph runs: no abort, the exit code as it should be, and the nodes closed."""

import os
import sys
import threading
import time

import pytest

from attention_mesh.framework import program_end

RUNS = 3
"""Of each program at the same time. Before, one run of a pool in two aborted."""

PROGRAM = """
import sys, threading
import cv2
import numpy as np
from attention_mesh.framework import Calculator, CalculatorGraph, Input, Output, SynchronousGraph, calculator
from attention_mesh.framework import ValidatedGraph

IMAGE = np.random.default_rng(0).integers(0, 256, (1080, 1920, 3), np.uint8)
begun = threading.Event()

@calculator
class BlurTestCalculator(Calculator):
    entry = Input("", object)
    result = Output("", object)
    timestamp_offset = 0

    def process(self):
        begun.set()
        self.result.send(cv2.medianBlur(IMAGE, 3))

    def close(self):
        print("closed")

CONFIG = '''input_stream: "a" output_stream: "b" node { calculator: "BlurTestCalculator"
  input_stream: "a" output_stream: "b" }'''

def pool():
    graph = CalculatorGraph(CONFIG, scheduler="pool")
    graph.start_run()
    for timestamp in range(20):
        graph.add_packet("a", 0, timestamp)
    return graph

def caller():
    graph = CalculatorGraph(CONFIG, scheduler="caller")
    graph.start_run()
    def work():
        for timestamp in range(10**9):
            graph.add_packet("a", 0, timestamp)
            graph.wait_until_idle()
    threading.Thread(target=work, daemon=True).start()
    return graph

def synchronous():
    graph = SynchronousGraph(ValidatedGraph(CONFIG), {}, ["b"])
    def work():
        for timestamp in range(10**9):
            graph.run(timestamp, {"a": 0})
    threading.Thread(target=work, daemon=True).start()
    return graph

kept = globals()[sys.argv[1]]()
begun.wait(30)
if sys.argv[2] == "sys.exit":
    sys.exit(3)
if sys.argv[2] == "exception":
    raise ValueError("the program's own")
"""


@pytest.mark.parametrize("ending, code", [("end of main", 0), ("sys.exit", 3), ("exception", 1)])
@pytest.mark.parametrize("program", ["pool", "caller", "synchronous"])
def test_a_program_that_ends_while_a_graph_runs_keeps_its_exit_code(start_processes, program, ending, code):
    command = [sys.executable, "-c", PROGRAM, program, ending]
    for run in start_processes(command, RUNS):
        printed, errors = run.communicate(timeout=120)
        assert run.returncode == code, errors
        assert printed == "closed\n"
        assert "the program's own" in errors if ending == "exception" else not errors


class Worker:
    def __init__(self, name, log, lasts_s=0.0):
        self.name, self.log, self.lasts_s = name, log, lasts_s

    def request_end(self):
        self.log.append(("request", self.name))

    def await_end(self, deadline):
        time.sleep(max(min(self.lasts_s, deadline - time.monotonic()), 0))
        self.log.append(("await", self.name))


@pytest.fixture
def registry(monkeypatch):
    made = program_end._Registry()
    monkeypatch.setattr(program_end, "_registry", made)
    return made


def test_those_that_feed_runs_end_before_the_runs(registry):
    log = []
    run, feeder = Worker("run", log), Worker("feeder", log)
    program_end.end_with_program(run)
    program_end.end_with_program(feeder, feeds_a_run=True)
    program_end.end_all()
    assert log == [("request", "feeder"), ("await", "feeder"), ("request", "run"), ("await", "run")]


def test_all_share_one_limit_of_time(registry):
    log = []
    workers = [Worker(index, log, lasts_s=60) for index in range(3)]
    for worker in workers:
        program_end.end_with_program(worker)
    start = time.monotonic()
    program_end.end_all(grace_s=0.2)
    assert 0.2 <= time.monotonic() - start < 2


def test_what_is_gone_is_not_kept(registry):
    log = []
    program_end.end_with_program(Worker("gone", log))
    program_end.end_all()
    assert log == []


def test_once_the_program_ends_nothing_begins_on_another_thread(registry):
    log, begun = [], threading.Event()
    worker = Worker("late", log)
    program_end.end_all()

    def begin():
        program_end.end_with_program(worker)
        begun.set()

    threading.Thread(target=begin, daemon=True).start()
    assert not begun.wait(0.2)
    registry.lock.release()
    assert begun.wait(10)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_ends_nothing_of_its_parent(registry):
    log = []
    worker = Worker("parent's", log)
    program_end.end_with_program(worker)
    child = os.fork()
    if child == 0:
        program_end.end_all()
        os._exit(1 if log else 0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
