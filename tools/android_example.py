"""Builds the example app: ``python tools/android_example.py --out out/example.apk``.

The app in android/example becomes an APK with the signature of a debug key, without Android's SDK: aapt2,
zipalign and apksigner are Debian's packages, D8 and Android's classes come from Maven. Its runtime is TFLite
of JavaCPP for android-arm64. The Gradle files beside the app build it with LiteRT instead.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from attention_mesh.cli.aar.archive import build_archive
from attention_mesh.cli.aar.deterministic_zip import read_zip, write_zip
from attention_mesh.cli.aar.java_build import ANDROID, SHORT_RUN, compile_java, java_tool, run_tool
from attention_mesh.cli.aar.maven_cache import class_path, fetched, tool
from attention_mesh.cli.errors import AarError
from attention_mesh.media.files import write_whole

APP = ANDROID / "example" / "app" / "src" / "main"
RUNTIME = ANDROID / "src" / "testsupport" / "java" / "org" / "tensorflow"
PACKAGE = "org.attentionmesh.example"
MIN_SDK, TARGET_SDK = 21, 34
_PASSWORD = "android"  # of every debug key
# Read in place, so they are not compressed.
_STORED = (".tflite", "resources.arsc")


def system_tool(name: str) -> str:
    """The path of aapt2, zipalign or apksigner.

    Raises:
      AarError: it is not installed.
    """
    found = shutil.which(name)
    if found is None:
        package = "aapt" if name == "aapt2" else name
        raise AarError(f"{name} is missing: on Debian, apt-get install {package}")
    return found


def runtime_class_path() -> list[Path]:
    """JavaCPP's TFLite without natives, and the interface that it implements here."""
    natives = [path for path in class_path("test") if path.name.startswith(("javacpp-", "tensorflow-lite-"))]
    interface = [path for path in class_path("compile") if path.name.startswith("tensorflow-lite-api")]
    return [path for path in natives if "linux" not in path.name] + interface


def build_example(archive: bytes, work: Path) -> bytes:
    """The signed APK.

    Args:
      archive: the content of the library's .aar file.
      work: an empty folder for what is made on the way.

    Raises:
      AarError: a tool is missing or reports an error.
    """
    (work / "library.aar").write_bytes(archive)
    library = read_zip(work / "library.aar")
    (work / "classes.jar").write_bytes(library["classes.jar"])
    entries = _linked_resources(work)
    entries |= {name: content for name, content in library.items() if name.startswith("assets/")}
    entries |= _dex(work)
    for jar in fetched("device"):
        entries |= {name: data for name, data in read_zip(jar).items() if name.startswith("lib/")}
    (work / "unaligned.apk").write_bytes(
        write_zip(entries, first=["AndroidManifest.xml", "classes.dex"], stored=_STORED)
    )
    run_tool([system_tool("zipalign"), "-f", "4", work / "unaligned.apk", work / "example.apk"], "zipalign")
    _sign(work)
    return (work / "example.apk").read_bytes()


def _linked_resources(work: Path) -> dict[str, bytes]:
    """The entries of the manifest and the resources; R.java is written to work/generated."""
    manifest = (APP / "AndroidManifest.xml").read_text(encoding="utf-8")
    # Gradle takes the package from its own file. Compressed natives need no alignment inside the APK.
    manifest = manifest.replace("<manifest ", f'<manifest package="{PACKAGE}" ', 1)
    manifest = manifest.replace("<application", '<application android:extractNativeLibs="true"', 1)
    (work / "AndroidManifest.xml").write_text(manifest, encoding="utf-8")
    aapt2 = system_tool("aapt2")
    run_tool([aapt2, "compile", "--dir", APP / "res", "-o", work / "resources.zip"], "aapt2 compile")
    levels = ["--min-sdk-version", str(MIN_SDK), "--target-sdk-version", str(TARGET_SDK)]
    versions = ["--version-code", "1", "--version-name", "1"]
    (android,) = fetched("robolectric")
    link: list[str | Path] = [aapt2, "link", "-I", android, "--manifest", work / "AndroidManifest.xml"]
    link += [*levels, *versions, "--java", work / "generated"]
    run_tool([*link, "-o", work / "linked.apk", work / "resources.zip"], "aapt2 link")
    return read_zip(work / "linked.apk")


def _dex(work: Path) -> dict[str, bytes]:
    """The dex files of the app, the library and the runtime."""
    (android,) = fetched("robolectric")
    jars = [work / "classes.jar", *runtime_class_path()]
    sources = [file for root in (APP / "java", work / "generated", RUNTIME) for file in root.rglob("*.java")]
    classes = work / "app"
    classes.mkdir()
    compile_java(sources, classes, [*fetched("example"), *jars, *class_path("compile")[1:]])
    app = {path.relative_to(classes).as_posix(): path.read_bytes() for path in classes.rglob("*.class")}
    (work / "app.jar").write_bytes(write_zip(app))
    dex = work / "dex"
    dex.mkdir()
    jdk = Path(java_tool("java")).resolve().parents[1]
    command: list[str | Path] = [java_tool("java"), "-Xmx1g", *SHORT_RUN, "-cp", tool("r8")]
    command += ["com.android.tools.r8.D8", "--release", "--min-api", str(MIN_SDK)]
    command += ["--lib", android, "--lib", jdk, "--output", dex]
    run_tool([*command, work / "app.jar", *jars], "D8")
    return {file.name: file.read_bytes() for file in dex.glob("*.dex")}


def _sign(work: Path) -> None:
    """Signs work/example.apk with a new debug key."""
    key = work / "debug.keystore"
    words = ["-storepass", _PASSWORD, "-keypass", _PASSWORD, "-alias", "androiddebugkey"]
    name = "CN=Android Debug, O=Android, C=US"
    algorithm = ["-keyalg", "RSA", "-keysize", "2048", "-validity", "10000", "-dname", name]
    run_tool([java_tool("keytool"), "-genkeypair", "-keystore", str(key), *words, *algorithm], "keytool")
    signer = [system_tool("apksigner"), "sign", "--ks", str(key), "--ks-pass", f"pass:{_PASSWORD}"]
    run_tool([*signer, "--min-sdk-version", str(MIN_SDK), str(work / "example.apk")], "apksigner")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("out/example.apk"), help="the APK to write")
    parser.add_argument("--aar", type=Path, help="the library; by default it is built, with open weights")
    options = parser.parse_args(arguments)
    archive = options.aar.read_bytes() if options.aar else build_archive("open")
    with tempfile.TemporaryDirectory() as folder:
        content = build_example(archive, Path(folder))
    write_whole(os.fspath(options.out), content, make_folder=True)
    print(f"{options.out}: {len(content) / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
