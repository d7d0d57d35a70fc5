"""The web application behind a real server: what it sends, what it takes, and what it refuses."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator

import pytest

from attention_mesh.cli.errors import StudyError
from attention_mesh.cli.study import web_app
from attention_mesh.cli.study.answer_store import AnswerStore
from attention_mesh.cli.study.study_set import load_study
from attention_mesh.cli.study.web_app import HEADERS, MOST_BODY_BYTES, MOST_RESPONSE_MS
from attention_mesh.cli.study.web_server import LOOPBACK_NAMES
from attention_mesh.tests.cli.study.served_study import ServedStudy

pytest.importorskip("starlette", reason="starlette is in the study extra")
pytest.importorskip("uvicorn", reason="uvicorn is in the study extra")


@pytest.fixture(scope="module")
def site(made, tmp_path_factory) -> Iterator[ServedStudy]:
    file = tmp_path_factory.mktemp("answers") / "answers.sqlite3"
    with (
        AnswerStore(file, load_study(made.folder).name) as store,
        ServedStudy(made.folder, store, hosts=LOOPBACK_NAMES) as served,
    ):
        yield served


@pytest.fixture(scope="module")
def secret_site(made, tmp_path_factory) -> Iterator[ServedStudy]:
    """Served below a token, to any host."""
    file = tmp_path_factory.mktemp("answers") / "answers.sqlite3"
    with (
        AnswerStore(file, load_study(made.folder).name) as store,
        ServedStudy(made.folder, store, store.token) as served,
    ):
        yield served


def answer(person: dict, turn: int = 0, **changes: object) -> dict:
    good = {
        "id": f"{turn:032x}",
        "participant": person["participant"],
        "image": person["order"][turn],
        "answer": "real",
        "response_ms": 900,
    }
    return {**good, **changes}


def test_a_person_answers_and_resumes(site) -> None:
    person = site.join()
    assert sorted(person["order"]) == [image.name for image in site.study.images]
    assert person["order"] == site.study.order(person["participant"])
    given = {**answer(person), "id": "a" * 32}
    first, again = site.post("/api/answers", given), site.post("/api/answers", given)
    assert (first.status, first.json) == (201, {"outcome": "stored"})
    assert (again.status, again.json) == (200, {"outcome": "known"})
    assert site.post("/api/answers", {**given, "id": "b" * 32}).status == 409
    resumed = site.ask("GET", f"/api/participants/{person['participant']}").json
    assert resumed == {**person, "answered": [given["image"]]}
    stored = [one for one in site.store.answers() if one.participant == person["participant"]]
    assert [(one.image, one.answer, one.response_ms) for one in stored] == [(given["image"], "real", 900)]


def test_two_people_have_two_orders(site) -> None:
    orders = {tuple(site.join()["order"]) for _ in range(8)}
    assert len(orders) > 1  # of six images: by chance all are equal once in 6!**7 times


WRONG_ANSWERS = {
    "no object": ([], 400, "expected an object of answer, id, image, participant, response_ms"),
    "a field less": (("response_ms", None), 400, "expected an object of"),
    "a field more": ({"name": "Eva"}, 400, "expected an object of"),
    "an id of another length": ({"id": "abc"}, 400, "id is wrong"),
    "an id of other letters": ({"id": "G" * 32}, 400, "id is wrong"),
    "an id with a line break": ({"id": "a" * 32 + "\n"}, 400, "id is wrong"),
    "a number for an id": ({"id": 7}, 400, "id is wrong"),
    "a path for an image": ({"image": "../key"}, 400, "image is wrong"),
    "an unknown image": ({"image": "0" * 32}, 404, "no such image"),
    "an unknown participant": ({"participant": "0" * 32}, 404, "no such participant"),
    "another answer": ({"answer": "fake"}, 400, "expected one of real, ar"),
    "a list for an answer": ({"answer": ["real"]}, 400, "expected one of real, ar"),
    "a time before": ({"response_ms": -1}, 400, "response_ms is wrong"),
    "a time of days": ({"response_ms": MOST_RESPONSE_MS + 1}, 400, "response_ms is wrong"),
    "a fraction": ({"response_ms": 1.5}, 400, "response_ms is wrong"),
    "a truth value": ({"response_ms": True}, 400, "response_ms is wrong"),
    "no number": ({"response_ms": float("nan")}, 400, "response_ms is wrong"),
}


@pytest.mark.parametrize("case", WRONG_ANSWERS)
def test_a_wrong_answer_is_refused_and_not_stored(case, site) -> None:
    changes, status, error = WRONG_ANSWERS[case]
    before = len(site.store.answers())
    body = answer(site.join(), id="c" * 32)
    if isinstance(changes, dict):
        body.update(changes)
    elif isinstance(changes, tuple):
        del body[changes[0]]
    reply = site.post("/api/answers", body if changes else changes)
    assert reply.status == status and error in reply.json["error"]
    assert len(site.store.answers()) == before


WRONG_REQUESTS = {
    "no JSON": ("POST", "/api/answers", b"{", "application/json", 400),
    "no UTF-8": ("POST", "/api/answers", b'"\xff"', "application/json", 400),
    "nested without end": ("POST", "/api/answers", b"[" * MOST_BODY_BYTES, "application/json", 400),
    "a form, as other pages may send": ("POST", "/api/answers", b"{}", "text/plain", 415),
    "no type": ("POST", "/api/participants", b"{}", "", 415),
    "a body too large": (
        *("POST", "/api/answers", b" " * (MOST_BODY_BYTES + 1), "application/json"),
        413,
    ),
    "a body for a participant": ("POST", "/api/participants", b'{"participant": 1}', "application/json", 400),
    "an unknown participant": ("GET", f"/api/participants/{'0' * 32}", None, "", 404),
    "a quote in a participant": ("GET", "/api/participants/'%20OR%201", None, "", 404),
    "an unknown image": ("GET", f"/images/{'0' * 32}.jpg", None, "", 404),
    "the key": ("GET", "/key.json", None, "", 404),
    "the key beside the page": ("GET", "/images/../key.json", None, "", 404),
    "the key beside the images": ("GET", "/images/..%2fkey.json", None, "", 404),
    "the answers": ("GET", "/answers.sqlite3", None, "", 404),
    "a list of images": ("GET", "/images/", None, "", 404),
    "another method": ("DELETE", "/api/answers", None, "", 405),
}


@pytest.mark.parametrize("case", WRONG_REQUESTS)
def test_a_wrong_request_is_refused(case, site) -> None:
    method, path, body, kind, status = WRONG_REQUESTS[case]
    reply = site.ask(method, path, body, **({"Content_Type": kind} if kind else {}))
    assert reply.status == status
    assert b"Traceback" not in reply.body and b"seed" not in reply.body


def test_an_endless_body_is_refused_before_it_ends(site) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=120)
    connection.putrequest("POST", "/api/answers")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", "1000000000")
    connection.endheaders()
    connection.send(b" " * (2 * MOST_BODY_BYTES))
    assert connection.getresponse().status == 413
    connection.close()


def test_a_body_that_does_not_come_is_refused(site, monkeypatch) -> None:
    monkeypatch.setattr(web_app, "MOST_BODY_S", 0.2)
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=120)
    connection.putrequest("POST", "/api/answers")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", "100")
    connection.endheaders()
    assert connection.getresponse().status == 408
    connection.close()


@pytest.mark.parametrize("path", ["/", "/study.js", "/api/study", "/absent", "/images/x.jpg"])
def test_every_response_has_the_security_headers(path, site) -> None:
    headers = site.ask("GET", path).headers
    assert HEADERS.items() <= headers.items()
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "server" not in headers


def test_the_page_asks_for_nothing_from_elsewhere(site) -> None:
    for path in ("/", "/study.js", "/study.css", "/icon.svg"):
        text = site.ask("GET", path).body.decode()
        assert "https:" not in text and "//cdn" not in text
        assert text.replace("http://www.w3.org/2000/svg", "").count("http:") == 0


def test_nothing_that_is_sent_tells_the_kind(site) -> None:
    """Headers of real and AR images differ in the time of the request and the length alone."""
    headers: dict[str, set] = {"real": set(), "ar": set()}
    for image in site.study.images:
        reply = site.ask("GET", f"/images/{image.name}.jpg")
        assert reply.status == 200 and len(reply.body) == int(reply.headers["content-length"])
        rest = {name: v for name, v in reply.headers.items() if name not in ("date", "content-length")}
        headers[image.kind].add(json.dumps(rest, sort_keys=True))
    assert headers["real"] == headers["ar"] and len(headers["ar"]) == 1
    assert not {"etag", "last-modified", "accept-ranges"} & json.loads(*headers["ar"]).keys()
    texts = [site.ask("GET", "/api/study").body, json.dumps(site.join()).encode()]
    for word in (b"seed", b"anna", b"matte", b'"ar"', b'"real"'):
        assert not [text for text in texts if word in text]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:80", 200),
        ("127.0.0.1:9000", 200),
        ("[::1]:80", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("", 421),
    ],
)
def test_a_foreign_name_for_this_machine_is_refused(host, status, site) -> None:
    assert site.ask("GET", "/api/study", Host=host).status == status


def test_with_a_token_everything_else_is_unknown(secret_site) -> None:
    token = secret_site.store.token
    assert secret_site.ask("GET", f"/{token}/", Host="192.0.2.5:8000").status == 200
    assert secret_site.ask("GET", f"/{token}/api/study").status == 200
    name = secret_site.study.images[0].name
    assert secret_site.ask("GET", f"/{token}/images/{name}.jpg").status == 200
    for path in ("/", f"/{token}", "/api/study", f"/images/{name}.jpg", f"/{'0' * 32}/", f"/{token}x/"):
        reply = secret_site.ask("GET", path)
        assert reply.status == 404 and token not in str(reply)


def test_a_store_that_fails_is_told_and_the_page_may_try_again(made, tmp_path) -> None:
    class FullDisk(AnswerStore):
        def add(self, answer):
            raise StudyError("answers.sqlite3: database or disk is full")

    with FullDisk(tmp_path / "answers.sqlite3", load_study(made.folder).name) as store:
        with ServedStudy(made.folder, store) as site:
            reply = site.post("/api/answers", answer(site.join()))
        assert reply.status == 503 and "full" not in reply.json["error"]
        assert site.told == ["answers.sqlite3: database or disk is full"]


def test_many_people_at_once(site) -> None:
    """Eight people send all their answers, each twice, at the same time."""
    people = [site.join() for _ in range(8)]
    outcomes: list[int] = []

    def send(index: int) -> None:
        for turn in range(len(people[index]["order"])):
            for _ in range(2):
                body = answer(people[index], turn, id=f"{1000 * (index + 1) + turn:032x}")
                outcomes.append(site.post("/api/answers", body).status)

    threads = [threading.Thread(target=send, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [200] * 48 + [201] * 48
