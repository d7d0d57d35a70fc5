"""Synthesis: several processes fill a folder with synthetic faces and their labels."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import cv2
import numpy as np

from attention_mesh.models.errors import DatasetError
from attention_mesh.models.training.label_file import LabelFile
from attention_mesh.models.training.labeled_faces import LABELS, FaceSample, LabeledFaces
from attention_mesh.models.training.synthetic.animated_portraits import AnimatedPortraits
from attention_mesh.models.training.synthetic.ict_facekit import load_rig
from attention_mesh.models.training.synthetic.synthetic_faces import SyntheticFaces

_JPEG = [cv2.IMWRITE_JPEG_QUALITY, 90]
_CHUNK = 16
_SAVE_SECONDS = 30  # the most work that a killed run loses
Row = tuple[np.ndarray, np.ndarray, float]  # landmarks, weights and presence of a `FaceSample`

# State of a worker process: its source of pictures, their seed, their folder.
_sample: Callable[[np.random.Generator], FaceSample]
_seed: int
_folder: Path


def synthesize(
    folder: Path,
    count: int,
    rig: Path | None = None,
    skins: Sequence[bytes] = (),
    size: int = 320,
    seed: int = 0,
    processes: int = 1,
    portraits: LabeledFaces | None = None,
    animated: float = 0.0,
    progress: Callable[[int], object] = lambda done: None,
) -> LabelFile:
    """Fills a folder with pictures, images/000000.jpg …, and labels.npz; returns the labels.

    Picture n depends only on n and the arguments. Pictures that an interrupted call with the same arguments
    has labeled are not drawn again.

    Args:
        folder: for the pictures and labels.
        count: number of pictures.
        rig: folder of a packed ICT-FaceKit, or None for the built-in rig.
        skins: see `SyntheticFaces`.
        size: side of the pictures in pixels.
        seed: of everything random.
        processes: number of processes.
        portraits: photos for `AnimatedPortraits`.
        animated: share of the pictures that show one of these photos.
        progress: called with the number of pictures done so far.

    Raises:
        RigError: the rig is unreadable.
        DatasetError: a photo is unreadable, or a picture cannot be written.
    """
    load_rig(rig)  # raises its errors before any process starts
    (folder / "images").mkdir(parents=True, exist_ok=True)
    file = folder / LABELS
    rows: dict[str, Row] = {}
    if file.exists():
        old = LabelFile.read(file)
        rows = dict(zip(old.names, zip(old.landmarks, old.weights, old.presence, strict=True), strict=True))
    missing = [number for number in range(count) if _name(number) not in rows]
    chunks = [missing[start : start + _CHUNK] for start in range(0, len(missing), _CHUNK)]
    context = multiprocessing.get_context("spawn")  # fork would copy the threads of a network library
    setup = (rig, tuple(skins), size, seed, folder, portraits, animated)
    saved = time.monotonic()
    try:
        with ProcessPoolExecutor(processes, context, _start, setup) as pool:
            jobs = [pool.submit(_draw, chunk) for chunk in chunks]
            try:
                for job in as_completed(jobs):
                    rows.update(job.result())
                    progress(len(rows))
                    if time.monotonic() - saved > _SAVE_SECONDS:
                        _labels(rows).write(file)
                        saved = time.monotonic()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    finally:
        labels = _labels(rows)
        labels.write(file)
    return labels


def _labels(rows: dict[str, Row]) -> LabelFile:
    names = sorted(rows)
    landmarks, weights, presence = (
        np.array([rows[name][part] for name in names], np.float32) for part in range(3)
    )
    return LabelFile(names, landmarks.reshape(-1, 478, 3), weights.reshape(-1, 478, 2), presence)


def _name(number: int) -> str:
    return f"images/{number:06d}.jpg"


def _start(
    rig: Path | None,
    skins: tuple[bytes, ...],
    size: int,
    seed: int,
    folder: Path,
    portraits: LabeledFaces | None,
    animated: float,
) -> None:
    global _sample, _seed, _folder
    cv2.setNumThreads(1)
    face = load_rig(rig)
    drawn = SyntheticFaces(face, skins, size)
    photos = AnimatedPortraits(face, portraits, size) if portraits else None

    def sample(rng: np.random.Generator) -> FaceSample:
        return (photos if photos and rng.random() < animated else drawn).sample(rng)

    _sample, _seed, _folder = sample, seed, folder


def _draw(numbers: list[int]) -> dict[str, Row]:
    rows = {}
    for number in numbers:
        sample = _sample(np.random.default_rng([_seed, number]))
        file = _folder / _name(number)
        if not cv2.imwrite(str(file), cv2.cvtColor(sample.image, cv2.COLOR_RGB2BGR), _JPEG):
            raise DatasetError(f"cannot write {file}")
        rows[_name(number)] = (sample.landmarks, sample.weights, sample.presence)
    return rows
