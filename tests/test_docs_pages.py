"""The programs and commands of the pages in docs run."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from attention_mesh.tests.webgpu.gpu_process import SWIFTSHADER

REPOSITORY = Path(__file__).resolve().parents[1]
DOCS = REPOSITORY / "docs"


def blocks(page: str, language: str) -> list[str]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.fixture
def folder(tmp_path, clip, astronaut):
    """A folder with the files that the pages speak of: photo.jpg, photos/ and clip.mp4."""
    (tmp_path / "photos").mkdir()
    for name in ("photo.jpg", "photos/a.jpg", "photos/b.png"):
        cv2.imwrite(str(tmp_path / name), cv2.cvtColor(astronaut, cv2.COLOR_RGB2BGR))
    shutil.copy(clip, tmp_path / "clip.mp4")
    return tmp_path


def execute(command: list[str], folder: Path, **environment: str) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_python_page_runs_from_top_to_bottom(folder):
    pytest.importorskip("supervision", reason="supervision is in the dev extra")
    program = "\n".join(blocks("python_api.md", "python"))
    program += "\nprint('kept', len(again), again.landmarks_px.shape, keypoints.xy.shape)"
    lines = execute([sys.executable, "-c", program], folder).splitlines()
    assert lines[0].startswith("0 [1] [[223.")  # the first frame of the clip: time, track, nose
    assert lines[19].startswith("760 [1]")
    live = [line.split() for line in lines[20:-1]]
    assert 1 <= len(live) <= 20 and {faces for _, faces in live} == {"1"}
    assert lines[-1] == "kept 1 (1, 478, 3) (1, 478, 2)"


def test_the_gpu_page_runs_from_top_to_bottom(folder):
    pytest.importorskip("wgpu", reason="the extra `gpu` has it")
    if not SWIFTSHADER.exists():
        pytest.skip("no software driver that LiteRT takes; on Debian the package chromium brings one")
    program = "import cv2\nimage = cv2.cvtColor(cv2.imread('photo.jpg'), cv2.COLOR_BGR2RGB)\n"
    program += "\n".join(blocks("gpu.md", "python")[:2]) + "\nprint(result.landmarks_px.shape, doubled[-1])"
    driver = {name: str(SWIFTSHADER) for name in ("VK_ICD_FILENAMES", "VK_DRIVER_FILES")}
    assert execute([sys.executable, "-c", program], folder, **driver) == "(1, 478, 3) 198.0\n"


def test_the_gpu_pages_node_inverts_a_photo(folder):
    pytest.importorskip("wgpu", reason="the extra `gpu` has it")
    page = (DOCS / "gpu.md").read_text(encoding="utf-8")
    for name in ("invert.wgsl", "invert.py", "invert.pbtxt"):
        (block,) = re.findall(rf"```\w*\n((?:#|//) {name}\n.*?)```", page, re.DOTALL)
        (folder / name).write_text(block)
    command = [
        sys.executable,
        "-m",
        "attention_mesh",
        "run",
        "--graph",
        "invert.pbtxt",
        "--calculators",
        "invert.py",
    ]
    adapters = subprocess.run([sys.executable, "-m", "attention_mesh", "devices"], capture_output=True)
    if adapters.returncode:
        pytest.skip("WebGPU has no driver, not even a software one")
    execute([*command, "-i", "photo.jpg", "-o", "out.png"], folder, ATTENTION_MESH_ADAPTER="any")
    photo, inverted = (cv2.imread(str(folder / name)) for name in ("photo.jpg", "out.png"))
    assert (photo + inverted == 255).all()


def test_the_head_pose_page_runs_from_top_to_bottom(folder):
    program = "\n".join(blocks("head_pose.md", "python"))
    angles, place = execute([sys.executable, "-c", program], folder).splitlines()
    up, left, shoulder = map(int, re.findall(r"-?\d+", angles))
    # She is in the upper part of the picture and looks down into the lens.
    assert -25 < up < -5 and abs(left) < 6 and abs(shoulder) < 10
    assert place.startswith("(1, 478, 3)") and 60 < int(place.split()[3]) < 150


def test_the_rendering_page_runs_from_top_to_bottom(folder):
    program = "\n".join(blocks("rendering.md", "python"))
    program += "\nprint((annotated != image).any(), annotated.shape == image.shape)"
    assert execute([sys.executable, "-c", program], folder).split() == ["True", "True"]


def test_the_rendering_pages_graph_and_commands_run(folder):
    page = (DOCS / "rendering.md").read_text(encoding="utf-8")
    (graph,) = re.findall(r"```\n(# drawn_mesh.pbtxt\n.*?)```", page, re.DOTALL)
    (folder / "drawn_mesh.pbtxt").write_text(graph)
    commands = re.findall(r"^attention-mesh (run .*(?:photo.jpg|clip.mp4).*)$", page, re.MULTILINE)
    assert len(commands) == 4
    for command in commands:
        if "--rerun" in command:
            pytest.importorskip("rerun", reason="the extra `rerun` has it")
        execute([sys.executable, "-m", "attention_mesh", *command.split()], folder)
    photo = cv2.imread(str(folder / "photo.jpg"))
    for name in ("depth.png", "drawn.png"):
        drawn = cv2.imread(str(folder / name))
        assert drawn.shape == photo.shape and (drawn != photo).any()
    assert (folder / "annotated.mp4").stat().st_size > 0 and (folder / "run.rrd").stat().st_size > 0


def test_the_gaze_page_runs_from_top_to_bottom(folder):
    program = "\n".join(blocks("gaze.md", "python"))
    (line,) = execute([sys.executable, "-c", program], folder).splitlines()
    right, up = map(int, re.findall(r"-?\d+", line))
    # She looks into the camera from the upper part of the picture.
    assert abs(right) < 10 and -25 < up < 5


def test_the_mesh_editing_page_runs_from_top_to_bottom(folder):
    pytest.importorskip("scipy", reason="scipy is in the puppet extra")
    program = "\n".join(blocks("mesh_editing.md", "python"))
    stays, shape = execute([sys.executable, "-c", program], folder).splitlines()
    assert float(stays.split()[0]) < 0.01  # cm: her only frame is her neutral face
    assert shape.startswith("(1, ") and shape.endswith(", 3)")


def test_the_puppeteering_page_runs_from_top_to_bottom(folder):
    program = "\n".join(blocks("puppeteering.md", "python"))
    lines = execute([sys.executable, "-c", program], folder).splitlines()
    assert len(lines) == 20  # frames of the clip, with a face in each
    track, jaw_open = lines[-1].split()[:2]
    assert track == "1" and 0 <= float(jaw_open) <= 1


def test_the_blend_shapes_page_runs_from_top_to_bottom(folder):
    program = "\n".join(blocks("blendshapes.md", "python"))
    program += "\nnames = list(BLENDSHAPE_NAMES)\nprint(coefficients.max(), names[coefficients[0].argmax()])"
    shown, calibrated = execute([sys.executable, "-c", program], folder).splitlines()
    smile = re.search(r"'mouthSmileLeft': [^0-9]*(?:float32\()?([0-9.]+)", shown)
    assert smile is not None and float(smile[1]) > 0.5
    # Her only frame is now her neutral face.
    assert float(calibrated.split()[0]) < 0.5


def test_the_avatars_page_runs_from_top_to_bottom(folder):
    program = "\n".join(blocks("avatars.md", "python"))
    program += "\nprint((picture != 255).any(-1).mean())"
    (share,) = execute([sys.executable, "-c", program], folder).splitlines()
    assert 0.1 < float(share) < 0.9  # of the picture is the avatar


@pytest.mark.skipif(shutil.which("bash") is None, reason="the page's commands are a shell's")
def test_the_puppeteering_pages_commands_write_a_film_and_a_recording(folder):
    program = f'attention-mesh() {{ "{sys.executable}" -m attention_mesh "$@"; }}\n'
    program += blocks("puppeteering.md", "sh")[0]
    execute(["bash", "-e", "-c", program], folder)
    made = {path.name for path in folder.iterdir()} - {"photo.jpg", "photos", "clip.mp4"}
    assert made == {"puppet.mp4", "puppet.glb", "puppet.csv"}


@pytest.mark.skipif(shutil.which("bash") is None, reason="the page's commands are a shell's")
def test_the_command_line_page_runs(folder):
    program = f'attention-mesh() {{ "{sys.executable}" -m attention_mesh "$@"; }}\n'
    program += "\n".join(blocks("cli.md", "sh"))
    output = execute(["bash", "-e", "-c", program], folder)
    assert output.count("mesh network alone") == 2
    made = {path.name for path in folder.iterdir()} - {"photo.jpg", "photos", "clip.mp4"}
    tables = {"landmarks.csv", "landmarks.jsonl", "landmarks.parquet", "photos.csv"}
    assert made == tables | {"annotated", "annotated.mp4", "annotated.png"}
    assert {path.name for path in (folder / "annotated").iterdir()} == {"a.jpg", "b.png"}


@pytest.mark.skipif(shutil.which("bash") is None, reason="the page's commands are a shell's")
def test_the_streaming_pages_commands_send_each_frame(folder):
    program = f'attention-mesh() {{ "{sys.executable}" -m attention_mesh "$@" 2>&1; }}\n'
    program += "\n".join(blocks("streaming.md", "sh"))
    output = execute(["bash", "-e", "-c", program], folder)
    for flag, port, count in (("vmc", 39539, 40), ("ifacialmocap", 49983, 20), ("livelink", 11111, 20)):
        assert f"--{flag} 127.0.0.1:{port}: {count} datagrams sent" in output


@pytest.mark.skipif(shutil.which("bash") is None, reason="the page's commands are a shell's")
def test_the_study_pages_commands_make_a_study_and_report_that_nobody_answered(folder, astronaut):
    enlarged = cv2.resize(astronaut[:240, 100:350], None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    for name, image in (("real", enlarged[:, ::-1]), ("bare", enlarged)):
        (folder / name).mkdir()
        cv2.imwrite(str(folder / name / "anna.png"), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    program = f'attention-mesh() {{ "{sys.executable}" -m attention_mesh "$@"; }}\n'
    output = execute(["bash", "-e", "-c", program + "\n".join(blocks("study.md", "sh"))], folder)
    assert "lips: 2 images of 640x640 px, 1 with real and 1 with AR makeup" in output
    assert "No answers yet" in output
    assert len(list((folder / "lips" / "images").iterdir())) == 2


@pytest.mark.skipif(shutil.which("bash") is None, reason="the page's commands are a shell's")
def test_the_datasets_pages_commands_make_and_check_a_table(folder):
    (folder / "films").mkdir()
    for name in ("a.mp4", "b.mp4"):
        shutil.copy(folder / "clip.mp4", folder / name)
        shutil.copy(folder / "clip.mp4", folder / "films" / name)
    program = f'attention-mesh() {{ "{sys.executable}" -m attention_mesh "$@"; }}\n'
    output = execute(["bash", "-e", "-c", program + "\n".join(blocks("datasets.md", "sh"))], folder)
    assert output.count("faces_table: 2 done; 40 frames, 40 faces") == 3
    assert "first_faces.html: the first faces of 2 sources" in output
    rows = blocks("datasets.md", "python")[-1]  # the others need pandas or Ray
    assert "a.mp4 20" in execute([sys.executable, "-c", rows], folder)
