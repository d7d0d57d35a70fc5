# make demo    a face in a photo and in a video: out/astronaut.png, out/astronaut.mp4, the speed, and a puppet that
#              the face moves: out/puppet.mp4; the face with lipstick: out/makeup.png
# make test    ruff, mypy, the site, the Bazel targets (if bazel is installed) and every test
# make help    the rest
# On Windows run it in Git Bash: the recipes are written for a POSIX shell.

ifeq ($(OS),Windows_NT)
PYTHON ?= python
SCRIPTS := Scripts
else
PYTHON ?= python3
SCRIPTS := bin
endif
BAZEL ?= bazel
# mediapipe 0.10.21, the peer of the benchmarks, has wheels for Python 3.9 to 3.12.
PEER_PYTHON ?= $(PYTHON)
# The oldest Python that pyproject.toml allows: the lowest versions of some packages have wheels for no newer one.
LOWEST_PYTHON ?= python3.10
LOWEST_TESTS ?= $(addprefix tests/,framework geometry media drawing webgpu calculators graphs models python_bindings datasets cli)
BAZEL_TARGETS ?= //framework/... //geometry/...
# The tests of a file one after another: they share fixtures that are slow to make. One worker more than CI has
# cores, because many tests wait for a program, a film or a clock.
PYTEST_FLAGS ?= -n 3 --dist loadfile

BIN := .venv/$(SCRIPTS)
PEER_BIN := .venv-mediapipe/$(SCRIPTS)
RUNNABLE := .venv/.runnable
INSTALLED := .venv/.installed
PEER := .venv-mediapipe/.installed
LOWEST_BIN := .venv-lowest/$(SCRIPTS)
LOWEST := .venv-lowest/.installed
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --no-input

# Tests in Bazel's sandbox may write to the cache of the weights, as tests outside do.
define CACHE_FOLDER
from attention_mesh.models.weights.cache import cache_folder
cache_folder().mkdir(parents=True, exist_ok=True)
print(cache_folder())
endef
export CACHE_FOLDER

# The folders of the package; setup.py and tests/test_import_rules.py name the same.
ROOMS := framework geometry media models drawing webgpu calculators graphs python_bindings datasets cli

.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help install demo test lint ruff-check ruff-format mypy docs bazel pytest lowest api protos bench peer
.PHONY: wheel clean distclean

help:
	@echo "make demo       annotate a photo and a video in out/, move a puppet, try lipstick, print the speed"
	@echo "make test       ruff, mypy, the site, Bazel ($(BAZEL_TARGETS)) and pytest"
	@echo "make lint | docs | bazel | pytest    one part of it; docs writes the site to out/site"
	@echo "make install    the environment .venv with everything the other targets need"
	@echo "make lowest     the tests with the lowest versions that pyproject.toml allows (Python 3.10)"
	@echo "make protos     compile the .proto files to the committed descriptor sets and stubs"
	@echo "make api        list the public API in tests/public_api.txt"
	@echo "make peer       the environment .venv-mediapipe with mediapipe 0.10.21"
	@echo "make bench      measure the engine, and the face mesh against mediapipe"
	@echo "make wheel      dist/attention_mesh-*.whl"
	@echo "make clean      remove what was made; distclean: the environments too"

install: $(INSTALLED)

$(RUNNABLE): pyproject.toml setup.py
	@PYTHON="$(PYTHON)" bash .ci/system_packages
	@echo "==> Installing Attention Mesh into .venv"
	@test -x $(BIN)/python && $(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@$(BIN)/python tools/pip_progress.py install -e '.[demo]'
	@touch $@

$(INSTALLED): $(RUNNABLE)
	@echo "==> Installing what tests and training need into .venv (TensorFlow and JAX among it)"
	@$(BIN)/python tools/pip_progress.py install -e '.[dev]'
	@touch $@

demo: $(RUNNABLE)
	@$(BIN)/attention-mesh demo --output out

test: lint docs bazel pytest

lint: ruff-check ruff-format mypy

ruff-check: $(INSTALLED)
	@echo "==> ruff check"
	@$(BIN)/ruff check .

ruff-format: $(INSTALLED)
	@echo "==> ruff format"
	@$(BIN)/ruff format --check .

mypy: $(INSTALLED)
	@echo "==> mypy"
	@$(BIN)/python tools/package_link.py out/package $(ROOMS) tools
	@$(BIN)/python tools/page_programs.py out/package
	@MYPYPATH=out/package $(BIN)/mypy -m attention_mesh -m attention_mesh.__main__ \
		-m attention_mesh.errors -m attention_mesh.extras -m attention_mesh.forks -m attention_mesh.limits \
		$(ROOMS:%=-p attention_mesh.%) -p attention_mesh.tools -p programs

docs: $(INSTALLED)
	@echo "==> mkdocs"
	@$(BIN)/python tools/package_link.py out/package $(ROOMS)
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

bazel: $(INSTALLED)
	@echo "==> Bazel: $(BAZEL_TARGETS)"
	@if command -v "$(BAZEL)" >/dev/null; then \
		weights=$$($(BIN)/python -c "$$CACHE_FOLDER") && \
		PATH="$(CURDIR)/$(BIN):$$PATH" "$(BAZEL)" test --sandbox_writable_path="$$weights" $(BAZEL_TARGETS); \
	else \
		echo "bazel is not installed, so this part is left out; on Debian: apt-get install bazel-bootstrap"; \
	fi

# Programs that tests start find compiled modules, whatever the caller set.
pytest: $(INSTALLED)
	@echo "==> pytest"
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest $(PYTEST_FLAGS)

lowest: $(LOWEST)
	@echo "==> pytest with the lowest versions"
	@$(LOWEST_BIN)/python -m pytest $(PYTEST_FLAGS) $(LOWEST_TESTS)

$(LOWEST): pyproject.toml .ci/lowest-versions.txt
	@echo "==> Installing the lowest versions into .venv-lowest"
	@test -x $(LOWEST_BIN)/python || $(LOWEST_PYTHON) -m venv .venv-lowest
	@$(LOWEST_BIN)/python $(PIP_INSTALL) -c .ci/lowest-versions.txt \
		-e '.[demo,onnx,parquet,plot,puppet,rerun,study,supervision,tensorboard,train,train-jax]' \
		pytest pytest-timeout pytest-xdist hypothesis psutil onnxruntime
	@touch $@

api: $(INSTALLED)
	@$(BIN)/python tools/public_api.py

protos: $(INSTALLED)
	@$(BIN)/python tools/compile_protos.py

peer: $(PEER)

$(PEER):
	@echo "==> Installing mediapipe 0.10.21 into .venv-mediapipe"
	@test -x $(PEER_BIN)/python || $(PEER_PYTHON) -m venv .venv-mediapipe
	@$(PEER_BIN)/python $(PIP_INSTALL) mediapipe==0.10.21
	@touch $@

bench: $(INSTALLED) $(PEER)
	@$(BIN)/python benchmarks/engine.py --output benchmarks/results/engine.md
	@$(BIN)/python benchmarks/frame_parts.py --output benchmarks/results/frame_parts.md
	@$(BIN)/python benchmarks/face_mesh.py --output benchmarks/results/face_mesh.md --readme
	@$(BIN)/python benchmarks/face_mesh.py --quick --output benchmarks/results/face_mesh_neighbors.md
	@$(BIN)/python benchmarks/end_to_end.py --output benchmarks/results/end_to_end.md
	@$(BIN)/python benchmarks/mediapipe_graphs.py --output benchmarks/results/mediapipe_graphs.md
	@$(BIN)/python benchmarks/quantization.py --output benchmarks/results/quantization.md

wheel: $(INSTALLED)
	@rm -rf out/setuptools
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .
	@ls dist/*.whl

clean:
	@rm -rf out dist build attention_mesh.egg-info .pytest_cache .ruff_cache .hypothesis
	@find . -name '.venv*' -prune -o -name __pycache__ -print0 | xargs -0 rm -rf

distclean: clean
	@rm -rf .venv .venv-mediapipe .venv-lowest
