"""The program of a trial: loads a model with LiteRT and runs it, in a process that may die of it.

It imports nothing of this package, so that a trial starts quickly. Its one argument is a JSON list of the
folders to import from; the model comes on standard input. It prints `OK`, or why LiteRT refuses the model.
"""

from __future__ import annotations

import json
import sys

# What a trial may take: bytes of addresses, and seconds of a processor.
MEMORY, SECONDS = 8 << 30, 60
BATCHES = (1, 3)
_HIGHEST = {"f": 1.0, "i": 127, "u": 255, "b": True}  # of the values that are tried, by the kind of a dtype


def try_model(content: bytes) -> None:
    """Loads a model, and runs it as `LitertRunner` would: one item and several, with zeros, ones and noise.

    Raises:
      ValueError, RuntimeError: LiteRT refuses the model.
    """
    import numpy as np
    from ai_edge_litert.interpreter import Interpreter

    random = np.random.default_rng(0)
    for batch in BATCHES:
        interpreter = Interpreter(model_content=content, num_threads=2)
        details = interpreter.get_input_details()
        try:
            if batch > 1:
                for entry in details:
                    if not len(entry["shape"]) or entry["shape"][0] != 1:
                        return
                    interpreter.resize_tensor_input(entry["index"], [batch, *entry["shape"][1:]])
            interpreter.allocate_tensors()
        except (ValueError, RuntimeError):
            if batch > 1:
                return  # its batch is fixed
            raise
        for step in range(3):
            for entry in interpreter.get_input_details():
                highest = _HIGHEST.get(np.dtype(entry["dtype"]).kind, 0)
                value = (0, highest, random.random(entry["shape"]) * highest)[step]
                interpreter.set_tensor(entry["index"], np.full(entry["shape"], value, entry["dtype"]))
            interpreter.invoke()
        for entry in interpreter.get_output_details():
            interpreter.get_tensor(entry["index"])


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the parent watches the clock
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    sys.path[:] = json.loads(sys.argv[1])
    _limit()
    content = sys.stdin.buffer.read()
    try:
        try_model(content)
        print("OK")
    except (ValueError, RuntimeError, MemoryError) as error:
        print(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
