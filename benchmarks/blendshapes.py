"""Errors of the blend-shape network: benchmarks/results/blendshapes.md and the tables of docs/blendshapes.md.

    python benchmarks/blendshapes.py RIG FACES.npz DATA

RIG is a packed ICT-FaceKit. FACES.npz is what `tools/blendshape_faces.py render` wrote with another seed than
that of the training. DATA is a folder with portrait/, sfhq/ and iris/; see the page for their sources.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import blendshape_groups
import numpy as np
from blendshape_groups import PAGE, REPORT

from attention_mesh import FaceLandmarker, FaceLandmarkerOptions
from attention_mesh.cli.machine import machine_description
from attention_mesh.media.image_file import read_image
from attention_mesh.models.blendshapes.linear_fit import LinearFit
from attention_mesh.models.blendshapes.rendered_faces import RenderedFaces
from attention_mesh.models.blendshapes.rig_landmarks import RigLandmarks
from attention_mesh.models.blendshapes.training_faces import TrainingFaces
from attention_mesh.models.evaluation.markdown import markdown_table, write_section
from attention_mesh.models.inference.blendshape_network import MODEL, BlendshapeNetwork, reference_face
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES, blendshape_index
from attention_mesh.models.training.synthetic.ict_facekit import load_ict_facekit

HELD_OUT_SEED, HELD_OUT = 987_654, 4000
# Correlation with the truth, over rendered pictures, from which on a shape counts as seen.
SEEN, PARTLY = 0.5, 0.25
# Words of the pictures' names, and the shapes that they should raise.
NAMED = {
    "_smiling_|_happy_": ["mouthSmile"],
    "_surprised_": ["browInnerUp", "browOuterUp", "eyeWide", "jawOpen"],
    "_fearful_": ["browInnerUp", "eyeWide", "jawOpen"],
    "_angry_": ["browDown", "noseSneer"],
    "_disgusted_": ["noseSneer", "mouthUpperUp", "browDown"],
    "_sad_": ["mouthFrown", "browInnerUp"],
    "expression.*_neutral_": [],
    "_grim_": [],
    "_tongue_": ["jawOpen", "tongueOut"],
    "eye_gaze.*_closed_": ["eyeBlink"],
    "eye_gaze.*_down_": ["eyeLookDown"],
    "eye_gaze.*_up_": ["eyeLookUp"],
    "eye_gaze.*_camera_": [],
}


class Errors(NamedTuple):
    """By shape: mean absolute error, and correlation with the truth; (52,) each."""

    mean: np.ndarray
    correlation: np.ndarray

    @classmethod
    def of(cls, found: np.ndarray, truth: np.ndarray) -> Errors:
        """Of coefficients (B, 52)."""
        with np.errstate(invalid="ignore"):
            centered = found - found.mean(0), truth - truth.mean(0)
            covariance = (centered[0] * centered[1]).mean(0)
            correlation = covariance / (found.std(0) * truth.std(0))
        return cls(np.abs(found - truth).mean(0), np.nan_to_num(correlation))


def shape_errors(rig: RigLandmarks, faces: RenderedFaces, network: BlendshapeNetwork) -> dict[str, Errors]:
    """Errors on people that no training has seen, by way of measuring."""
    source = TrainingFaces.of_landmarks(rig)
    aligned, calibrated, truth = source.sample(np.random.default_rng(HELD_OUT_SEED), HELD_OUT)
    known = calibrated[:, 0] > 0
    fit = LinearFit(rig, reference_face().points)
    # A calibrated face has its person's neutral face replaced by the reference: the offset is none.
    neutral = np.broadcast_to(reference_face().points, aligned[known].shape)
    errors = {
        "landmarks": Errors.of(network.predict_aligned(aligned[~known]), truth[~known]),
        "landmarks, calibrated": Errors.of(network.predict_aligned(aligned[known], neutral), truth[known]),
        "landmarks, linear fit": Errors.of(fit.predict(aligned[~known]), truth[~known]),
    }
    for row, weights in enumerate(faces.networks):
        is_found = np.isfinite(faces.found[row]).all((1, 2))
        seen, coefficients = faces.found[row][is_found], faces.coefficients[is_found]
        errors[f"pictures, {weights}"] = Errors.of(network.predict(seen), coefficients)
        if weights == "official":
            fitted = fit.predict(network.align(seen))
            errors[f"pictures, {weights}, linear fit"] = Errors.of(fitted, coefficients)
    return errors


def shape_table(errors: dict[str, Errors], truth: np.ndarray, portrait: tuple[np.ndarray, np.ndarray]) -> str:
    """One row per shape: error / correlation of every way, and the portrait's values."""
    rows = []
    for place, name in enumerate(BLENDSHAPE_NAMES[:51]):
        best = errors["pictures, official"].correlation[place]
        verdict = "yes" if best >= SEEN else "partly" if best >= PARTLY else "hardly"
        cells = [f"{entry.mean[place]:.3f} / {entry.correlation[place]:.2f}" for entry in errors.values()]
        rows.append(
            [name, verdict, f"{truth[:, place].mean():.3f}", *cells]
            + [f"{values[place]:.2f}" for values in portrait]
        )
    means = [f"{e.mean[:51].mean():.3f} / {e.correlation[:51].mean():.2f}" for e in errors.values()]
    off = np.abs(portrait[0] - portrait[1]).mean()
    rows.append(["mean", "", f"{truth[:, :51].mean():.3f}", *means, f"off by {off:.3f}", ""])
    head = ["shape", "seen", "mean value", *errors, "portrait", "MediaPipe there"]
    return markdown_table(head, rows, aligned=False)


def landmarks_of(pictures: Iterable[Path], weights: str) -> dict[str, np.ndarray]:
    """(478, 3) px of the face in each picture that shows one, by the picture's name."""
    found = {}
    with FaceLandmarker(FaceLandmarkerOptions(weights=weights)) as landmarker:
        for picture in pictures:
            result = landmarker.detect(read_image(picture))
            if len(result):
                found[picture.name] = result.landmarks_px[0]
    return found


def expected_portrait(data: Path) -> np.ndarray:
    """(51,) coefficients that MediaPipe expects for its test portrait."""
    text = (data / "portrait" / "portrait_expected_blendshapes.pbtxt").read_text(encoding="utf-8")
    scores = {name: float(score) for score, name in re.findall(r'score: (\S+)\s+label: "(\w+)"', text)}
    return np.array([scores[name] for name in BLENDSHAPE_NAMES[:51]])


def both_sides(coefficients: np.ndarray, name: str) -> np.ndarray:
    """(B,) of a shape, or the mean of its sides."""
    index = blendshape_index()
    if name in index:
        return coefficients[:, index[name]]
    return (coefficients[:, index[f"{name}Left"]] + coefficients[:, index[f"{name}Right"]]) / 2


def named_table(data: Path, network: BlendshapeNetwork) -> str:
    """What pictures raise whose names ask for an expression."""
    bases = list(dict.fromkeys(re.sub("(?<!jaw)(?<!mouth)(Left|Right)$", "", n) for n in BLENDSHAPE_NAMES))
    rows = []
    for pattern, expected in NAMED.items():
        files = [file for file in sorted((data / "sfhq").iterdir()) if re.search(pattern, file.name)]
        found = landmarks_of(files, "official")
        coefficients = network.predict(np.stack(list(found.values())))
        means = {base: float(both_sides(coefficients, base).mean()) for base in bases}
        highest = sorted(means, key=lambda base: -means[base])[:5]
        word = re.sub(r"[.*_]+", " ", pattern).replace("|", "or").strip()
        rows.append(
            [
                f"{word} ({len(found)})",
                ", ".join(f"{base} {means[base]:.2f}" for base in expected) or "–",
                ", ".join(f"{base} {means[base]:.2f}" for base in highest),
                _share(coefficients, expected),
            ]
        )
    return markdown_table(
        ["name asks for (pictures)", "expected", "highest", "raised in"], rows, aligned=False
    )


def _share(coefficients: np.ndarray, expected: list[str]) -> str:
    """In how many pictures each expected shape is above 0.4 on both sides."""
    index = blendshape_index()
    parts = []
    for base in expected:
        names = [base] if base in index else [f"{base}Left", f"{base}Right"]
        raised = (coefficients[:, [index[name] for name in names]] > 0.4).all(1)
        parts.append(f"{base} {raised.sum()}/{len(raised)}")
    return ", ".join(parts) or "–"


def people_table(data: Path, network: BlendshapeNetwork) -> str:
    """Neutral and smiling portraits of the same people, with and without calibration, by weights."""
    rows = []
    files = sorted((data / "iris").glob("*.jpg"))
    for weights in ("official", "open"):
        found = landmarks_of(files, weights)
        number = {name: re.search(r"_(\d+)_", name).group(1) for name in found}  # type: ignore[union-attr]
        neutral = {number[n]: network.align(p[None])[0] for n, p in found.items() if n.startswith("neutral")}
        for kind in ("neutral", "smiling"):
            names = [n for n in found if n.startswith(kind) and number[n] in neutral]
            points = np.stack([found[name] for name in names])
            known = np.stack([neutral[number[name]] for name in names])
            for calibration, table in (
                ("no", network.predict(points)),
                ("yes", network.predict(points, known)),
            ):
                if kind == "neutral" and calibration == "yes":
                    continue  # a face minus itself
                still = table[:, [not n.startswith("eyeLook") for n in BLENDSHAPE_NAMES]]
                smile = both_sides(table, "mouthSmile")
                rows.append(
                    [
                        f"{kind}, {weights} weights ({len(names)})",
                        calibration,
                        f"{still.mean():.3f}",
                        f"{np.percentile(still.max(1), 50):.2f}",
                        f"{smile.mean():.2f}",
                        f"{(smile > 0.2).mean():.0%}",
                    ]
                )
    head = ["portraits", "calibrated", "mean, no gaze", "highest, median", "mouthSmile", "above 0.2"]
    return markdown_table(head, rows, aligned=False)


def speed(network: BlendshapeNetwork, landmarks_px: np.ndarray) -> str:
    """CPU time of a call with one and with four faces, alignment included."""
    parts = []
    for faces in (1, 4):
        batch = np.repeat(landmarks_px[None], faces, 0)
        times = []
        for _ in range(200):
            start = time.process_time()
            for _ in range(10):
                network.predict(batch)
            times.append((time.process_time() - start) / 10)
        low, middle, high = np.percentile(np.array(times) * 1e3 / faces, (10, 50, 90))
        parts.append(f"{faces} at once: {middle:.3f} ms of CPU time per face ({low:.3f} to {high:.3f})")
    size = f"{MODEL.stat().st_size / 1000:.0f} kB"
    return f"{'; '.join(parts)}. The file has {size}. {machine_description()}"


def main(options: argparse.Namespace) -> None:
    """Measures and writes all sections."""
    rig, faces = RigLandmarks(load_ict_facekit(options.rig)), RenderedFaces.load(options.faces)
    network = BlendshapeNetwork()
    portrait_px = landmarks_of([options.data / "portrait" / "portrait.jpg"], "official")["portrait.jpg"]
    ours = network.predict(portrait_px[None])[0, :51]
    errors = shape_errors(rig, faces, network)
    table = shape_table(errors, faces.coefficients, (ours, expected_portrait(options.data)))
    write_section(REPORT, "shapes", table)
    blendshape_groups.main()
    write_section(PAGE, "people", people_table(options.data, network))
    write_section(PAGE, "named", named_table(options.data, network))
    write_section(PAGE, "speed", speed(network, portrait_px))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rig", type=Path)
    parser.add_argument("faces", type=Path)
    parser.add_argument("data", type=Path)
    main(parser.parse_args())
