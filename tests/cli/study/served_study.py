"""A study behind a real server in this process, for tests of the application and of the page."""

from __future__ import annotations

import http.client
import json
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

from attention_mesh.cli.study.answer_store import AnswerStore
from attention_mesh.cli.study.study_set import image_bytes, load_study
from attention_mesh.cli.study.web_app import study_app
from attention_mesh.cli.study.web_server import make_server, open_socket


class Reply(NamedTuple):
    """What the server answers."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class ServedStudy:
    """Serves a study between `start` and `stop`, always at the same port.

    Args:
      folder: of the study; nothing is written to it.
      store: takes the answers.
      token: see `study_app`.
      hosts: see `study_app`.
    """

    def __init__(self, folder: Path, store: AnswerStore, token=None, hosts=None) -> None:
        self.study, self.store, self.port = load_study(folder), store, 0
        self.told: list[str] = []
        images = image_bytes(folder, self.study)
        self._app = study_app(self.study, images, store, token, hosts, self.told.append)

    def start(self) -> None:
        self._socket = open_socket("127.0.0.1", self.port)
        self.port = self._socket.getsockname()[1]
        self._server = make_server(self._app)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def __enter__(self) -> ServedStudy:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request(method, path, body, {name.replace("_", "-"): v for name, v in headers.items()})
        response = connection.getresponse()
        reply = Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        connection.close()
        return reply

    def post(self, path: str, body: object) -> Reply:
        return self.ask("POST", path, json.dumps(body).encode(), Content_Type="application/json")

    def join(self) -> dict:
        """A new participant, as the page gets it."""
        reply = self.post("/api/participants", {})
        assert reply.status == 201
        return reply.json
