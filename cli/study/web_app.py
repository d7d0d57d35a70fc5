"""The web application of a study: its page, its images, and what it takes from the page.

It needs the extra `study`. Nothing that is sent depends on what an image is. Images come from memory, under
names by chance, with the same headers, and without the times and tags of files.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attention_mesh.cli.errors import StudyError
from attention_mesh.cli.study.answer_store import Answer, AnswerStore
from attention_mesh.cli.study.study_set import KINDS, StudySet
from attention_mesh.extras import MissingExtraError, install_command

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_BODY_BYTES = 1024
MOST_BODY_S = 10.0
MOST_RESPONSE_MS = 24 * 3600 * 1000
_PAGE = Path(__file__).parent / "page"
_PAGE_FILES = {
    "": ("index.html", "text/html; charset=utf-8"),
    "study.css": ("study.css", "text/css; charset=utf-8"),
    "study.js": ("study.js", "text/javascript; charset=utf-8"),
    "icon.svg": ("icon.svg", "image/svg+xml"),
}
_ID = re.compile(r"[0-9a-f]{32}")
_ANSWER_FIELDS = {"id", "participant", "image", "answer", "response_ms"}
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex",
}
"""Headers of every response."""


class Refusal(Exception):
    """A request that is answered with an error.

    Args:
      status: HTTP status code.
      text: what was wrong and what would be right.
    """

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def study_app(
    study: StudySet,
    images: Mapping[str, bytes],
    store: AnswerStore,
    token: str | None = None,
    hosts: Collection[str] | None = None,
    told: Callable[[str], object] = lambda text: None,
) -> AsgiApp:
    """Makes the application.

    Args:
      study: the set.
      images: content of every JPEG by the image's name.
      store: takes the answers.
      token: if given, everything lies below /<token>/, and every other path is unknown.
      hosts: the names of this server, without the port, that a request may ask for; None permits any. So no
        foreign page can reach a server on this machine through a name of its own that leads here.
      told: called with the text of an error that keeps answers from being stored.

    Raises:
      ImportError: starlette is not installed; the text names the extra.
    """
    try:
        from starlette.applications import Starlette
        from starlette.concurrency import run_in_threadpool
        from starlette.responses import JSONResponse, Response
        from starlette.routing import Route
    except ImportError as error:
        raise MissingExtraError(f"the page of a study needs starlette: {install_command('study')}") from error

    page = {path: ((_PAGE / file).read_bytes(), kind) for path, (file, kind) in _PAGE_FILES.items()}
    about = {"study": study.name, "images": len(study.images)}

    def page_file(path: str) -> Callable[[Request], Awaitable[Response]]:
        content, kind = page[path]

        async def respond(request: Request) -> Response:
            return Response(content, media_type=kind)

        return respond

    async def get_study(request: Request) -> Response:
        return JSONResponse(about)

    async def get_image(request: Request) -> Response:
        content = images.get(request.path_params["name"])
        if content is None:
            raise Refusal(404, "there is no such image")
        return Response(content, media_type="image/jpeg")

    async def post_participant(request: Request) -> Response:
        if await _json_body(request) != {}:
            raise Refusal(400, "the body is wrong, expected {}")
        participant = await run_in_threadpool(store.add_participant)
        body = {"participant": participant, "order": study.order(participant), "answered": []}
        return JSONResponse(body, 201)

    async def get_participant(request: Request) -> Response:
        participant = request.path_params["participant"]
        answered = await run_in_threadpool(store.answered, participant)
        if answered is None:
            raise Refusal(404, "there is no such participant")
        return JSONResponse(
            {"participant": participant, "order": study.order(participant), "answered": answered}
        )

    async def post_answer(request: Request) -> Response:
        answer = read_answer(await _json_body(request))
        if answer.image not in images:
            raise Refusal(404, "there is no such image")
        if await run_in_threadpool(store.answered, answer.participant) is None:
            raise Refusal(404, "there is no such participant")
        outcome = await run_in_threadpool(store.add, answer)
        if outcome == "conflict":
            raise Refusal(409, "this image has an answer already, and the first one counts")
        return JSONResponse({"outcome": outcome}, 201 if outcome == "stored" else 200)

    async def refuse(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)
        return JSONResponse({"error": str(error)}, error.status)

    async def unavailable(request: Request, error: Exception) -> Response:
        told(str(error))
        return JSONResponse({"error": "answers cannot be stored at the moment"}, 503)

    below = "" if token is None else f"/{token}"
    routes = [Route(f"{below}/{path}", page_file(path), methods=["GET"]) for path in page]
    routes += [
        Route(f"{below}/api/study", get_study, methods=["GET"]),
        Route(f"{below}/api/participants", post_participant, methods=["POST"]),
        Route(f"{below}/api/participants/{{participant}}", get_participant, methods=["GET"]),
        Route(f"{below}/api/answers", post_answer, methods=["POST"]),
        Route(f"{below}/images/{{name}}.jpg", get_image, methods=["GET"]),
    ]
    app = Starlette(routes=routes, exception_handlers={Refusal: refuse, StudyError: unavailable})
    app.router.redirect_slashes = False  # a redirect would name the host that was asked for
    return _guarded(app, hosts)


def read_answer(body: Any) -> Answer:
    """The answer in the body of a request. Raises Refusal for a wrong one."""
    if not isinstance(body, dict) or body.keys() != _ANSWER_FIELDS:
        raise Refusal(400, f"the body is wrong, expected an object of {', '.join(sorted(_ANSWER_FIELDS))}")
    for name in ("id", "participant", "image"):
        if not isinstance(body[name], str) or not _ID.fullmatch(body[name]):
            raise Refusal(400, f"{name} is wrong, expected 32 hexadecimal digits")
    if body["answer"] not in KINDS:
        raise Refusal(400, f"answer is wrong, expected one of {', '.join(KINDS)}")
    time = body["response_ms"]
    if type(time) is not int or not 0 <= time <= MOST_RESPONSE_MS:
        raise Refusal(400, f"response_ms is wrong, expected a whole number from 0 to {MOST_RESPONSE_MS}")
    return Answer(body["id"], body["participant"], body["image"], body["answer"], time)


async def _json_body(request: Request) -> Any:
    """The JSON in a request. Raises Refusal if it is too large or something else.

    A page elsewhere can send JSON with this content type only if this server permits it, which it does not.
    """
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise Refusal(415, "the content type is wrong, expected application/json")
    try:
        body = await asyncio.wait_for(_body(request), MOST_BODY_S)
    except asyncio.TimeoutError:  # noqa: UP041 - another class before Python 3.11
        raise Refusal(408, "the body did not come in time") from None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Refusal(400, "the body is no JSON") from None


async def _body(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BODY_BYTES:
            raise Refusal(413, f"the body is too large, expected {MOST_BODY_BYTES} bytes or less")
    return body


def _guarded(app: AsgiApp, hosts: Collection[str] | None) -> AsgiApp:
    """The application behind the check of the host, with `HEADERS` in every response."""
    extra = [(name.encode("ascii"), value.encode("ascii")) for name, value in HEADERS.items()]

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *extra]}
            await send(message)

        if scope["type"] != "http":
            return
        if hosts is not None and _host(scope) not in hosts:
            start = {"type": "http.response.start", "status": 421, "headers": []}
            await send_with_headers(start)
            await send_with_headers({"type": "http.response.body", "body": b"unknown host"})
            return
        await app(scope, receive, send_with_headers)

    return guarded


def _host(scope: Scope) -> str:
    """The name of the server that a request asks for, without the port."""
    named = dict(scope["headers"]).get(b"host", b"").decode("latin-1").lower()
    return re.sub(r":\d*$", "", named)
