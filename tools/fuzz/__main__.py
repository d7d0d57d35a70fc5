"""Fuzzes one kind of input: python -m attention_mesh.tools.fuzz KIND --seconds N

Prints a table: how many inputs were tried, taken and refused, which would have ended a user's program without
the trial in a child process, and which faults there were. The exit code is 1 if there was a fault. The same
numbers give the same inputs: `--start` tries others, and the number of a fault's first input repeats it.
"""

from __future__ import annotations

import argparse
import sys

from attention_mesh.tools.fuzz.kinds import KINDS
from attention_mesh.tools.fuzz.run import FuzzCounts, run_fuzz


def table(counts: dict[str, FuzzCounts]) -> str:
    """A Markdown table of the counts."""
    rows = [
        "| input | tried | taken | refused | stopped by the trial | faults |",
        "|---|---|---|---|---|---|",
    ]
    for group, count in sorted(counts.items()):
        faults = ", ".join(
            f"{number} {name} (first: {count.examples[name]})" for name, number in count.faults.items()
        )
        rows.append(
            f"| {group} | {count.tried} | {count.taken} | {count.refused} | {count.stopped} | {faults or 0} |"
        )
    return "\n".join(rows)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m attention_mesh.tools.fuzz", description=__doc__)
    parser.add_argument("kind", choices=[*KINDS, "all"])
    parser.add_argument("--seconds", type=float, default=60.0, help="per kind")
    parser.add_argument("--start", type=int, default=0, help="number of the first input")
    parser.add_argument("--most", type=int, default=None, help="inputs after which it ends")
    options = parser.parse_args()
    failed = False
    for name in KINDS if options.kind == "all" else [options.kind]:
        counts = run_fuzz(name, options.seconds, options.start, options.most)
        print(f"### {name}\n\n{table(counts)}\n", flush=True)
        failed = failed or any(count.faults for count in counts.values())
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
