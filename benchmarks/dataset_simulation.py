"""Simulates the bookkeeping of a dataset with thousands of workers that fail; counts lost and doubled films.

    .venv/bin/python benchmarks/dataset_simulation.py [--workers 10000] [--films 1000000] [--seed 0]

The plan, the tasks and the names of the parts are the real ones of attention_mesh.datasets; the disk, the
workers and the time are simulated. A worker takes a task, measures for a while, writes its part under a
temporary name, renames it, and reports. It may die at any of these steps, with or without its machine of 64
workers. A report may get lost. A task that takes long is given to a second worker, and both may write. The
driver dies, too: the next one plans from what is on the disk, while workers of the dead one may still
finish their parts. Meanwhile films change, whose parts have to go.
"""

from __future__ import annotations

import argparse
import heapq
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from attention_mesh.datasets.plan import Task, make_plan
from attention_mesh.datasets.sources import FILM, SourceFile

_WORKERS_PER_MACHINE = 64
_SECONDS_PER_FILM = 60.0
_STEPS = ("measure", "write", "rename", "report")


@dataclass
class Faults:
    """Probabilities per task, and counts of what happened."""

    worker_dies: float = 0.02
    machine_dies: float = 0.0005
    report_lost: float = 0.01
    outlives_driver: float = 0.2
    straggles: float = 0.02  # takes ten times as long, and a second worker begins meanwhile
    counts: Counter[str] = field(default_factory=Counter)


class Disk:
    """Parts by name, each with the manifest rows of its sources. A rename is atomic and may replace."""

    def __init__(self) -> None:
        self.parts: dict[str, list[dict[str, Any]]] = {}

    def rename(self, task: Task) -> None:
        self.parts[task.part] = [
            {
                "source": source.name,
                "kind": source.kind,
                "status": "done",
                "part": task.part,
                "size_bytes": source.size_bytes,
                "modified_ns": source.modified_ns,
            }
            for source in task.sources
        ]

    def manifest(self) -> list[dict[str, Any]]:
        return [row for rows in self.parts.values() for row in rows]


def drive(
    sources: list[SourceFile],
    disk: Disk,
    workers: int,
    faults: Faults,
    rng: random.Random,
    life: int,
    left_over: list[Task],
) -> bool:
    """One driver, which dies after `life` reports. Returns whether it came to the end of its plan.

    The tasks in `left_over` are those of workers whose driver died; some of them end after the plan is made.
    """
    plan = make_plan(sources, disk.manifest(), jobs=workers)
    for part in plan.stale:
        del disk.parts[part]
    for task in left_over:
        if rng.random() < faults.outlives_driver:
            faults.counts["parts of workers that outlived their driver"] += 1
            disk.rename(task)
    left_over.clear()
    waiting = list(reversed(plan.tasks))
    reported: set[str] = set()
    events: list[tuple[float, int, int, Task]] = []  # when a worker does which step
    order = 0

    def begin(task: Task, now: float) -> None:
        nonlocal order
        straggles = rng.random() < faults.straggles
        seconds = rng.expovariate(1 / _SECONDS_PER_FILM) * len(task.sources) * (10 if straggles else 1)
        heapq.heappush(events, (now + seconds, order, 0, task))
        order += 1
        if straggles:
            faults.counts["tasks given to a second worker"] += 1
            heapq.heappush(events, (now + 2 * seconds * rng.random(), order, 0, task))
            order += 1

    for _ in range(min(workers, len(waiting))):
        begin(waiting.pop(), 0.0)
    while events:
        now, _, step, task = heapq.heappop(events)
        if _STEPS[step] == "rename":
            faults.counts["parts written a second time"] += task.part in disk.parts
            disk.rename(task)
        dies = rng.random() < faults.worker_dies / len(_STEPS)
        if rng.random() < faults.machine_dies / len(_STEPS):
            faults.counts["machines that died"] += 1
            lost = {index for index in range(len(events)) if rng.random() < _WORKERS_PER_MACHINE / workers}
            again = [event[3] for index, event in enumerate(events) if index in lost]
            events = [event for index, event in enumerate(events) if index not in lost]
            heapq.heapify(events)
            for other in again:
                begin(other, now)
            dies = True
        if dies:
            faults.counts[f"workers that died at {_STEPS[step]}"] += 1
            begin(task, now)
            continue
        if _STEPS[step] != "report":
            heapq.heappush(events, (now + 1.0, order, step + 1, task))
            order += 1
            continue
        if rng.random() < faults.report_lost:
            faults.counts["reports that got lost"] += 1
            begin(task, now)
            continue
        if task.part not in reported:
            reported.add(task.part)
            if len(reported) >= life:
                faults.counts["drivers that died"] += 1
                left_over += [event[3] for event in events]
                return False
            if waiting:
                begin(waiting.pop(), now)
    return not waiting


def problems(sources: list[SourceFile], disk: Disk) -> list[str]:
    """What is lost, doubled or out of date."""
    rows = disk.manifest()
    counts = Counter(row["source"] for row in rows)
    states = {row["source"]: (row["size_bytes"], row["modified_ns"]) for row in rows}
    found = []
    for source in sources:
        if counts[source.name] != 1:
            found.append(f"{source.name}: {counts[source.name]} times")
        elif states[source.name] != (source.size_bytes, source.modified_ns):
            found.append(f"{source.name}: not the film as it is")
    return found


def simulate(workers: int, films: int, seed: int) -> tuple[Faults, list[str]]:
    """Drivers one after the other, until one comes to the end; films change between them."""
    rng, faults, disk = random.Random(seed), Faults(), Disk()
    sources = [
        SourceFile(f"/films/{number:09d}.mp4", FILM, rng.randrange(10**6, 10**8), 0)
        for number in range(films)
    ]
    life, left_over = max(films // 1000, 1), []
    while True:
        is_done = drive(sources, disk, workers, faults, rng, life, left_over)
        plan = make_plan(sources, disk.manifest())  # as run_dataset does after its work
        if is_done and not plan.tasks and not plan.stale:
            return faults, problems(sources, disk)
        if is_done:
            continue
        life *= 2
        for number in rng.sample(range(films), films // 1000):
            faults.counts["films that changed"] += 1
            old = sources[number]
            sources[number] = SourceFile(old.address, FILM, old.size_bytes, old.modified_ns + 1)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workers", type=int, default=10_000)
    parser.add_argument("--films", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    start = time.perf_counter()
    faults, found = simulate(arguments.workers, arguments.films, arguments.seed)
    for what, count in sorted(faults.counts.items()):
        print(f"{what:40} {count:>9}")
    print(f"{'films lost, doubled or out of date':40} {len(found):>9}")
    print(f"{time.perf_counter() - start:.0f} s")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
