"""Feeds damaged configs to the engine: each is a graph, or ConfigError says why it is not.

    python -m attention_mesh.tests.framework.fuzz_configs --seconds 600 --seed 1

The corpus is every built-in graph, the graphs of the engine's tests, and mediapipe's graphs if its wheel is
in .venv-mediapipe beside the checkout. If a damaged graph passes validation and has small nodes only, then
the fuzzer also starts it, feeds one packet to each input, and closes it. A finding is an error that is not
the engine's own, or a config that takes too long or too much memory. Findings are printed and kept in a
file; the same seed finds them again.
"""

import argparse
import base64
import faulthandler
import resource
import sys
import tempfile
import time
import traceback
from pathlib import Path

from attention_mesh.framework import CalculatorGraph, ConfigError, GraphError, ValidatedGraph
from attention_mesh.tests.framework import sample_graphs
from attention_mesh.tests.framework.config_mutations import ConfigMutator

ROOT = Path(__file__).resolve().parents[2]
SLOW_SECONDS = 10.0
"""More than any config of the corpus' size may take, on a busy machine too."""
MEMORY_BYTES = 3 << 30
_SMALL = ("calculators.core.", "tests.framework.")
_VALUES = (0, True, "a", 1.5, None)


def corpus() -> dict[str, str | bytes]:
    """The graphs that mutations start from: name → text or bytes."""
    found: dict[str, str | bytes] = dict(sample_graphs.GRAPHS)
    for file in sorted((ROOT / "graphs").rglob("*.pbtxt")):
        found[file.stem] = file.read_text()
    for file in sorted((ROOT / ".venv-mediapipe").glob("lib/*/site-packages/mediapipe/modules/*/*.binarypb")):
        found[file.stem] = file.read_bytes()
    return found


def try_config(source: str | bytes, start: bool = True) -> str:
    """The fate of one config: "refused", "valid", "ran" or "failed". Raises the error of a finding."""
    try:
        graph = ValidatedGraph(source)
    except ConfigError as error:
        if not error.problems or not all(str(problem).strip() for problem in error.problems):
            raise AssertionError("a ConfigError without a text") from error
        return "refused"
    if not start or not all(_is_small(node.calculator) for node in graph.nodes):
        return "valid"
    return _run(graph)


def _is_small(calculator: type) -> bool:
    return any(place in calculator.__module__ for place in _SMALL) and "Source" not in calculator.__name__


def _run(graph: ValidatedGraph) -> str:
    side = {}
    for node in graph.nodes:
        for connection in node.side_inputs:
            if graph.side_producers.get(connection.entry.name) is None:
                wanted = connection.port.type
                side[connection.entry.name] = next((v for v in _VALUES if isinstance(v, wanted)), 0)
    try:
        with CalculatorGraph(validated_graph=graph, scheduler="caller") as running:
            running.waits_when_full = False
            running.start_run(side)
            for timestamp, value in enumerate(_VALUES[:4]):
                for entry in graph.inputs:
                    try:
                        running.add_packet(entry.name, value, timestamp)
                    except (TypeError, GraphError):
                        continue
            running.wait_until_idle()
            running.close_all_packet_sources()
            running.wait_until_done()
    except GraphError:
        return "failed"
    return "ran"


def fuzz(seconds: float, seed: int, count: int | None = None, finds: Path | None = None) -> tuple[dict, int]:
    """Tries damaged configs for a time, or `count` of them.

    Args:
      finds: folder for findings. Each config is written there, as `current`, before it is tried. One that
        takes far too long ends the process.

    Returns:
      How many configs had each fate, and the number of findings.
    """
    mutator = ConfigMutator(corpus())
    outcomes: dict[str, int] = {}
    findings = index = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end and (count is None or index < count):
        name = f"{seed}:{index}"
        index += 1
        source = mutator.mutant(name)
        if finds is not None:  # a process of its own, which may end
            faulthandler.dump_traceback_later(3 * SLOW_SECONDS, exit=True, file=sys.__stderr__)
        begin = time.process_time()
        try:
            if finds is not None:
                _keep(finds / "current", source)
            outcome = try_config(source)
            if time.process_time() - begin > SLOW_SECONDS:
                raise AssertionError(f"took {time.process_time() - begin:.1f} s")
        except Exception:
            outcome = "FOUND"
            findings += 1
            print(f"seed {name}:", flush=True)
            traceback.print_exc(file=sys.stdout)
            if finds is not None:
                _keep(finds / f"find-{seed}-{index - 1}", source)
            else:
                print(base64.b64encode(source if isinstance(source, bytes) else source.encode()).decode())
        faulthandler.cancel_dump_traceback_later()
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    return outcomes, findings


def _keep(place: Path, source: str | bytes) -> None:
    """Writes a config to a file, which remains if the process dies of it."""
    if isinstance(source, bytes):
        place.with_suffix(".binarypb").write_bytes(source)
    else:
        place.with_suffix(".pbtxt").write_bytes(source.encode("utf-8", "surrogatepass"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--finds", type=Path, help="folder for what was found; default: a new one in the temporary folder"
    )
    arguments = parser.parse_args()
    finds = arguments.finds or Path(tempfile.mkdtemp(prefix="fuzz-configs-"))
    finds.mkdir(parents=True, exist_ok=True)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    begin = time.monotonic()
    outcomes, findings = fuzz(arguments.seconds, arguments.seed, finds=finds)
    total = sum(outcomes.values())
    parts = ", ".join(f"{kind} {number}" for kind, number in sorted(outcomes.items()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    took = time.monotonic() - begin
    print(f"seed {arguments.seed}: {total} configs in {took:.0f} s ({parts}), peak {peak:.0f} MiB")
    print(f"{findings} findings in {finds}" if findings else "nothing found")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
