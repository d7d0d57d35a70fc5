"""`attention-mesh study serve` as a program: its address, its end, and what wrong input says."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from attention_mesh.cli.study.answer_store import AnswerStore
from attention_mesh.cli.study.study_set import load_study
from attention_mesh.cli.study.web_server import is_loopback, page_url
from attention_mesh.extras import install_command

pytest.importorskip("uvicorn", reason="uvicorn is in the study extra")


@pytest.fixture
def folder(made, tmp_path) -> Path:
    """A study to which a test may write."""
    return Path(shutil.copytree(made.folder, tmp_path / "lips"))


def start(start_processes, folder: Path, *more: str) -> tuple[subprocess.Popen[str], str]:
    """Starts the program. Returns it, and the address that it prints."""
    command = [sys.executable, "-m", "attention_mesh", "study", "serve", str(folder), "--port", "0", *more]
    (process,) = start_processes(command, 1)
    assert process.stdout is not None and process.stderr is not None
    line = process.stdout.readline()
    found = re.search(r"http://\S+", line)
    if found is None:
        pytest.fail(line + process.stderr.read())
    return process, found[0]


def post(url: str, path: str, body: object) -> tuple[int, dict]:
    host, _, rest = url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=120)
    connection.request("POST", f"/{rest}{path}", json.dumps(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    reply = response.status, json.loads(response.read())
    connection.close()
    return reply


def give(url: str, count: int) -> list[str]:
    """A new person answers some images. Returns the names of those that were acknowledged."""
    _, person = post(url, "api/participants", {})
    for turn, image in enumerate(person["order"][:count]):
        body = {"id": os.urandom(16).hex(), "participant": person["participant"], "image": image}
        assert post(url, "api/answers", {**body, "answer": "ar", "response_ms": turn})[0] == 201
    return person["order"][:count]


def begin_request(url: str) -> socket.socket:
    """A request whose body does not come."""
    host, port = url.removeprefix("http://").split("/")[0].split(":")
    opened = socket.create_connection((host, int(port)), timeout=120)
    head = f"POST /api/answers HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    opened.sendall(f"{head}Content-Length: 500\r\n\r\n{{".encode())
    return opened


STOPS = [number for name in ("SIGINT", "SIGHUP") if (number := getattr(signal, name, None))]


@pytest.mark.parametrize("stop", STOPS)
def test_a_stop_ends_it_cleanly_and_counts(stop, folder, start_processes, default_signals) -> None:
    process, url = start(start_processes, folder)
    give(url, 2)
    with begin_request(url):
        process.send_signal(stop)
        out, err = process.communicate(timeout=120)
    assert process.returncode == 128 + stop
    assert "2 answers of 1 people are stored" in out
    assert err.splitlines() == ["Ctrl-C ends it"]
    assert not list(folder.glob("*-wal"))  # the file is whole by itself


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_kill_loses_no_answer_and_the_study_goes_on(folder, start_processes, run_study) -> None:
    process, url = start(start_processes, folder)
    given = give(url, 5)
    process.kill()
    process.wait()
    study = load_study(folder)
    with AnswerStore(folder / "answers.sqlite3", study.name) as store:
        assert sorted(one.image for one in store.answers()) == sorted(given)
    process, url = start(start_processes, folder)
    give(url, 1)
    code, text = run_study("report", folder)  # while people answer
    assert code == 0 and text.startswith("6 answers of 2 people to 6 images")
    process.send_signal(signal.SIGINT)
    assert "6 answers of 2 people" in process.communicate(timeout=120)[0]


def test_another_host_needs_the_token_and_warns(folder, start_processes, default_signals) -> None:
    process, url = start(start_processes, folder, "--host", "0.0.0.0")
    token = re.fullmatch(r"http://[\w.:-]+/([0-9a-f]{32})/", url)
    assert token is not None
    local = re.sub(r"//.*:(\d+)/.*", r"//127.0.0.1:\1/", url)
    assert len(give(f"{local}{token[1]}/", 1)) == 1
    with pytest.raises(json.JSONDecodeError):  # 404, in plain text
        post(local, "api/participants", {})
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert "warning: everybody in the network" in err
    with AnswerStore(folder / "answers.sqlite3", load_study(folder).name) as store:
        assert store.token == token[1]  # so that a page outlives a restart


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("LocalHost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.7", False),
        ("localhost.example", False),
    ],
)
def test_loopback_is(host, expected) -> None:
    assert is_loopback(host) == expected


def test_addresses_of_the_page() -> None:
    assert page_url("127.0.0.1", 8000, None) == "http://127.0.0.1:8000/"
    assert page_url("::1", 8000, None) == "http://[::1]:8000/"
    assert page_url("box.example", 80, "ab") == "http://box.example:80/ab/"
    assert "0.0.0.0" not in page_url("0.0.0.0", 80, "ab")


def test_wrong_input_is_one_error(folder, run_study, tmp_path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        cases = {
            (folder, "--port", port): (2, "Address already in use"),
            (folder, "--host", "no.such.host.invalid"): (2, "there is no such host"),
            (folder, "--host", "192.0.2.1"): (2, "annot assign requested address"),
            (tmp_path,): (1, "no study is here"),
            (tmp_path / "absent",): (1, "no study is here"),
        }
        for arguments, (expected, error) in cases.items():
            code, text = run_study("serve", *arguments)
            assert code == expected, text
            assert error in " ".join(text.split()) and text.count("error:") == 1
    image = next((folder / "images").iterdir())
    image.unlink()
    code, text = run_study("serve", folder)
    assert code == 1 and image.name in "".join(text.split())


@pytest.mark.parametrize(("package", "module"), [("starlette", "starlette.routing"), ("uvicorn", "uvicorn")])
def test_without_the_extra_it_is_named(package, module, folder, run_study, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    code, text = run_study("serve", folder, "--port", 0)
    assert code == 1
    assert f"needs {package}: {install_command('study')}" in " ".join(text.split())
