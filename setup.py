"""The repository root is the package `attention_mesh`; the rest of the metadata is in pyproject.toml."""

from setuptools import find_namespace_packages, setup
from setuptools.command.build_py import build_py

ROOMS = [
    "framework",
    "geometry",
    "media",
    "models",
    "drawing",
    "webgpu",
    "calculators",
    "graphs",
    "python_bindings",
    "datasets",
    "cli",
]

# Namespace packages too: a folder of graphs or .proto files has no __init__.py and is shipped all the same.
FOLDERS = find_namespace_packages(
    ".", include=[*ROOMS, *(f"{room}.*" for room in ROOMS)], exclude=["*__pycache__*"]
)


class BuildPackage(build_py):
    """Leaves this file out, which lies in the package's root."""

    def find_package_modules(self, package: str, package_dir: str) -> list[tuple[str, str, str]]:
        return [
            module for module in super().find_package_modules(package, package_dir) if module[1] != "setup"
        ]


setup(
    cmdclass={"build_py": BuildPackage},
    package_dir={"attention_mesh": "."},
    packages=["attention_mesh", *(f"attention_mesh.{folder}" for folder in FOLDERS)],
    # bazel/python.bzl names the same kinds of file.
    package_data={
        "": [
            "*.binpb",
            "*.css",
            "*.html",
            "*.js",
            "*.json",
            "*.npz",
            "*.pbtxt",
            "*.proto",
            "*.pyi",
            "*.svg",
            "*.tflite",
            "*.toml",
            "*.txt",
            "*.wgsl",
            "py.typed",
        ]
    },
    exclude_package_data={"": ["BUILD"], "attention_mesh": ["pyproject.toml"]},
    # The default, `build`, is the same name as Bazel's BUILD where the file system ignores case.
    options={"build": {"build_base": "out/setuptools"}},
)
