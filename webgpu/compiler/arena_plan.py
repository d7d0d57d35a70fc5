"""The arena's plan: where each activation lies, so that those that are never needed together share memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attention_mesh.webgpu.compiler.steps import Step

ALIGNMENT = 64  # elements; a part of a storage buffer is bound at a multiple of 256 bytes


def plan_arena(
    steps: Sequence[Step], counts: Mapping[int, int], kept: Sequence[int]
) -> tuple[dict[int, int], int]:
    """Places activations by their lifetimes, the largest first, each as low as it fits.

    Args:
        steps: in the order in which they run.
        counts: elements of each activation, by number.
        kept: activations that share no memory with others: the inputs, which the caller writes, and the
            outputs, which it reads.

    Returns:
        The first element of each activation, a multiple of `ALIGNMENT`, and the number of elements in all.
    """
    lifetimes = _lifetimes(steps, kept)
    places: dict[int, int] = {}
    total = 0
    for number in sorted(lifetimes, key=lambda number: (-counts[number], number)):
        first, last = lifetimes[number]
        size = _rounded(counts[number])
        others = sorted(
            (places[other], places[other] + _rounded(counts[other]))
            for other in places
            if lifetimes[other][0] <= last and first <= lifetimes[other][1]
        )
        place = 0
        for start, end in others:
            if place + size <= start:
                break
            place = max(place, end)
        places[number] = place
        total = max(total, place + size)
    return places, total


def _lifetimes(steps: Sequence[Step], kept: Sequence[int]) -> dict[int, tuple[int, int]]:
    """The first and the last step that needs each activation."""
    lifetimes = {number: (0, len(steps)) for number in kept}
    for position, step in enumerate(steps):
        for number in (*step.reads, step.writes):
            if number not in kept:
                first, _ = lifetimes.get(number, (position, position))
                lifetimes[number] = first, position
    return lifetimes


def _rounded(count: int) -> int:
    return -(-count // ALIGNMENT) * ALIGNMENT
