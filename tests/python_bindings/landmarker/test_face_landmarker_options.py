"""Defaults of the options, and the errors for wrong ones."""

import dataclasses

import numpy as np
import pytest

from attention_mesh.python_bindings.landmarker.base_options import BaseOptions
from attention_mesh.python_bindings.landmarker.face_landmarker_options import (
    FaceLandmarkerOptions,
    RunningMode,
)

VIDEO = RunningMode.VIDEO
LIVE = RunningMode.LIVE_STREAM


def test_the_names_and_defaults_of_mediapipe_tasks_come_first():
    fields = [(f.name, f.default) for f in dataclasses.fields(FaceLandmarkerOptions)][1:9]
    assert fields == [
        ("running_mode", RunningMode.IMAGE),
        ("num_faces", 1),
        ("min_face_detection_confidence", 0.5),
        ("min_face_presence_confidence", 0.5),
        ("min_tracking_confidence", 0.5),
        ("output_face_blendshapes", False),
        ("output_facial_transformation_matrixes", False),
        ("result_callback", None),
    ]


def test_image_mode_refines_twice_and_does_not_smooth():
    options = FaceLandmarkerOptions()
    assert (options.passes, options.smooth, options.detector) == (2, False, "auto")


@pytest.mark.parametrize("mode", [VIDEO, LIVE])
def test_video_modes_refine_once_and_smooth(mode):
    callback = print if mode is LIVE else None
    options = FaceLandmarkerOptions(running_mode=mode, result_callback=callback)
    assert (options.passes, options.smooth) == (1, True)
    off = FaceLandmarkerOptions(running_mode=mode, result_callback=callback, smooth_landmarks=False)
    assert not off.smooth


def test_the_tracking_confidence_counts_in_video_only_and_only_where_it_is_larger():
    both = {"min_face_presence_confidence": 0.4, "min_tracking_confidence": 0.7}
    assert FaceLandmarkerOptions(**both).presence_threshold == 0.4
    assert FaceLandmarkerOptions(running_mode=VIDEO, **both).presence_threshold == 0.7


@pytest.mark.parametrize(
    "wrong",
    [
        {"running_mode": "IMAGE"},
        {"num_faces": 0},
        {"num_faces": 1.5},
        {"num_faces": True},
        {"min_face_detection_confidence": 1.1},
        {"min_face_presence_confidence": float("nan")},
        {"min_tracking_confidence": "high"},
        {"min_tracking_confidence": True},
        {"min_tracking_confidence": np.bool_(True)},
        {"base_options": 1},
        {"with_attention": None},
        {"with_attention": 1},
        {"running_mode": VIDEO, "smooth_landmarks": "x"},
        {"output_face_blendshapes": "no"},
        {"refine_passes": True},
        {"refine_passes": 1.5},
        {"weights": None},
        {"output_face_blendshapes": True, "with_attention": False},
        {"output_gaze": True, "with_attention": False},
        {"calibration_seconds": -1},
        {"calibration_seconds": float("nan")},
        {"calibration_seconds": "3"},
        {"calibration_seconds": 3},
        {"output_blinks": None},
        {"vertical_fov_degrees": 0},
        {"vertical_fov_degrees": 180},
        {"vertical_fov_degrees": float("nan")},
        {"vertical_fov_degrees": "wide"},
        {"output_facial_transformation_matrixes": "yes"},
        {"detector": "long"},
        {"refine_passes": 3},
        {"num_threads": -1},
        {"smooth_landmarks": True},
        {"running_mode": VIDEO, "refine_passes": 2},
        {"running_mode": VIDEO, "refine_passes": "best"},
        {"refine_passes": "Best"},
        {"running_mode": VIDEO, "result_callback": print},
        {"running_mode": LIVE},
    ],
    ids=str,
)
def test_a_wrong_option_is_an_error_that_names_it(wrong):
    name = next(reversed(wrong)) if len(wrong) > 1 or "running_mode" not in wrong else None
    name = name or ("result_callback" if wrong["running_mode"] is LIVE else "running_mode")
    with pytest.raises(ValueError, match=f"FaceLandmarkerOptions: {name}=.*(expected|leave)"):
        FaceLandmarkerOptions(**wrong)


def test_a_neutral_face_is_checked_and_excludes_its_learning():
    with pytest.raises(ValueError, match=r"neutral_face is \(468, 3\); expected \(478, 3\) float32"):
        FaceLandmarkerOptions(neutral_face=np.zeros((468, 3)))
    with pytest.raises(ValueError, match="neutral_face is list; expected"):
        FaceLandmarkerOptions(neutral_face=[0.0])
    face = np.zeros((478, 3))
    with pytest.raises(ValueError, match="calibration_seconds=2; expected 0, because neutral_face"):
        FaceLandmarkerOptions(running_mode=VIDEO, calibration_seconds=2, neutral_face=face)
    options = FaceLandmarkerOptions(neutral_face=face)
    assert options.expression_side_packets["neutral_face"].dtype == np.float32


def test_numbers_of_numpy_are_as_good_as_pythons():
    options = FaceLandmarkerOptions(
        num_faces=np.int64(2),
        num_threads=np.uint8(1),
        refine_passes=np.int32(1),
        min_face_detection_confidence=np.float32(0.25),
        min_face_presence_confidence=np.float16(0.5),
        min_tracking_confidence=1,
        with_attention=np.bool_(False),
    )
    plain = FaceLandmarkerOptions(
        num_faces=2,
        num_threads=1,
        refine_passes=1,
        min_face_detection_confidence=0.25,
        min_tracking_confidence=1.0,
        with_attention=False,
    )
    assert options == plain
    for field in dataclasses.fields(options):  # the graph's side packets take Python's own types
        assert type(getattr(options, field.name)) is type(getattr(plain, field.name))


def test_base_options_refuse_a_missing_model_file_and_unknown_delegates():
    with pytest.raises(FileNotFoundError, match="Unable to open file at face_landmarker.task"):
        BaseOptions(model_asset_path="face_landmarker.task")
    with pytest.raises(ValueError, match="model_asset_path=7"):
        BaseOptions(model_asset_path=7)
    with pytest.raises(ValueError, match="model_asset_buffer is a str"):
        BaseOptions(model_asset_buffer="abc")
    with pytest.raises(ValueError, match="delegate='GPU'; expected BaseOptions.Delegate.CPU, GPU or None"):
        BaseOptions(delegate="GPU")
    assert BaseOptions(delegate=BaseOptions.Delegate.CPU).model_asset_path is None


def test_the_device_is_what_the_options_say_else_the_delegate():
    gpu = BaseOptions(delegate=BaseOptions.Delegate.GPU)
    assert FaceLandmarkerOptions().network_device == "cpu"
    assert FaceLandmarkerOptions(base_options=gpu).network_device == "gpu"
    assert FaceLandmarkerOptions(base_options=gpu, device="cpu").network_device == "cpu"
    assert FaceLandmarkerOptions(device="auto").network_device == "auto"
    with pytest.raises(ValueError, match="device='tpu'; expected 'cpu', 'gpu', 'auto' or None"):
        FaceLandmarkerOptions(device="tpu")


def test_a_model_file_and_other_weights_exclude_each_other(tmp_path):
    (tmp_path / "net.tflite").write_bytes(bytes(4) + b"TFL3")
    base = BaseOptions(model_asset_path=str(tmp_path / "net.tflite"))
    assert base.landmark_weights() == str(tmp_path / "net.tflite")
    with pytest.raises(ValueError, match="weights='open'; expected 'official', because base_options names"):
        FaceLandmarkerOptions(base_options=base, weights="open")
