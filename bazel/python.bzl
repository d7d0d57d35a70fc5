"""How this repository's Python becomes Bazel targets: one library a room, one test a test file."""

load("@rules_python//python:defs.bzl", "py_library", "py_test")

# The same kinds of file that setup.py puts into the wheel.
_DATA = [
    "binpb",
    "css",
    "html",
    "js",
    "json",
    "npz",
    "pbtxt",
    "proto",
    "pyi",
    "svg",
    "tflite",
    "toml",
    "txt",
    "wgsl",
]

def room(name, deps = [], tests = []):
    """A py_library of every Python file below this folder, and of the data files they read.

    Folders with a BUILD file of their own are libraries of their own. The package's __init__.py is not in
    it: that is the public face, //:package, which needs other rooms. Without it `attention_mesh` is a
    namespace package, which holds the rooms that the target depends on and no other.

    Args:
      name: the folder's name, so that `//framework` names the library.
      deps: the rooms that this one may import.
      tests: labels of test suites, which `bazel test` on this folder then runs.
    """
    py_library(
        name = name,
        srcs = native.glob(["**/*.py"]),
        data = native.glob(["**/*." + extension for extension in _DATA], allow_empty = True),
        deps = deps + ["//:errors"],
        visibility = ["//visibility:public"],
    )
    if tests:
        native.test_suite(name = "tests", tests = tests)

def pytest_files(name, deps, data = []):
    """A py_test for every test_*.py below this folder, and a suite of them all.

    Args:
      name: the suite's name.
      deps: the libraries under test; a test sees no other file of ours.
      data: further files that the tests read.
    """
    data = data + native.glob(["**/*"], exclude = ["**/*.py", "BUILD"], allow_empty = True)
    helpers = native.glob(["**/*.py"], exclude = ["**/test_*.py"], allow_empty = True)
    targets = []
    for path in native.glob(["**/test_*.py"], allow_empty = True):
        target = path[:-len(".py")].replace("/", "_")
        targets.append(target)
        py_test(
            name = target,
            size = "large",
            srcs = [path, "//bazel:pytest_main.py"] + helpers,
            main = "//bazel:pytest_main.py",
            args = ["$(location %s)" % path],
            data = ["//:pyproject.toml", "//tests:conftest.py", "//tests/peer_programs"] + data,
            deps = deps,
            legacy_create_init = 0,
        )
    native.test_suite(
        name = name,
        tests = targets,
        visibility = ["//visibility:public"],
    )
