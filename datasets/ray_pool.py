"""RayPool: does the tasks of a run with workers of a Ray cluster. No other module imports ray."""

from __future__ import annotations

import logging
import os
import pickle
import socket
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import attention_mesh
from attention_mesh.datasets.bucket_path import BucketPath, table_path
from attention_mesh.datasets.cluster_worker import ClusterWorker
from attention_mesh.datasets.errors import ClusterError
from attention_mesh.datasets.options import DatasetOptions
from attention_mesh.datasets.plan import Task
from attention_mesh.datasets.task_pool import Limits
from attention_mesh.errors import AttentionMeshError
from attention_mesh.extras import MissingExtraError, install_command

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray sends no report of a run
os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # what matters comes as an exception
try:
    import ray
    import ray.data
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy
except ImportError as error:
    raise MissingExtraError(f"runs over a cluster need ray: {install_command('ray')}") from error

LOCAL = "local"
_CONNECT_SECONDS = 10.0  # until something answers at an address
_HTTP2_SETTINGS = 0x4  # the kind of the frame with which each side begins, RFC 9113, section 3.4
_HTTP2_GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, _HTTP2_SETTINGS, 0, 0, 0, 0, 0])
_MOST_BLOCKS = 10_000  # which Ray Data schedules without delay


class RayPool:
    """Workers on the machines of a Ray cluster; a context manager, which ends them.

    Ray starts a worker again that died, and gives its task to another one, without a limit: by the third
    death of a machine, a limit would end a run of weeks. `ClusterWorker` counts what a film does to workers.

    Args:
      address: HOST:PORT of a cluster to which this machine belongs; or "local", which starts Ray here.
      folder, options, limits: see `TaskPool`.
      jobs: workers, with one processor each; 0: one per processor of the cluster.

    Raises:
      ClusterError: no cluster answers there.
    """

    def __init__(
        self, address: str, folder: str | os.PathLike[str], options: DatasetOptions, jobs: int, limits: Limits
    ) -> None:
        self._address = address
        _connect(address, jobs)
        self.jobs = jobs or max(1, int(ray.cluster_resources().get("CPU", 1)))
        place = table_path(folder)
        place = place if isinstance(place, BucketPath) else place.resolve()
        self._arguments = (place, options, limits, attention_mesh.__version__)
        here = ray.get_runtime_context().get_node_id()
        # On the machine of the driver, with which it ends.
        self._begun = _Begun.options(  # type: ignore[attr-defined]
            num_cpus=0, max_restarts=-1, scheduling_strategy=NodeAffinitySchedulingStrategy(here, soft=False)
        ).remote()

    def work(self, tasks: Sequence[Task]) -> Iterator[list[dict[str, Any]]]:
        """Yields the manifest rows of each part, as they are done.

        Raises:
          TableError: the table cannot be written.
          ClusterError: a worker cannot begin.
        """
        if not tasks:
            return
        dataset = ray.data.from_items(
            [{"task": pickle.dumps(task)} for task in tasks],
            override_num_blocks=min(len(tasks), _MOST_BLOCKS),
        ).flat_map(
            _Actor,
            fn_constructor_args=(*self._arguments, self._begun),
            compute=ray.data.ActorPoolStrategy(
                size=min(self.jobs, len(tasks)), max_tasks_in_flight_per_actor=2
            ),
            num_cpus=1,
        )
        seen: set[str] = set()  # a result that was lost with its machine is made again
        try:
            blocks: Iterator[Any] = iter(
                dataset.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=0)
            )
            for block in blocks:
                rows = [row for row in block.to_pylist() if row["source"] not in seen]
                seen.update(row["source"] for row in rows)
                yield rows
        except (ray.exceptions.RayError, ConnectionError) as error:
            raise _ours(error, self._address) from error

    def __enter__(self) -> RayPool:
        return self

    def __exit__(self, *error: object) -> None:
        ray.shutdown()


class _Actor:
    """What Ray Data calls with each row: a worker, which keeps its process and its networks."""

    def __init__(self, *arguments: Any) -> None:
        self._arguments = arguments
        self._worker: ClusterWorker | None = None

    def __call__(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        if self._worker is None:  # here, because an error in the constructor makes Ray try again
            folder, options, limits, version, begun = self._arguments
            self._worker = ClusterWorker(
                folder, options, limits, version, lambda part: ray.get(begun.add.remote(part))
            )
        return self._worker.run(pickle.loads(row["task"]))


@ray.remote
class _Begun:
    """Counts how often work at each part has begun, in all workers."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, part: str) -> int:
        self._counts[part] += 1
        return self._counts[part]


def _connect(address: str, jobs: int) -> None:
    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.ERROR)
    ray.data.DataContext.get_current().enable_progress_bars = False
    options: dict[str, Any] = {"address": address, "log_to_driver": False, "logging_level": logging.ERROR}
    if address == LOCAL:
        options |= {"num_cpus": jobs or None, "include_dashboard": False}
    else:
        _check_that_a_cluster_answers(address)
    try:
        ray.init(**options)
    except Exception as error:  # which is the class of some of Ray's own
        raise ClusterError(f"no Ray cluster at {address}: {str(error).splitlines()[0]}") from error


def _check_that_a_cluster_answers(address: str) -> None:
    """Raises ClusterError if it does not. Ray itself would try for minutes, and then end this process."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise ClusterError(f"{address} is no address of a Ray cluster; expected HOST:PORT or local")
    try:
        with socket.create_connection((host, int(port)), _CONNECT_SECONDS) as connection:
            connection.settimeout(_CONNECT_SECONDS)
            connection.sendall(_HTTP2_GREETING)
            answer = connection.recv(9)
    except TimeoutError as error:
        raise ClusterError(f"no Ray cluster answers at {address} in {_CONNECT_SECONDS:g} s") from error
    except (OSError, OverflowError) as error:
        raise ClusterError(
            f"no Ray cluster answers at {address}: {error}; start one there by `ray start --head`"
        ) from error
    if answer[3:4] != bytes([_HTTP2_SETTINGS]):  # gRPC, which Ray's servers speak, is HTTP/2
        raise ClusterError(
            f"what answers at {address} is no Ray cluster; give the port that `ray start --head` printed"
        )


def _ours(error: BaseException, address: str) -> AttentionMeshError:
    """The error of ours that a worker raised, or one that says what Ray says."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, AttentionMeshError):
            return cause
        cause = getattr(cause, "cause", None) or cause.__cause__
    return ClusterError(f"the Ray cluster at {address} failed: {str(error).strip().splitlines()[-1]}")
