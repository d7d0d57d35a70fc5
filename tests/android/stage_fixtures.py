"""Stage fixtures: inputs and results of every stage of the pipeline, for the Android library's StagesTest."""

from __future__ import annotations

import math

import numpy as np

from attention_mesh.geometry.anchors import ssd_anchors
from attention_mesh.geometry.closer_look import after_closer_look, closer_look_rects
from attention_mesh.geometry.crop import Cropper
from attention_mesh.geometry.detection_decoding import BoxCoding, decode_detections
from attention_mesh.geometry.detection_pool import contradicts, pool_detections
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.face_alignment import FaceAlignment
from attention_mesh.geometry.head_pose import metric_faces
from attention_mesh.geometry.landmark_refinement import LandmarkRefinement
from attention_mesh.geometry.letterbox import pad_to_aspect
from attention_mesh.geometry.non_max_suppression import non_max_suppression, weighted_non_max_suppression
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.procrustes import WeightedProcrustes
from attention_mesh.geometry.projection import (
    crop_to_image_matrices,
    project_detections,
    project_landmarks,
)
from attention_mesh.geometry.quarter_turns import landmarks_turned_back, rects_turned_back
from attention_mesh.geometry.regions_of_interest import (
    QUARTER_TURNS_RAD,
    detections_to_rects,
    fine_tiles,
    frame_tiles,
    landmarks_to_rects,
    snapped_squares,
    transform_rects,
    turned_rects,
)
from attention_mesh.geometry.smoothing_filters import OneEuroFilter
from attention_mesh.geometry.track_association import TrackAssociation
from attention_mesh.models.inference.blendshape_network import reference_face
from attention_mesh.models.runtime.litert_runner import LitertRunner
from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.topology.pose_weights import pose_weights
from attention_mesh.models.topology.refinement import OUTPUT_DIMENSIONS, refinement_plan
from attention_mesh.models.weights.model_files import model_path
from attention_mesh.tests.android.java_fixtures import FixtureFolder

SIZE = (512, 384)  # of the frames to which made-up rectangles and landmarks belong
STEPS = 40  # frames of the smoothing and association sequences

_SHORT_ANCHORS = ((128, 128), (8, 16, 16, 16), (), {"interpolated_scale_aspect_ratio": 1.0})
_FULL_ANCHORS = ((192, 192), (4,), (), {"interpolated_scale_aspect_ratio": 0.0})


def write_stages(folder: FixtureFolder, astronaut: np.ndarray) -> None:
    """Writes the inputs and results of all stages."""
    random = np.random.default_rng(17)
    write_crops(folder, astronaut)
    found = write_detections(folder, astronaut)
    write_regions(folder, found)
    write_landmarks(folder, random)
    write_smoothing(folder, random)
    write_association(folder, random)
    write_looks(folder, random)
    write_tiles(folder)
    write_networks(folder)


def write_crops(folder: FixtureFolder, astronaut: np.ndarray) -> None:
    """Turned crops, beyond the border too, with either border, larger and smaller than the input."""
    rects = np.array(
        [
            (224, 123, 156, 156, 0.1),
            (224.37, 123.61, 80.5, 80.5, -2.7),
            (20, 500, 200, 150, 1.2),
            (256, 256, 512, 512, 0),
            (250, 260, 2000, 2000, 0.4),
            (-300, 100, 100, 100, 0),
        ]
    )
    folder.array("crops/image", astronaut)
    folder.array("crops/rects", rects.astype(np.float32))
    for border in ("replicate", "zero"):
        crops = Cropper((192, 192), None, border).crop(astronaut, rects.astype(np.float32))
        folder.array(f"crops/{border}", crops)


def write_networks(folder: FixtureFolder) -> None:
    """What the networks of the archive make of the same numbers."""
    crops = np.load(folder.folder / "crops/replicate.npy")[:2]
    floats = np.load(folder.folder / "decode/crops.npy")
    aligned = np.load(folder.folder / "faces/aligned.npy")
    inputs = {
        "attention_mesh": {"input_1": crops},
        "face_detection_short_range": {"input": floats},
        "blendshapes": {
            "serve_aligned_landmarks:0": aligned,
            "serve_calibrated:0": np.zeros((3, 1), np.float32),
        },
    }
    for name, given in inputs.items():
        runner = LitertRunner(folder.folder / f"assets/attention_mesh/models/{name}.tflite", 1)
        outputs = runner.run([given[tensor] for tensor in runner.inputs.names])
        for index, output in enumerate(outputs):
            folder.array(f"networks/{name}/{index}", output.reshape(len(output), -1))


def _anchors(settings: tuple) -> np.ndarray:
    size, strides, maps, options = settings
    return ssd_anchors(
        size, strides, maps, min_scale=0.1484375, max_scale=0.75, fixed_anchor_size=True, **options
    )


def write_detections(folder: FixtureFolder, astronaut: np.ndarray) -> Detections:
    """Anchors, raw outputs of the short-range detector in two regions, what they mean, and one per face."""
    anchors = _anchors(_SHORT_ANCHORS)
    folder.array("anchors/short", anchors)
    folder.array("anchors/full", _anchors(_FULL_ANCHORS))
    height, width = astronaut.shape[:2]
    regions = NormalizedRects(np.array([[0.5, 0.5, 1, 1, 0], [0.45, 0.25, 0.5, 0.45, 0.3]]))
    rects, _ = pad_to_aspect(regions.in_pixels((width, height)), (128, 128))
    crops = Cropper((128, 128), (-1, 1), "zero").crop(astronaut, rects)
    matrices = crop_to_image_matrices(rects, (width, height))
    boxes, scores = LitertRunner(model_path("face_detection_short_range"), 1).run([crops])
    coding = BoxCoding(16, 128, 128, 128, 128, num_keypoints=6)
    parts = [
        decode_detections(boxes[region], scores[region], anchors, coding, min_score=0.1)
        for region in range(2)
    ]
    together = Detections.concatenate(
        [project_detections(part, matrix) for part, matrix in zip(parts, matrices, strict=True)]
    )
    folder.array("decode/crops", crops)
    folder.array("decode/regions", regions.values)
    folder.array("decode/boxes", boxes)
    folder.array("decode/scores", scores)
    folder.array("decode/matrices", matrices[:, :2][:, :, [0, 1, 3]])
    _write(folder, "decode/plain", Detections.concatenate(parts))
    _write(folder, "decode/projected", together)
    merged = weighted_non_max_suppression(together, max_overlap=0.3)
    _write(folder, "nms/weighted", merged)
    _write(folder, "nms/best", non_max_suppression(together, max_overlap=0.3))
    assert len(together) > len(merged) > 0
    return together


def _write(folder: FixtureFolder, name: str, found: Detections) -> None:
    rows = np.concatenate([found.boxes, found.keypoints.reshape(len(found), 12)], axis=1)
    folder.array(f"{name}/rows", rows)
    folder.array(f"{name}/scores", found.scores)


def write_regions(folder: FixtureFolder, found: Detections) -> None:
    """Regions of interest of detections: turned by the eyes, then squared and widened."""
    rects = detections_to_rects(found, SIZE, (0, 1), 0.0)
    folder.array("regions/rects", rects.values)
    turned = transform_rects(rects, SIZE, scale=(1.5, 1.5), square="long")
    folder.array("regions/squares", turned.values)
    moved = transform_rects(
        rects, SIZE, scale=(1.2, 0.8), shift=(0.1, -0.2), rotation_rad=0.5, square="short"
    )
    folder.array("regions/moved", moved.values)


def _faces(random: np.random.Generator, faces: int) -> NormalizedLandmarks:
    """Canonical faces at random places, sizes and turns, with a little noise."""
    vertices = canonical_face().vertices * (1, -1, -1)
    all_points = []
    for _ in range(faces):
        yaw, roll = random.uniform(-0.6, 0.6, 2)
        turn = np.array(
            [[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]]
        ) @ np.array([[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]])
        points = vertices @ turn.T * random.uniform(5, 15) + (*random.uniform(100, 300, 2), 0)
        all_points.append(points + random.normal(0, 0.3, points.shape))
    return NormalizedLandmarks.from_pixels(np.array(all_points), SIZE)


def write_landmarks(folder: FixtureFolder, random: np.random.Generator) -> None:
    """Refinement, projection, next regions, poses, alignment, and what is turned back by quarters."""
    plan = refinement_plan()
    sets = [
        random.uniform(0, 192, (3, len(indices) * columns)).astype(np.float32)
        for (indices, _), columns in zip(plan, OUTPUT_DIMENSIONS, strict=True)
    ]
    merged = LandmarkRefinement(plan).merge_rows(sets, OUTPUT_DIMENSIONS)
    for index, part in enumerate(sets):
        folder.array(f"refinement/{index}", part)
    folder.array("refinement/mesh", merged)
    rects = np.array(
        [[0.4, 0.5, 0.3, 0.4, 0.3], [0.8, 0.2, 0.06, 0.08, -3.0], [0.1, 0.9, 0.6, 0.8, 1.6]], np.float32
    )
    folder.array("projection/rects", rects)
    folder.array("projection/landmarks", project_landmarks(merged, rects, crop_side=192))
    faces = _faces(random, 3)
    folder.array("faces/landmarks", faces.points)
    rois = landmarks_to_rects(faces.points, SIZE, (33, 263))
    folder.array("faces/next_rois", rois)
    folder.array("faces/snapped_rois", snapped_squares(rois, SIZE, 64))
    basis = WeightedProcrustes(canonical_face().vertices, pose_weights())
    metric = metric_faces(faces.points, SIZE, basis)
    folder.array("faces/poses", metric.poses)
    folder.array("faces/metric", metric.points)
    folder.array("faces/aligned", FaceAlignment(*reference_face()).align(faces.in_pixels(SIZE)))
    for quarters in range(4):
        back = landmarks_turned_back(faces, quarters, SIZE)
        folder.array(f"turned/{quarters}/landmarks", back.points)
        folder.array(
            f"turned/{quarters}/rects", rects_turned_back(NormalizedRects(rects), quarters, SIZE).values
        )


def write_smoothing(folder: FixtureFolder, random: np.random.Generator) -> None:
    """Frames of the One-Euro filter: faces come, go and change places, and intervals are uneven."""
    smoothing, now, start = OneEuroFilter(0.05, 80.0, 1.0), 0, _faces(random, 3).points
    times = []
    for step in range(STEPS):
        now += {7: 0, 11: 1_000, 19: 1_500_000}.get(step, 33_333)
        ids = np.array({3: [1, 2], 4: [2, 1], 12: [3, 2, 1], 25: []}.get(step, [1, 2, 3]), np.int64)
        motion = 0.002 * np.sin(step / 5) + random.normal(0, 2e-4, start.shape).astype(np.float32)
        points = (start + motion).astype(np.float32)[[place - 1 for place in ids.tolist()]]
        size = np.array(SIZE, np.float32) * np.float32(0.5)
        spread = points[:, :, :2].max(1, initial=0) - points[:, :, :2].min(1, initial=1)
        scale = np.array([SIZE[0], SIZE[1], SIZE[0]], np.float32) / (spread @ size)[:, None, None]
        filtered = smoothing.apply(points, ids, now, np.broadcast_to(scale, points.shape))
        times.append(now)
        folder.array(f"smoothing/{step}/ids", ids)
        folder.array(f"smoothing/{step}/landmarks", points)
        folder.array(f"smoothing/{step}/filtered", filtered)
    folder.array("smoothing/times", np.array(times))


def write_association(folder: FixtureFolder, random: np.random.Generator) -> None:
    """Frames of the association: faces move, are lost, return and meet; some are detected."""
    tracks, tracked = TrackAssociation(), NormalizedRects.empty()
    at = random.uniform(0.2, 0.8, (4, 2))
    for step in range(STEPS):
        at += random.normal(0, 0.03, at.shape)
        rows = np.array([(x, y, 0.25, 0.3, random.normal(0, 0.08)) for x, y in at], np.float32)
        detected = NormalizedRects(rows[random.random(4) < 0.5])
        most = int(random.integers(1, 5))
        folder.array(f"association/{step}/detected", detected.values)
        folder.array(f"association/{step}/tracked", tracked.values)
        folder.array(f"association/{step}/tracked_ids", tracked.ids)
        folder.array(f"association/{step}/most", np.array([most]))
        rois = tracks.update(detected, tracked, most, 100_000 * step)
        folder.array(f"association/{step}/rois", rois.values)
        folder.array(f"association/{step}/ids", rois.ids)
        kept = rois.take(random.random(len(rois)) < 0.8)
        drift = random.normal(0, 0.02, kept.values.shape).astype(np.float32)
        tracked = NormalizedRects(kept.values + drift, kept.ids)


def _detections(random: np.random.Generator, count: int) -> Detections:
    """Made-up detections that crowd at a few places and see faces turned in all directions."""
    places = np.array([(0.3, 0.3), (0.7, 0.6), (0.4, 0.8)])[random.integers(0, 3, count)]
    boxes = np.concatenate(
        [places + random.normal(0, 0.02, (count, 2)), random.uniform(0.15, 0.25, (count, 2))], axis=1
    )
    turn = random.uniform(-math.pi, math.pi, count)
    keypoints = random.normal(0.5, 0.1, (count, 6, 2))
    keypoints[:, 1] = keypoints[:, 0] + 0.08 * np.stack([np.cos(turn), np.sin(turn)], 1)
    return Detections(boxes, keypoints, random.uniform(0.3, 1, count))


def write_looks(folder: FixtureFolder, random: np.random.Generator) -> None:
    """Several looks at one frame: the pool, contradictions, and a closer look."""
    looks = [_detections(random, count) for count in (12, 9, 20)]
    for index, look in enumerate(looks):
        _write(folder, f"looks/{index}", look)
    _write(folder, "looks/pooled", pool_detections(looks, SIZE))
    known = NormalizedRects(
        np.array([[0.35, 0.35, 0.3, 0.3, 0.5], [0.75, 0.7, 0.3, 0.3, -2.0]]), np.array([4, 5])
    )
    folder.array("looks/known", known.values)
    folder.array("looks/contradicts", contradicts(looks[2], known, SIZE))
    folder.array("looks/squares", closer_look_rects(looks[0], SIZE, True).values)
    _write(folder, "looks/confirmed", after_closer_look(looks[0], looks[2], SIZE, 0.85))


def write_tiles(folder: FixtureFolder) -> None:
    """Tiles of frames of several shapes."""
    sizes = [(1280, 720), (640, 480), (480, 640), (300, 300), (4000, 300), (1920, 1080)]
    folder.array("tiles/sizes", np.array(sizes))
    for index, size in enumerate(sizes):
        tiles = frame_tiles(size)
        folder.array(f"tiles/{index}/tiles", tiles.values)
        folder.array(f"tiles/{index}/fine", fine_tiles(size).values)
        folder.array(f"tiles/{index}/turned", turned_rects(tiles, QUARTER_TURNS_RAD).values)
