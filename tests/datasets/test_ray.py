"""Runs over a Ray cluster: the table of one process, whatever dies meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from attention_mesh.cli.app import app
from attention_mesh.datasets.check import check_table
from attention_mesh.datasets.run import run_dataset
from attention_mesh.datasets.sources import find_sources
from attention_mesh.datasets.table_folder import TableFolder
from attention_mesh.tests.datasets.conftest import read_table, write_film

FILMS = 48
OWN_NAMESPACES = ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
PROGRAM = Path(__file__).with_name("ray_program.py")


def may_unshare() -> bool:
    """Whether this user may make namespaces, in which a cluster of two machines fits on one."""
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        return False
    return (
        subprocess.run([*OWN_NAMESPACES, "ip", "link", "set", "lo", "up"], capture_output=True).returncode
        == 0
    )


@pytest.fixture(scope="module")
def runs(tmp_path_factory, astronaut: np.ndarray) -> tuple[Path, dict[str, Any]]:
    """What ray_program.py leaves of a folder of films, and its report."""
    pytest.importorskip("ray", reason="the extra `ray` has it")
    if not may_unshare():
        pytest.skip("a cluster of two machines needs `unshare --net --pid`, which this user may not")
    folder = tmp_path_factory.mktemp("ray")
    face = np.ascontiguousarray(astronaut[30:222, 130:322])
    write_film(folder / "film.mp4", [np.roll(face, 2 * step, axis=1) for step in range(16)])
    (folder / "films").mkdir()
    for number in range(FILMS):
        shutil.copy(folder / "film.mp4", folder / f"films/film{number:02}.mp4")
    ray_folder = tempfile.mkdtemp(prefix="r")  # its sockets have names of 107 bytes at most
    command = [*OWN_NAMESPACES, sys.executable, str(PROGRAM), str(folder)]
    environment = {**os.environ, "RAY_TMPDIR": ray_folder}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=280, env=environment)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-6000:]
    finally:
        shutil.rmtree(ray_folder, ignore_errors=True)
    return folder, json.loads((folder / "report.json").read_text())


@pytest.mark.slow  # 30 s: the only proof with real deaths of workers, drivers and machines of a cluster
def test_deaths_of_a_worker_two_drivers_and_a_machine_leave_the_table_of_one_process(runs):
    folder, report = runs
    run_dataset(find_sources(str(folder / "film.mp4")), folder / "one")
    expected = [{**row, "source": ""} for row in read_table(folder / "one")]
    assert len(expected) == 16
    by_film: dict[str, list[dict[str, Any]]] = {}
    for row in read_table(folder / "faces"):
        by_film.setdefault(row["source"], []).append({**row, "source": ""})
    assert len(by_film) == FILMS and all(rows == expected for rows in by_film.values())
    found = check_table(TableFolder(folder / "faces"))
    assert (found.sources, found.faces, found.problems) == ({"done": FILMS}, 16 * FILMS, [])
    assert not list(folder.glob("faces/faces/*/.*.part"))
    # Every death was in mid-run.
    assert 0 < report["stopped"]["parts"] < report["killed"]["parts"]
    last = report["machine"]
    assert 0 < last["done"] and 0 < last["at death"] < last["left"]
    assert last["left"] == last["rows"] == FILMS - last["done"]


def test_ctrl_c_and_a_kill_of_the_driver_end_all_workers(runs):
    folder, report = runs
    assert report["stopped"]["code"] == 130
    assert report["stopped"]["left behind"] == report["killed"]["left behind"] == 0
    lines = (folder / "stopped.txt").read_text().splitlines()
    assert not any("Traceback" in line for line in lines), lines


def test_a_film_beyond_its_limits_fails_in_a_cluster_too(runs):
    _, report = runs
    assert report["too slow"] == ["it took more than 0.01 seconds"]


def test_the_pages_own_job_writes_the_rows_of_its_films(runs):
    _, report = runs
    assert report["own"] == 16 * 2


@pytest.fixture
def ports():
    """Ports at which somebody listens who is no cluster: one says nothing, one speaks HTTP/1.1."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield {"silent": silent.getsockname()[1], "web": server.server_port}
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1:1", "no Ray cluster answers at 127.0.0.1:1: [Errno"),
        ("nobody.invalid:6379", "no Ray cluster answers at nobody.invalid:6379: [Errno"),
        ("127.0.0.1:{silent}", "no Ray cluster answers at 127.0.0.1:{silent} in 0.5 s"),
        ("127.0.0.1:{web}", "what answers at 127.0.0.1:{web} is no Ray cluster"),
        ("cluster", "cluster is no address of a Ray cluster; expected HOST:PORT or local"),
    ],
)
def test_an_address_without_a_cluster_is_one_clear_error(
    media_folder, tmp_path, monkeypatch, ports, address, expected
):
    ray_pool = pytest.importorskip("attention_mesh.datasets.ray_pool", reason="the extra `ray` has it")
    monkeypatch.setattr(ray_pool, "_CONNECT_SECONDS", 0.5)
    command = ["dataset", "run", str(media_folder / "a.png"), "-o", str(tmp_path / "table")]
    done = CliRunner().invoke(app, [*command, "--ray", address.format(**ports)])
    assert done.exit_code == 1
    assert f"error: {expected.format(**ports)}" in done.output
    assert not (tmp_path / "table/faces").exists()
