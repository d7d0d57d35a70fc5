"""MediaPipe's face graphs on this engine: our wiring of them, and its own files if it is installed."""

import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from attention_mesh.benchmarks.clips import recorded_frames
from attention_mesh.benchmarks.face_mesh_run import FaceMeshRun
from attention_mesh.benchmarks.mediapipe_graph_run import OURS, FrontGraphRun
from attention_mesh.framework import ValidatedGraph, load_graph_config, parse_graph_config
from attention_mesh.framework.protos import message_to_text
from attention_mesh.framework.registry import snake_case
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.head_pose import euler_angles
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.models.topology.landmark_groups import interocular_distance
from attention_mesh.models.weights import model_path
from attention_mesh.tests.graphs.graph_packets import FRAME_US, run_graph

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / "graphs" / "mediapipe"
# Official runtime 0.10.21, refine_landmarks, static image: (478, 3) float32 px.
OFFICIAL = np.load(Path(__file__).with_name("astronaut_official.npz"))["landmarks"]
INTEROCULAR_PX = interocular_distance(OFFICIAL[:, :2])


def detect(
    images: list[np.ndarray], name: str, options: str = "", roi: NormalizedRects | None = None
) -> list:
    """Detections of each image, None if the graph sends no packet."""
    kind = "type.googleapis.com/mediapipe.FaceDetectionOptions"
    config = parse_graph_config(f"""
        input_stream: "image"
        {'input_stream: "roi"' if roi is not None else ""}
        node {{
          calculator: "{name}"
          input_stream: "IMAGE:image"
          {'input_stream: "ROI:roi"' if roi is not None else ""}
          output_stream: "DETECTIONS:detections"
          {f"node_options {{ [{kind}] {{ {options} }} }}" if options else ""}
        }}
    """)
    packets = [{"image": image} | ({} if roi is None else {"roi": roi}) for image in images]
    return [found.get("detections") for found in run_graph(config, packets, ("detections",))]


def moved(image: np.ndarray, right_px: float, down_px: float) -> np.ndarray:
    """The picture moved, its border pixels repeated."""
    matrix = np.float32([[1, 0, right_px], [0, 1, down_px]])
    return cv2.warpAffine(image, matrix, image.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)


def large(image: np.ndarray) -> np.ndarray:
    """(720, 1280, 3): the astronaut's upper half at 720 lines, her face about as large as at a webcam."""
    head = cv2.resize(image[:288], (1280, 720), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(head)


def distances_px(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    assert points.shape == others.shape
    return np.linalg.norm((points - others)[..., :2], axis=-1)


def test_a_detector_of_the_program_gives_the_same_as_the_official_one(astronaut):
    graph = """
        input_stream: "image" input_side_packet: "model"
        node { calculator: "FaceDetectionShortRangeSideModelCpu" input_stream: "IMAGE:image"
               input_side_packet: "MODEL:model" output_stream: "DETECTIONS:detections" }
    """
    model = {"model": model_path("face_detection_short_range").read_bytes()}
    (found,) = run_graph(graph, [{"image": astronaut}], ("detections",), model)
    (expected,) = detect([astronaut], "FaceDetectionShortRangeCpu")
    np.testing.assert_array_equal(found["detections"].boxes, expected.boxes)


def test_a_landmark_network_of_the_program_finds_the_landmarks(astronaut):
    graph = """
        input_stream: "image" input_stream: "roi" input_side_packet: "model"
        node { calculator: "FaceLandmarkSideModelCpu" input_stream: "IMAGE:image" input_stream: "ROI:roi"
               input_side_packet: "MODEL:model" output_stream: "LANDMARKS:landmarks" }
    """
    roi = NormalizedRects(np.float32([[0.435, 0.24, 0.31, 0.31, 0]]))
    for name, count in (("face_landmark_with_attention", 478), ("face_landmark", 468)):
        packets = [{"image": astronaut, "roi": roi}, {"image": np.zeros_like(astronaut), "roi": roi}]
        found, nothing = run_graph(graph, packets, ("landmarks",), {"model": str(model_path(name))})
        points = found["landmarks"].in_pixels((512, 512))[0]
        assert len(points) == count and not nothing
        distances = distances_px(points[:468], OFFICIAL[:468])
        assert np.median(distances) < 0.03 * INTEROCULAR_PX  # another region, and two networks


@pytest.fixture(scope="module")
def clip(astronaut) -> list[np.ndarray]:
    """Ten frames of 1280×720: the face moves, is gone for two frames, and comes back."""
    frames = [moved(large(astronaut), 9 * step, 3 * step) for step in range(10)]
    frames[6] = frames[7] = np.zeros_like(frames[0])
    return frames


@pytest.fixture(scope="module")
def peer_graphs(peer_python, tmp_path_factory) -> Path:
    """A folder with the graphs that mediapipe's library holds, as text, and the front graph as binary."""
    folder = tmp_path_factory.mktemp("mediapipe_graphs")
    program = REPOSITORY / "benchmarks" / "peer_graphs.py"
    result = subprocess.run([peer_python, program, folder], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "FaceLandmarkFrontCpu" in result.stdout
    return folder


@pytest.fixture(scope="module")
def peer_binary(peer_python) -> Path:
    modules = peer_python.parent.parent.glob("lib/*/site-packages/mediapipe/modules")
    return next(modules) / "face_landmark" / "face_landmark_front_cpu.binarypb"


@pytest.fixture(params=["our wiring", "binarypb on our subgraphs", "MediaPipe's text"])
def front_graph(request) -> tuple[Path, tuple[Path, ...]]:
    """File and graph path; MediaPipe's own if it is installed."""
    if request.param == "our wiring":
        return OURS, ()
    if request.param == "binarypb on our subgraphs":
        return request.getfixturevalue("peer_binary"), ()
    folder = request.getfixturevalue("peer_graphs")
    return folder / OURS.name, (folder,)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.pbtxt")), ids=lambda file: file.stem)
def test_every_graph_is_a_valid_subgraph_of_the_type_that_its_file_says(file):
    config = load_graph_config(file)
    assert snake_case(config.type) == file.stem
    if file.stem in ("face_detection", "face_detection_without_roi"):
        # Nothing without a detector's description: the short range's.
        short_range = load_graph_config(FOLDER / "face_detection_short_range.pbtxt").node[0]
        config.graph_options[0].CopyFrom(short_range.node_options[0])
    nodes = ValidatedGraph(config).config.node
    assert len(nodes) >= 1 and not any(node.calculator == config.type for node in nodes)


def test_the_front_graph_puts_the_landmarks_where_the_official_runtime_does(front_graph, astronaut):
    with FrontGraphRun(*front_graph, track=False) as run:
        (points,) = run.landmarks_px(astronaut, 0)
    errors = 100 * distances_px(points, OFFICIAL) / INTEROCULAR_PX
    # The warp rounds sample positions in older OpenCV and not in newer: up to 3 gray levels.
    assert np.median(errors) < 0.25
    assert np.percentile(errors, 95) < 1.5


@pytest.mark.parametrize("num_faces", [1, 2])
def test_the_front_graph_tracks_as_the_native_graph_does(front_graph, clip, num_faces):
    """Within 0.1 px at 720p; the detector runs at the start, and whenever a face is missing."""
    side = {"num_faces": num_faces, "use_prev_landmarks": True}
    with FaceMeshRun("face_mesh", **side) as native, FrontGraphRun(*front_graph, num_faces) as front:
        for index, image in enumerate(clip):
            expected = native.landmarks_px(image, index * FRAME_US)
            points = front.landmarks_px(image, index * FRAME_US)
            assert len(points) == (index not in (6, 7))
            if len(points):
                assert np.median(distances_px(points, expected)) < 0.1


def test_streams_have_packets_only_where_there_is_something(front_graph, clip):
    file, folders = front_graph
    config = load_graph_config(file)
    names = dict(entry.rpartition(":")[::2] for entry in config.output_stream)
    names = {tag.rstrip(":"): name for tag, name in names.items()}
    side = {"num_faces": 1, "use_prev_landmarks": True, "with_attention": False}
    frames = [{"image": clip[index]} for index in (6, 0, 1, 7)]
    found = run_graph(config, frames, tuple(names.values()), side, folders)
    here = [{tag for tag, name in names.items() if name in frame} for frame in found]
    of_landmarks, of_detections = {"LANDMARKS", "ROIS_FROM_LANDMARKS"}, {"DETECTIONS", "ROIS_FROM_DETECTIONS"}
    assert here == [set(), of_landmarks | of_detections, of_landmarks, set()]
    assert found[1][names["LANDMARKS"]].points.shape == (1, 468, 3)


def test_without_side_packets_there_is_one_tracked_face_of_468_landmarks(clip):
    found = run_graph(
        load_graph_config(OURS), [{"image": image} for image in clip[:2]], ("multi_face_landmarks",)
    )
    assert [frame["multi_face_landmarks"].points.shape for frame in found] == [(1, 468, 3)] * 2


LOOP = """
    input_stream: "image"
    input_stream: "rois"
    node {
      calculator: "BeginLoopNormalizedRectCalculator"
      input_stream: "ITERABLE:rois"
      input_stream: "CLONE:image"
      output_stream: "ITEM:roi"
      output_stream: "CLONE:loop_image"
      output_stream: "BATCH_END:end"
    }
    node {
      calculator: "FaceLandmarkCpu"
      input_stream: "IMAGE:loop_image"
      input_stream: "ROI:roi"
      output_stream: "LANDMARKS:face"
    }
    node {
      calculator: "EndLoopNormalizedLandmarkListVectorCalculator"
      input_stream: "ITEM:face"
      input_stream: "BATCH_END:end"
      output_stream: "ITERABLE:faces"
    }
"""


@pytest.fixture(params=["ours", "MediaPipe's"])
def subgraphs(request) -> tuple[Path, ...]:
    return () if request.param == "ours" else (request.getfixturevalue("peer_graphs"),)


def test_a_loop_over_regions_gives_the_faces_in_them_and_leaves_out_those_without(subgraphs, astronaut):
    face = [0.43, 0.23, 0.4, 0.4, 0]
    rois = NormalizedRects(np.array([[0.8, 0.8, 0.2, 0.2, 0], face, [0.44, 0.24, 0.42, 0.42, 0.1]]))
    last_is_none = NormalizedRects(rois.values[[1, 0]])
    none = NormalizedRects(rois.values[:1])
    packets = [
        {"image": astronaut, "rois": some} for some in (rois, last_is_none, none, NormalizedRects.empty())
    ]
    side_effects = run_graph(parse_graph_config(LOOP), packets, ("faces",), graph_path=subgraphs)
    assert [len(frame["faces"]) if "faces" in frame else None for frame in side_effects] == [2, 1, None, None]
    for face in side_effects[0]["faces"].in_pixels((512, 512)):
        assert np.median(distances_px(face, OFFICIAL[:468])) < 0.05 * INTEROCULAR_PX


@pytest.mark.parametrize(
    ("name", "detector"), [("FaceDetectionShortRangeCpu", "short"), ("FaceDetectionFullRangeCpu", "full")]
)
def test_the_detector_graphs_find_what_the_native_ones_find(name, detector, astronaut):
    native = run_graph(
        parse_graph_config("""
            input_stream: "image"
            node {
              calculator: "FaceDetector"
              input_stream: "IMAGE:image"
              output_stream: "DETECTIONS:detections"
              input_side_packet: "DETECTOR:detector"
            }
        """),
        [{"image": astronaut}],
        ("detections",),
        {"detector": detector},
    )[0]["detections"]
    found, nothing = detect([astronaut, np.zeros_like(astronaut)], name)
    assert nothing is None and isinstance(found, Detections)
    np.testing.assert_allclose(found.boxes, native.boxes, atol=1e-5)
    np.testing.assert_allclose(found.keypoints, native.keypoints, atol=1e-5)
    np.testing.assert_allclose(found.scores, native.scores, atol=1e-5)


def test_a_region_is_looked_at_by_itself_and_options_count(astronaut):
    (whole,) = detect([astronaut], "FaceDetectionShortRange")
    region = NormalizedRects(np.array([[0.45, 0.25, 0.5, 0.5, 0.2]]))
    for name in ("FaceDetectionShortRange", "FaceDetectionShortRangeByRoiCpu"):
        (found,) = detect([astronaut], name, roi=region)
        center, expected = (d.boxes[0, :2] + d.boxes[0, 2:] / 2 for d in (found, whole))
        np.testing.assert_allclose(center, expected, atol=0.02)
    (elsewhere,) = detect(
        [astronaut], "FaceDetectionShortRange", roi=NormalizedRects([[0.8, 0.8, 0.3, 0.3, 0]])
    )
    assert elsewhere is None
    (strict,) = detect([astronaut], "FaceDetectionShortRangeCpu", "min_score_thresh: 0.999")
    assert strict is None and whole.scores[0] < 0.999


def test_a_users_folder_counts_for_the_users_graph_and_not_inside_ours(tmp_path):
    text = (FOLDER / "face_detection_short_range.pbtxt").read_text()
    (tmp_path / "short_range.pbtxt").write_text(
        text.replace("min_score_thresh: 0.5", "min_score_thresh: 0.7")
    )
    for name, threshold in (("FaceDetectionShortRange", "0.7"), ("FaceDetectionShortRangeCpu", "0.5")):
        config = parse_graph_config(f"""
            input_stream: "image"
            node {{
              calculator: "{name}"
              input_stream: "IMAGE:image"
              output_stream: "DETECTIONS:detections"
            }}
        """)
        expanded = ValidatedGraph(config, [tmp_path]).config
        (node,) = (node for node in expanded.node if node.calculator == "TensorsToDetectionsCalculator")
        assert f"min_score_thresh: {threshold}" in message_to_text(node)


GEOMETRY = """
    input_stream: "image"
    node {
      calculator: "FaceGeometryEnvGeneratorCalculator"
      output_side_packet: "ENVIRONMENT:environment"
      node_options { [type.googleapis.com/mediapipe.FaceGeometryEnvGeneratorCalculatorOptions] { environment {
        origin_point_location: TOP_LEFT_CORNER
        perspective_camera { vertical_fov_degrees: 63 near: 1 far: 10000 }
      } } }
    }
    node { calculator: "ImagePropertiesCalculator" input_stream: "IMAGE:image" output_stream: "SIZE:size" }
    node {
      calculator: "FaceLandmarkFrontCpu"
      input_stream: "IMAGE:image"
      output_stream: "LANDMARKS:landmarks"
    }
    node {
      calculator: "FacePoseCalculator"
      input_stream: "LANDMARKS:landmarks"
      input_stream: "IMAGE_SIZE:size"
      output_stream: "POSES:poses"
    }
    node {
      calculator: "FaceDetectionShortRangeCpu"
      input_stream: "IMAGE:image"
      output_stream: "DETECTIONS:detections"
    }
"""


@pytest.mark.parametrize(
    ("name", "tag", "stream"),
    [
        ("FaceGeometry", "MULTI_FACE_LANDMARKS", "landmarks"),
        ("FaceGeometryFromLandmarks", "MULTI_FACE_LANDMARKS", "landmarks"),
        ("FaceGeometryFromDetection", "MULTI_FACE_DETECTION", "detections"),
    ],
)
def test_face_geometry_gives_the_pose_of_the_head(name, tag, stream, astronaut):
    graph = f"""{GEOMETRY}
        node {{
          calculator: "{name}"
          input_stream: "IMAGE_SIZE:size"
          input_stream: "{tag}:{stream}"
          input_side_packet: "ENVIRONMENT:environment"
          output_stream: "MULTI_FACE_GEOMETRY:geometry"
        }}
    """
    packets = [{"image": astronaut}, {"image": np.zeros_like(astronaut)}]
    found, nothing = run_graph(parse_graph_config(graph), packets, ("geometry", "poses"))
    assert not nothing
    (face,) = found["geometry"]
    pose = np.reshape(face.pose_transform_matrix.packed_data, (4, 4)).T
    if stream == "landmarks":
        np.testing.assert_allclose(pose, found["poses"][0], atol=1e-3)
    else:  # MediaPipe's method is coarse on six points without depth
        assert pose[2, 3] == pytest.approx(found["poses"][0, 2, 3], rel=0.25)
        turned, expected = (euler_angles(matrix[None])[0] for matrix in (pose, found["poses"][0]))
        assert np.degrees(abs(turned - expected)).max() < 15


@pytest.mark.slow
def test_the_front_graph_tracks_a_video_as_the_native_graph_does(front_graph, shared_data):
    side = {"num_faces": 1, "use_prev_landmarks": True}
    distances = []
    with FaceMeshRun("face_mesh", **side) as native, FrontGraphRun(*front_graph) as front:
        for index, image in enumerate(recorded_frames(shared_data / "videos" / "gaze01.mp4", 60)):
            expected = native.landmarks_px(image, index * FRAME_US)
            distances.append(distances_px(front.landmarks_px(image, index * FRAME_US), expected))
    together = np.concatenate(distances)
    assert together.size == 60 * 478 and image.shape == (720, 1280, 3)
    assert np.median(together) < 0.1


@pytest.mark.slow
@pytest.mark.parametrize(("room", "archive"), [("photos", "mediapipe_photos"), ("iris", "mediapipe_iris")])
def test_the_front_graph_finds_what_mediapipe_found_on_photos(front_graph, shared_data, room, archive):
    with np.load(shared_data / f"{archive}.npz") as official:
        names, attention = official["names"][::9], official["attention"][::9]
    distances = []
    with FrontGraphRun(*front_graph, num_faces=8, track=False) as run:
        for index in np.flatnonzero(np.isfinite(attention).all(axis=(1, 2))):
            image = cv2.cvtColor(cv2.imread(str(shared_data / room / names[index])), cv2.COLOR_BGR2RGB)
            faces = run.landmarks_px(image, int(index) * FRAME_US)
            # MediaPipe was asked for the annotated face; here it is the one that lies nearest.
            each = [distances_px(face, attention[index]) for face in faces]
            distances.append(min(each, key=np.median))
    assert np.median(np.concatenate(distances)) < 0.1
    assert np.quantile([np.median(distance) for distance in distances], 0.9) < 0.5
