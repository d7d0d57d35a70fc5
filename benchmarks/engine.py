"""Measures the cost of the graph engine itself: chains of nodes that only pass a packet on.

    .venv/bin/python benchmarks/engine.py [--packets 2000] [--rounds 7] [--output FILE.md]

On the caller's thread, the program adds a packet and waits for it, as the solutions do with a frame. On the
pool, all packets are in flight together, as with a video. The cost per node and packet is the chain's time
divided by the number of nodes and packets. It includes adding, waiting and observing, which weigh most in the
chain of one node.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from spread import spread

from attention_mesh.cli.machine import machine_description
from attention_mesh.framework import Calculator, CalculatorGraph, Input, Output, calculator
from attention_mesh.models.evaluation.markdown import markdown_table

CHAINS = (1, 10, 50)
# Microseconds per node and packet on the caller's thread. Below this, a frame does not wait for Python.
AIM_US = 8.0


@calculator
class HandOnBenchmarkCalculator(Calculator):
    """Sends what it receives.

    Inputs: one stream of anything. Outputs: the same packets.

        node { calculator: "HandOnBenchmarkCalculator" input_stream: "a" output_stream: "b" }
    """

    entry = Input("", object)
    result = Output("", object)
    timestamp_offset = 0

    def process(self):
        self.result.send(self.entry.value)


def chain(length: int) -> str:
    """The text of a graph with a chain of `length` nodes from `s0` to `s<length>`."""
    nodes = "\n".join(
        f'node {{ calculator: "HandOnBenchmarkCalculator" input_stream: "s{i}" output_stream: "s{i + 1}" }}'
        for i in range(length)
    )
    return f'input_stream: "s0"\noutput_stream: "s{length}"\n{nodes}'


def seconds_on_caller(length: int, packets: int) -> float:
    received = []
    with CalculatorGraph(chain(length), scheduler="caller") as graph:
        graph.observe_output_stream(f"s{length}", received.append)
        graph.start_run()
        start = time.perf_counter()
        for timestamp in range(packets):
            graph.add_packet("s0", timestamp, timestamp)
            graph.wait_until_idle()
        seconds = time.perf_counter() - start
        graph.close_all_packet_sources()
        graph.wait_until_done()
    assert len(received) == packets
    return seconds


def seconds_on_pool(length: int, packets: int, num_threads: int) -> float:
    received = []
    with CalculatorGraph(chain(length), scheduler="pool", num_threads=num_threads) as graph:
        graph.observe_output_stream(f"s{length}", received.append)
        graph.start_run()
        start = time.perf_counter()
        for timestamp in range(packets):
            graph.add_packet("s0", timestamp, timestamp)
        graph.close_all_packet_sources()
        graph.wait_until_done()
        seconds = time.perf_counter() - start
    assert len(received) == packets
    return seconds


def report(packets: int, rounds: int) -> str:
    settings = [
        ("the caller's thread", seconds_on_caller, ()),
        ("a pool of 1 thread", seconds_on_pool, (1,)),
        ("a pool of 2 threads", seconds_on_pool, (2,)),
    ]
    costs: dict[tuple[str, int], list[float]] = {}
    for _ in range(rounds + 1):  # the first round warms up and does not count
        for label, seconds, threads in settings:
            for length in CHAINS:
                # The number of node calls is the same for every length of the chain.
                count = max(packets * 10 // length, 50)
                cost_us = seconds(length, count, *threads) * 1e6 / (count * length)
                costs.setdefault((label, length), []).append(cost_us)
    rows = [[label, *(spread(costs[label, length][1:]) for length in CHAINS)] for label, _, _ in settings]
    return (
        "# Engine: cost per node and packet\n\n"
        f"Made by `python benchmarks/engine.py`. {machine_description()}. Microseconds per node and packet, "
        f"median and quartiles of {rounds} rounds; the aim on the caller's thread is {AIM_US:g} or less.\n\n"
        + markdown_table(["nodes run on", *(f"chain of {length}" for length in CHAINS)], rows)
        + "\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--packets", type=int, default=2000, help="packets through the chain of ten")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--output", type=Path, help="also write the report to this file")
    arguments = parser.parse_args()
    text = report(arguments.packets, arguments.rounds)
    print(text)
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
