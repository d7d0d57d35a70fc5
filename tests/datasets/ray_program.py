"""A Ray cluster of two machines with one processor each, and runs that lose a worker, a driver, a machine.

    unshare --net --pid --fork --kill-child --mount-proc python ray_program.py FOLDER

FOLDER has `films`; the program writes the tables `faces` and `limited`, the rows `own/faces` of the page's
job, and report.json. Ray stays in a network of its own, where 127.0.0.1 is the only address, and its
processes end with the program, whatever happens. RAY_TMPDIR must be set: else other programs take this
cluster for theirs.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pyarrow.dataset
import ray
from ray.cluster_utils import Cluster

from attention_mesh.datasets.options import DatasetOptions
from attention_mesh.datasets.plan import Plan
from attention_mesh.datasets.run import run_dataset
from attention_mesh.datasets.sources import find_sources
from attention_mesh.datasets.task_pool import Limits

FOLDER = Path(sys.argv[1])
FILMS, TABLE = FOLDER / "films", FOLDER / "faces"
DOCS = Path(__file__).resolve().parents[2] / "docs" / "datasets.md"


def wait_for(what: str, condition: Callable[[], Any]) -> Any:
    end = time.monotonic() + 200
    while not (found := condition()):
        assert time.monotonic() < end, f"not within 200 s: {what}"
        time.sleep(0.01)
    return found


def parts() -> int:
    return len(list(TABLE.glob("faces/??/[!.]*.parquet")))


def processes(text: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if text in " ".join(process.info["cmdline"] or ()):
            found.append(process)
    return found


def workers() -> list[psutil.Process]:
    return processes("ray::MapWorker")


def measuring() -> list[psutil.Process]:
    return [child for worker in workers() for child in worker.children()]


def drive(address: str, errors: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "attention_mesh", "dataset", "run", str(FILMS), "-o", str(TABLE)]
    with open(FOLDER / errors, "w") as file:
        return subprocess.Popen([*command, "--ray", address], text=True, stderr=file)


def kill_worker_and_stop_driver(address: str) -> dict[str, Any]:
    driver = drive(address, "stopped.txt")
    wait_for("the first part", parts)
    workers()[0].kill()
    before = parts()
    wait_for("parts after a worker's death", lambda: parts() >= before + 4)
    children = measuring()
    driver.send_signal(signal.SIGINT)
    start = time.monotonic()
    code = driver.wait(60)
    seconds = time.monotonic() - start
    wait_for("the end of workers", lambda: not workers())
    alive = psutil.wait_procs(children, timeout=30)[1]
    return {"code": code, "seconds": seconds, "parts": parts(), "left behind": len(alive)}


def kill_driver(address: str) -> dict[str, Any]:
    before = parts()
    driver = drive(address, "killed.txt")
    wait_for("parts of the second driver", lambda: parts() >= before + 2)
    children = measuring()
    driver.kill()
    driver.wait()
    wait_for("the end of workers", lambda: not workers())
    alive = psutil.wait_procs(children, timeout=30)[1]
    return {"parts": parts(), "left behind": len(alive)}


def kill_machine(address: str, cluster: Cluster, machine: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def begin(plan: Plan) -> None:
        found.update(done=plan.done, left=sum(len(task.sources) for task in plan.tasks))

    def progress(rows: list[dict[str, Any]]) -> None:
        if "at death" not in found:
            found["at death"] = len(rows)
            cluster.remove_node(machine, allow_graceful=False)

    sources = find_sources(str(FILMS))
    rows = run_dataset(sources, TABLE, jobs=0, begin=begin, progress=progress, ray_address=address)
    return {**found, "rows": len(rows)}


def too_slow(address: str) -> list[str]:
    source = find_sources(str(FILMS / "film00.mp4"))
    rows = run_dataset(
        source, FOLDER / "limited", DatasetOptions(), 1, Limits(seconds=0.01), ray_address=address
    )
    return [row["error"] for row in rows]


def job_of_ones_own(address: str) -> int:
    """The rows that the program of the page writes, which runs in this cluster."""
    page = DOCS.read_text(encoding="utf-8")
    program = page[page.index("# ray_faces.py") :].split("```")[0]
    (FOLDER / "own/films").mkdir(parents=True)
    for name in ("a.mp4", "b.mp4"):
        shutil.copy(FILMS / "film00.mp4", FOLDER / "own/films" / name)
    os.chdir(FOLDER / "own")
    ray.init(address=address, log_to_driver=False)
    try:
        exec(compile(program, "ray_faces.py", "exec"), {})
        return pyarrow.dataset.dataset("faces").count_rows()
    finally:
        ray.shutdown()


def main() -> None:
    # A shell ignores SIGINT in what it starts in the background; the drivers would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # A lost machine is noticed by its silence; here after two seconds instead of twenty.
    system = {
        "health_check_period_ms": 400,
        "health_check_timeout_ms": 10_000,
        "health_check_failure_threshold": 5,
    }
    head = {"num_cpus": 1, "_system_config": system, "include_dashboard": False}
    report: dict[str, Any] = {}
    start = time.monotonic()
    cluster = Cluster(initialize_head=True, head_node_args=head)
    machine = cluster.add_node(num_cpus=1)
    address = cluster.address

    def step(name: str, work: Callable[..., Any], *arguments: Any) -> None:
        nonlocal start
        report[name] = work(address, *arguments)
        report.setdefault("seconds", {})[name] = round(time.monotonic() - start, 1)
        start = time.monotonic()
        (FOLDER / "report.json").write_text(json.dumps(report))

    step("cluster", lambda address: address)
    step("stopped", kill_worker_and_stop_driver)
    step("killed", kill_driver)
    step("machine", kill_machine, cluster, machine)
    step("too slow", too_slow)
    step("own", job_of_ones_own)


if __name__ == "__main__":
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    main()
