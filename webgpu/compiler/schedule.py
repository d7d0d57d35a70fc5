"""The schedule: an order of steps in which small tensor operations stand together and share a dispatch."""

from __future__ import annotations

from collections.abc import Sequence

from attention_mesh.webgpu.compiler.steps import Step, TensorStep

# A list of operations runs in one workgroup. Above this many combinations, more of them pay a dispatch.
_MOST_WORK = 8192


def is_small(step: Step) -> bool:
    """Whether a step is a tensor operation that one workgroup does quickly."""
    return isinstance(step, TensorStep) and step.work <= _MOST_WORK


def schedule(steps: Sequence[Step]) -> list[list[Step]]:
    """Orders steps by what they read, so that few dispatches result.

    Small operations wait until nothing else can run, so that as many as possible are ready together.

    Args:
        steps: in an order in which they can run. A step reads what all steps before it wrote.

    Returns:
        One list for each dispatch: a step of its own, or small tensor operations.
    """
    waiting, readers = _dependencies(steps)
    ready = [number for number, count in enumerate(waiting) if count == 0]
    dispatches: list[list[Step]] = []
    is_collecting = False
    while ready:
        small = [number for number in ready if is_small(steps[number])]
        large = [number for number in ready if not is_small(steps[number])]
        number = min(small) if small and (is_collecting or not large) else min(large)
        ready.remove(number)
        step = steps[number]
        if is_collecting and is_small(step):
            dispatches[-1].append(step)
        else:
            dispatches.append([step])
        is_collecting = is_small(step)
        for reader in readers[number]:
            waiting[reader] -= 1
            if waiting[reader] == 0:
                ready.append(reader)
    return dispatches


def _dependencies(steps: Sequence[Step]) -> tuple[list[int], list[list[int]]]:
    """How many steps each step waits for, and which steps wait for each."""
    writers: dict[int, list[int]] = {}
    waiting, readers = [0] * len(steps), [[] for _ in steps]  # type: tuple[list[int], list[list[int]]]
    for number, step in enumerate(steps):
        # A part of a result that was written before may lie under this one.
        before = {writer for source in (*step.reads, step.writes) for writer in writers.get(source, [])}
        for writer in before:
            readers[writer].append(number)
        waiting[number] = len(before)
        writers.setdefault(step.writes, []).append(number)
    return waiting, readers
