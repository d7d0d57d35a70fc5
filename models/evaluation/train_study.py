"""Study training: trains the runs of a study, several at a time."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ProcessPoolExecutor, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from attention_mesh.models.evaluation.study import Study
from attention_mesh.models.keras_backend import import_keras
from attention_mesh.models.training.run_folder import LOG, claim_folder, is_finished
from attention_mesh.models.training.training_log import TrainingLog

_POLL_SECONDS = 2


def train_study(
    study_file: Path,
    folder: Path,
    jobs: int = 1,
    progress: Callable[[int, str], object] = lambda steps, running: None,
) -> None:
    """Trains every run of the study whose network is missing in `folder`.

    Each run has its own process with its share of the cores. An interrupted run continues from its
    checkpoint.

    Args:
        study_file: TOML file of a `Study`.
        folder: for the runs, one folder each.
        jobs: number of runs at a time.
        progress: called every few seconds with the number of steps done in all runs and the names of the
            runs in progress.

    Raises:
        ConfigError: the folder has runs of another study. Errors of `train` pass through.
    """
    study = Study.read(study_file)
    runs = study.runs()
    for name, config in runs.items():
        claim_folder(folder / name, config)
    missing = [name for name in runs if not is_finished(folder / name)]
    threads = max(1, (os.cpu_count() or 1) // jobs)
    with ThreadPoolExecutor(jobs) as pool:
        waiting = {
            pool.submit(_train_apart, threads, study_file, name, folder / name): name for name in missing
        }
        try:
            left = set(waiting)
            while True:
                done, left = wait(left, _POLL_SECONDS, FIRST_EXCEPTION)
                for job in done:
                    job.result()
                steps = {name: _steps_done(folder / name) for name in runs}
                progress(sum(steps.values()), ", ".join(waiting[job] for job in left if job.running()))
                if not left:
                    return
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for child in multiprocessing.active_children():
                child.terminate()  # its checkpoint stays
            raise


def _steps_done(folder: Path) -> int:
    return max((step for step, _, _ in TrainingLog(folder / LOG).rows()), default=0)


def _train_apart(threads: int, *run: Any) -> None:
    """Trains in a new process: a network library neither frees its memory nor changes its threads."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context, _limit_threads, (threads,)) as pool:
        pool.submit(_train, *run).result()


def _limit_threads(threads: int) -> None:
    os.environ["TF_NUM_INTRAOP_THREADS"] = str(threads)
    os.environ["TF_NUM_INTEROP_THREADS"] = str(threads)


def _train(study_file: Path, name: str, folder: Path) -> None:
    import_keras()
    from attention_mesh.models.training.train import train  # imports Keras, which only this process needs

    train(Study.read(study_file).runs()[name], folder, study_file.parent)
