"""The archive as Gradle sees it, and the example app with its APK, on a JVM with real inference."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from attention_mesh.cli.aar.archive import android_archive, build_archive, library_assets
from attention_mesh.cli.aar.deterministic_zip import read_zip
from attention_mesh.cli.aar.java_build import compile_java, java_tool, library_classes, run_tool
from attention_mesh.cli.aar.maven_cache import class_path, fetched, tool
from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
from attention_mesh.python_bindings.landmarker.face_landmarker_options import FaceLandmarkerOptions
from attention_mesh.tools.android_example import APP, PACKAGE, RUNTIME, build_example

MOST_BYTES = 6_000_000
MOST_PX = 0.05  # between Java's landmarks and Python's, of one photo
GPU_PX = 0.02  # the same for the network for GPUs, which has other operators; 0.004 was measured
NUMBERS = ("landmarks", "blendshapes", "gpu_landmarks")  # what ExampleTest writes
ANDROID = "{http://schemas.android.com/apk/res/android}"
# Only devices that have them load these classes.
NEWER = "org/attentionmesh/HardwareBuffers"
EXAMPLE_TEST = APP.parent / "test" / "java" / "org" / "attentionmesh" / "example" / "ExampleTest.java"
needs_packages = pytest.mark.skipif(
    any(shutil.which(name) is None for name in ("aapt2", "zipalign", "apksigner")),
    reason="aapt2, zipalign or apksigner is missing; on Debian: apt-get install aapt zipalign apksigner",
)


@pytest.fixture(scope="module")
def archive(java_files) -> bytes:
    """The .aar file with the open weights: TensorFlow exports its network for GPUs in some 10 s."""
    return android_archive(library_assets("open"), library_classes())


@pytest.fixture(scope="module")
def entries(archive) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


@pytest.fixture(scope="module")
def jar(entries, tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("library") / "classes.jar"
    file.write_bytes(entries["classes.jar"])
    return file


@pytest.mark.slow  # a second build, TensorFlow's export included: nothing else shows that it repeats itself
def test_two_builds_are_the_same_bytes(archive) -> None:
    assert len(archive) < MOST_BYTES
    # By their hashes, because pytest takes minutes to explain how two long contents differ.
    assert hashlib.sha256(build_archive("open")).hexdigest() == hashlib.sha256(archive).hexdigest()


def test_gradle_finds_what_an_archive_has(entries) -> None:
    tops = {name.partition("/")[0] for name in entries}
    assert tops == {"AndroidManifest.xml", "classes.jar", "R.txt", "proguard.txt", "assets", "META-INF"}
    manifest = ElementTree.fromstring(entries["AndroidManifest.xml"])
    assert manifest.get("package") == "org.attentionmesh"
    assert manifest.find("uses-sdk").get(f"{ANDROID}minSdkVersion") == "21"
    assert b"aarMetadataVersion=1.0" in entries["META-INF/com/android/build/gradle/aar-metadata.properties"]
    assert not [name for name in entries if name.endswith(".so")], "native code of ours has no 16 KB pages"


def test_every_asset_is_listed_with_its_hash(entries) -> None:
    listed = json.loads(entries["assets/attention_mesh/assets.json"])
    assert listed["weights"] == "open"
    found = {name.removeprefix("assets/attention_mesh/") for name in entries if name.startswith("assets/")}
    assert found == {*listed["files"], "assets.json"}


def test_no_class_is_outside_of_our_package(jar) -> None:
    outside = [name for name in read_zip(jar) if not name.startswith("org/attentionmesh/")]
    assert not outside
    # The major version of Java 8, which the oldest compilers of Android apps read.
    assert {int.from_bytes(content[6:8], "big") for content in read_zip(jar).values()} == {52}


def missing_references(jar: Path, paths: list[Path]) -> list[str]:
    joined = os.pathsep.join(str(path) for path in paths)
    lines = run_tool([java_tool("jdeps"), "--missing-deps", "-cp", joined, jar], "jdeps").splitlines()
    return [line for line in lines if "->" in line]


def test_every_reference_is_androids_or_a_declared_dependency(jar) -> None:
    declared = class_path("compile")[1:]
    android = fetched("robolectric")
    assert missing_references(jar, [*android, *declared]) == []
    # Without them there is something to find, so the check above can fail.
    assert any("org.tensorflow.lite" in line for line in missing_references(jar, android))


def test_only_guarded_classes_use_more_than_api_21(jar, tmp_path) -> None:
    with zipfile.ZipFile(jar) as opened:
        opened.extractall(tmp_path)
    checker = os.pathsep.join(str(tool(name)) for name in ("animal-sniffer", "asm"))
    command = [java_tool("java"), "-cp", checker, Path(__file__).with_name("SignatureCheck.java")]
    others = ["org.tensorflow.lite.*", "androidx.annotation.*"]
    done = subprocess.run(
        [str(word) for word in (*command, tool("gummy-bears-api-21"), tmp_path, *others)],
        capture_output=True,
        text=True,
    )
    errors = [line for line in done.stdout.splitlines() if "Undefined reference" in line]
    assert not [line for line in errors if NEWER not in line.replace(os.sep, "/")], done.stdout
    assert [line for line in errors if "wrapHardwareBuffer" in line], f"nothing is checked: {done.stderr}"


@pytest.fixture(scope="module")
def example(archive, tmp_path_factory) -> Path:
    """A folder with example.apk, and with the class files of the app, its test and its runtime in app."""
    work = tmp_path_factory.mktemp("example")
    (work / "app.apk").write_bytes(build_example(archive, work))
    with zipfile.ZipFile(work / "app.jar") as opened:
        opened.extractall(work / "tested")
    paths = [work / "tested", work / "classes.jar", *class_path("test"), *class_path("compile")[1:]]
    compile_java([EXAMPLE_TEST], work / "tested", [*paths, *fetched("example")], "11")
    return work


@pytest.fixture(scope="module")
def found(example, astronaut) -> dict[str, np.ndarray]:
    """What ExampleTest found inside Robolectric with the APK's assets."""
    folder = example / "run"
    settings = folder / "com" / "android" / "tools"
    settings.mkdir(parents=True)
    picture = np.dstack([astronaut, np.full(astronaut.shape[:2], 255, np.uint8)])
    (folder / "photo.rgba").write_bytes(picture.tobytes())
    (settings / "test_config.properties").write_text(
        f"android_merged_manifest={example / 'AndroidManifest.xml'}\n"
        f"android_resource_apk={example / 'example.apk'}\nandroid_custom_package={PACKAGE}\n"
    )
    api21, *declared = class_path("compile")
    paths = [folder, example / "tested", example / "classes.jar", *class_path("test"), *declared, api21]
    (sdk,) = fetched("robolectric")
    properties = {
        "robolectric.offline": "true",
        "robolectric.dependency.dir": sdk.parent,
        "attentionmesh.example": folder,
    }
    run_tool(
        [
            *(java_tool("java"), "-Xmx1g", "--add-opens=java.base/java.io=ALL-UNNAMED"),
            *(f"-D{name}={value}" for name, value in properties.items()),
            *("-cp", os.pathsep.join(map(str, paths)), "org.junit.platform.console.ConsoleLauncher"),
            *("execute", "--disable-banner", "--disable-ansi-colors", "-c", f"{PACKAGE}.ExampleTest"),
        ],
        "ExampleTest",
    )
    assert (folder / "drawn.png").stat().st_size > 100_000
    return {name: np.fromfile(folder / f"{name}.f32", "<f4") for name in NUMBERS}


@needs_packages
@pytest.mark.slow  # D8 and a run of Robolectric, some 20 s
def test_the_example_finds_what_python_finds_with_the_assets_of_its_apk(found, astronaut) -> None:
    options = FaceLandmarkerOptions(weights="open", num_threads=1, output_face_blendshapes=True)
    with FaceLandmarker(options) as landmarker:
        expected = landmarker.detect(astronaut)
    np.testing.assert_allclose(found["landmarks"].reshape(-1, 3), expected.landmarks_px[0], atol=MOST_PX)
    np.testing.assert_allclose(found["blendshapes"], expected.blendshapes[0], atol=1e-3)
    by_gpu_network = found["gpu_landmarks"].reshape(-1, 3)
    assert not np.array_equal(by_gpu_network, found["landmarks"].reshape(-1, 3)), "both ran the same network"
    np.testing.assert_allclose(by_gpu_network, expected.landmarks_px[0], atol=GPU_PX)


@needs_packages
def test_the_apk_is_signed_aligned_and_for_api_21(example) -> None:
    apk = example / "app.apk"
    verified = run_tool([shutil.which("apksigner"), "verify", "--verbose", apk], "apksigner")
    for scheme in ("v1", "v2", "v3"):
        assert re.search(rf"using {scheme} scheme .*: true", verified)
    badging = run_tool([shutil.which("aapt2"), "dump", "badging", apk], "aapt2")
    assert f"package: name='{PACKAGE}'" in badging and "sdkVersion:'21'" in badging
    assert f"launchable-activity: name='{PACKAGE}.MainActivity'" in badging
    assert "native-code: 'arm64-v8a'" in badging
    run_tool([shutil.which("zipalign"), "-c", "4", apk], "zipalign")
    assert (RUNTIME / "lite" / "InterpreterFactoryImpl.java").is_file()
    # 16 KB pages: the alignment of every loaded segment of the natives that the app brings.
    with zipfile.ZipFile(apk) as opened:
        for name in (name for name in opened.namelist() if name.endswith(".so")):
            assert set(segment_alignments(opened.read(name))) == {16384}, name


def segment_alignments(elf: bytes) -> list[int]:
    """p_align of every PT_LOAD segment of a 64-bit little-endian ELF file."""
    start, size, count = (int.from_bytes(elf[a:b], "little") for a, b in ((32, 40), (54, 56), (56, 58)))
    headers = [elf[start + size * number :][:size] for number in range(count)]
    loaded = [header for header in headers if int.from_bytes(header[:4], "little") == 1]
    return [int.from_bytes(header[48:56], "little") for header in loaded]
