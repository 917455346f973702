"""The addresses of the studio and what they answer.

Every answer but the page is an operation of `composer.studio.openapi`. What was asked wrongly is a
status and one line, `{"error": ...}`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from composer.errors import ComposerError, FileError, RequestError
from composer.process import CrashedError
from composer.studio import openapi
from composer.studio.engine import FullError, Job
from composer.studio.events import as_text
from composer.studio.guard import Guard, TooLargeError, bounded_body
from composer.studio.stage import Stage, join_address, qr_svg
from composer.studio.studio import UPLOAD_BYTES, USUAL_CANDIDATES, Studio
from composer.studio.works import UnknownError, Work

PAGE = Path(__file__).with_name("page")
_PAGE_SUFFIXES = {
    ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
}  # fmt: skip
_BODY_BYTES = 2_000_000
_STATUS = (
    (UnknownError, 404), (TooLargeError, 413), (FullError, 429), (CrashedError, 500),
)  # fmt: skip
_FOREVER = {"cache-control": "private, max-age=31536000, immutable"}


@dataclass(frozen=True)
class Asked:
    """What a request says: the parts of its path, its query, and its body (checked)."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]
    data: bytes = b""


class Answers:
    """A method an operation, by its name. Those that wait for a process are run in threads."""

    def __init__(self, studio: Studio, join_address: str = "") -> None:
        self.studio = studio
        self.show = Stage(studio)
        self.join_address = join_address

    def openapi(self, asked: Asked) -> Any:
        from importlib.metadata import version

        return openapi.document(version("symbolic-composer"))

    def vocabulary(self, asked: Asked) -> Any:
        from composer.studio.vocabulary import vocabulary

        return vocabulary()

    def sentence(self, asked: Asked) -> Any:
        from composer.composing.asking.sentence import request_from_text

        return request_from_text(asked.query.get("text", "")).plain()

    def jobs(self, asked: Asked) -> Any:
        return [self.studio.plain_job(job) for job in self.studio.engine.jobs]

    def job(self, asked: Asked) -> Any:
        return self.studio.plain_job(self._job(asked))

    def cancel(self, asked: Asked) -> Any:
        return self.studio.plain_job(self.studio.engine.cancel(self._job(asked).id))

    def compose(self, asked: Asked) -> Any:
        from composer.composing.asking.sentence import request_from_text

        fields = {**request_from_text(asked.body.get("text", "")).fields}
        fields |= asked.body.get("fields", {})
        job = self.studio.compose(
            fields,
            candidates=asked.body.get("candidates", USUAL_CANDIDATES),
            seed=asked.body.get("seed"),
            melody=asked.body.get("melody", ""),
            like=asked.body.get("like", ""),
        )
        return self.studio.plain_job(job)

    def works(self, asked: Asked) -> Any:
        return [
            {"id": id, "title": title, "changed": changed}
            for id, title, changed in self.studio.works.all()
        ]

    def begin(self, asked: Asked) -> Any:
        job = self._job(asked, asked.body["job"])
        return self.studio.plain_work(self.studio.begin(job, asked.body["candidate"]))

    def upload(self, asked: Asked) -> Any:
        name = Path(asked.query.get("name", "")).name
        return self.studio.plain_work(self.studio.begin_with(self.studio.read(asked.data, name)))

    def work(self, asked: Asked) -> Any:
        return self.studio.plain_work(self._work(asked))

    def delete(self, asked: Asked) -> Any:
        work = self._work(asked)
        self.studio.delete(work)
        return {"id": work.id}

    def mix(self, asked: Asked) -> Any:
        work = self._work(asked)
        work.keep_mix(asked.body["mix"])
        return self.studio.plain_work(work)

    def session(self, asked: Asked) -> Response:
        work = self._work(asked)
        return _download(f"{work.title}.session", work.path.read_bytes())

    def undo(self, asked: Asked) -> Any:
        return self._changed(asked, lambda session: session.undo())

    def redo(self, asked: Asked) -> Any:
        return self._changed(asked, lambda session: session.redo())

    def go(self, asked: Asked) -> Any:
        return self._changed(asked, lambda session: session.go_to(asked.body["version"]))

    def label(self, asked: Asked) -> Any:
        return self._changed(asked, lambda session: session.label(asked.body["text"]))

    def lock(self, asked: Asked) -> Any:
        return self._changed(asked, lambda session: session.lock(*_bars_and_parts(asked.body)))

    def unlock(self, asked: Asked) -> Any:
        return self._changed(asked, lambda session: session.unlock(*_bars_and_parts(asked.body)))

    def edit(self, asked: Asked) -> Any:
        changes, label = asked.body["changes"], asked.body.get("label", "")
        return self._changed(asked, lambda session: session.edit(changes, label))

    def verb(self, asked: Asked) -> Any:
        job = self.studio.do(
            self._work(asked),
            asked.path["verb"],
            asked.body.get("arguments", {}),
            seed=asked.body.get("seed"),
            alternatives=asked.body.get("alternatives", 1),
            is_chain=asked.body.get("is_chain", False),
        )
        return self.studio.plain_job(job)

    def piece(self, asked: Asked) -> Response:
        from composer.studio.plain import plain_piece

        return JSONResponse(
            plain_piece(self.studio.shelf.get(asked.path["piece"])[0]), 200, _FOREVER
        )

    def playing(self, asked: Asked) -> Response:
        return JSONResponse(self.studio.playing(asked.path["piece"]), 200, _FOREVER)

    def sound(self, asked: Asked) -> Response:
        place, span = (_number(asked.path[name]) for name in ("part", "span"))
        data = self.studio.sound(asked.path["piece"], place, span)
        return Response(data, 200, _FOREVER, "audio/wav")

    def score(self, asked: Asked) -> Response:
        return JSONResponse(self.studio.score(asked.path["piece"]), 200, _FOREVER)

    def facts(self, asked: Asked) -> Response:
        return JSONResponse(self.studio.facts(asked.path["piece"]), 200, _FOREVER)

    def file(self, asked: Asked) -> Response:
        place = asked.query.get("part")
        name, data = self.studio.file(
            asked.path["piece"], asked.path["format"], None if place is None else _number(place)
        )
        return _download(name, data)

    def note(self, asked: Asked) -> Response:
        program, pitch = (_number(asked.query.get(name, "")) for name in ("program", "pitch"))
        if not (0 <= program < 128 and 0 <= pitch < 128):
            raise RequestError("give a program and a pitch of 0 to 127")
        data = self.studio.note(program, pitch, asked.query.get("drums") == "1")
        return Response(data, 200, _FOREVER, "audio/wav")

    def stage(self, asked: Asked) -> Any:
        return self.show.plain()

    def start_show(self, asked: Asked) -> Any:
        from composer.composing.asking.sentence import request_from_text

        fields = {**request_from_text(asked.body.get("text", "")).fields}
        return self.studio.plain_job(self.show.start(fields | asked.body.get("fields", {})))

    def stop_show(self, asked: Asked) -> Any:
        self.show.stop()
        return self.show.plain()

    def dream(self, asked: Asked) -> Any:
        self.show.dream()
        return self.show.plain()

    def show_is_at(self, asked: Asked) -> Any:
        self.show.at(asked.body["seconds"])
        return self.show.plain()

    def say(self, asked: Asked) -> Any:
        self.show.say(asked.body["visitor"], asked.body)
        return self.show.plain()

    def code(self, asked: Asked) -> Response:
        return Response(qr_svg(self.join_address), media_type="image/svg+xml")

    def _changed(self, asked: Asked, change: Callable[[Any], object]) -> Any:
        work = self._work(asked)
        with work.changing() as session:
            change(session)
        self.studio.tell_work(work)
        return self.studio.plain_work(work)

    def _work(self, asked: Asked) -> Work:
        return self.studio.works.find(asked.path["work"])

    def _job(self, asked: Asked, id: str = "") -> Job:
        try:
            return self.studio.engine.job(id or asked.path["job"])
        except KeyError:
            raise UnknownError("there is no such job") from None


def build_app(studio: Studio, token: str = "", guest_token: str = "", join: str = "") -> Starlette:
    """The whole server; it starts and ends the studio's processes with itself. `join` is the
    address for an audience."""
    answers = Answers(studio, join)

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        studio.events.attach(asyncio.get_running_loop())
        studio.start()
        yield
        studio.close()

    async def listen(request: Request) -> Response:
        async def texts() -> AsyncIterator[bytes]:
            async for kind, value in studio.events.listen():
                yield as_text(kind, value)

        return StreamingResponse(
            texts(), media_type="text/event-stream", headers={"cache-control": "no-store"}
        )

    routes = [Route("/", _page), Route("/join", _join_page), Route("/page/{name}", _page)]
    for operation in openapi.OPERATIONS:
        endpoint = listen if operation.name == "listen" else _endpoint(operation, answers)
        routes.append(Route(operation.path, endpoint, methods=[operation.method]))
    return Starlette(
        routes=routes,
        lifespan=life,
        middleware=[Middleware(Guard, token=token, guest_token=guest_token)],
        exception_handlers={404: _not_found, 405: _not_found},
    )


def _endpoint(
    operation: openapi.Operation, answers: Answers
) -> Callable[[Request], Awaitable[Response]]:
    answer: Callable[[Asked], Any] = getattr(answers, operation.name)

    async def endpoint(request: Request) -> Response:
        try:
            asked = await _asked(operation, request)
            told = await asyncio.to_thread(answer, asked)
        except (ComposerError, OSError) as error:
            return _refusal(error)
        return told if isinstance(told, Response) else JSONResponse(told, operation.status)

    return endpoint


async def _asked(operation: openapi.Operation, request: Request) -> Asked:
    query = {key: value for key, value in request.query_params.items() if key != "token"}
    allowed = openapi.record((), **operation.query)
    _check(query, allowed)
    if operation.takes_bytes:
        data = await bounded_body(request, UPLOAD_BYTES)
        return Asked(request.path_params, query, {}, data)
    if operation.body is None:
        return Asked(request.path_params, query, {})
    try:
        body = json.loads(await bounded_body(request, _BODY_BYTES) or b"{}")
    except (ValueError, RecursionError):
        raise RequestError("the body is not JSON") from None
    _check(body, operation.body)
    return Asked(request.path_params, query, body)


def _check(value: Any, schema: openapi.Schema) -> None:
    from jsonschema import Draft202012Validator

    error = next(Draft202012Validator(schema).iter_errors(value), None)
    if error is not None:
        where = ".".join(map(str, error.path))
        raise RequestError(f"{where}: {error.message}"[:300] if where else error.message[:300])


def _refusal(error: ComposerError | OSError) -> Response:
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 400)
    text = f"{error.strerror or error}" if isinstance(error, OSError) else str(error)
    headers = {"retry-after": "10"} if isinstance(error, FullError) else {}
    return JSONResponse({"error": " ".join(text.split())}, status, headers)


async def _page(request: Request) -> Response:
    name = request.path_params.get("name", "index.html")
    path = PAGE / name
    if path.parent != PAGE or path.suffix not in _PAGE_SUFFIXES or not path.is_file():
        return JSONResponse({"error": "there is no such page"}, 404)
    headers = {"cache-control": "no-cache"}
    return FileResponse(path, media_type=_PAGE_SUFFIXES[path.suffix], headers=headers)


async def _join_page(request: Request) -> Response:
    return FileResponse(PAGE / "join.html", headers={"cache-control": "no-cache"})


async def _not_found(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": "there is no such address"}, getattr(error, "status_code", 404))


def _download(name: str, data: bytes) -> Response:
    disposition = f"attachment; filename*=utf-8''{quote(name)}"
    media = "audio/midi" if name.endswith(".mid") else "application/octet-stream"
    return Response(data, 200, {"content-disposition": disposition}, media)


def _bars_and_parts(body: Mapping[str, Any]) -> tuple[tuple[int, int] | None, list[str]]:
    bars = body.get("bars")
    return (bars[0], bars[1]) if bars else None, body.get("parts", [])


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 6:
        raise RequestError(f"{text!r} is no number")
    return int(text)


def serve(
    folder: Path, host: str, port: int, on_ready: Callable[[str], None], *, is_stage: bool = False
) -> None:
    """Run the studio until it is interrupted; `on_ready(address)` is called once it answers.

    Raises FileError where the port is taken.
    """
    import secrets
    import socket

    import uvicorn

    from composer.studio.guard import LOCAL_HOSTS

    is_local = host in LOCAL_HOSTS
    token, guest_token = ("", "") if is_local else (secrets.token_urlsafe(16) for _ in range(2))
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise FileError(f"cannot listen on {host}:{port}: {error.strerror}") from None
    port = listener.getsockname()[1]
    join = join_address(host, port, guest_token)
    app = build_app(Studio(folder), token, guest_token, join)
    config = uvicorn.Config(
        app, log_level="warning", timeout_graceful_shutdown=1, server_header=False
    )
    shown = f"[{host}]" if ":" in host else host
    query = f"?token={token}" if token else ""
    on_ready(f"http://{shown}:{port}/{query}" + ("#stage" if is_stage else ""))
    uvicorn.Server(config).run(sockets=[listener])
