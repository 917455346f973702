"""Who may ask: a page of this very server on this machine, or whoever has the token.

A server on 127.0.0.1 can be reached by every page that a browser shows, so a request that changes
something must come from a page of ours (its `Origin`), and all must name us (`Host`), which a
page that plays with name servers cannot forge.
"""

from __future__ import annotations

import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from composer.errors import ComposerError

LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")
COOKIE = "composer-studio"
GUEST_COOKIE = "composer-stage"
GUEST_PATHS = ("/join", "/api/stage", "/api/stage/say")
_PATIENCE = 4
_READING = ("GET", "HEAD", "OPTIONS")
_HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
        b"style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; "
        b"form-action 'self'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]


class TooLargeError(ComposerError):
    """A body with more bytes than are allowed."""


class Guard:
    """Lets through what is allowed. `token` is "" where the server is for this machine alone;
    `guest_token` opens only what the phones of an audience need."""

    def __init__(self, app: ASGIApp, token: str = "", guest_token: str = "") -> None:
        self.app = app
        self.token = token
        self.guest_token = guest_token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal:
            await self._refuse(scope, receive, send, refusal)
        elif scope["type"] == "http" and (self._brings_token(scope) or _token_of(scope)):
            await self._welcome(scope, receive, send)
        else:
            await self.app(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope, headers: Headers) -> str:
        """Why a request is not answered, "" where it is."""
        host = headers.get("host", "")
        name = urlsplit(f"//{host}").hostname or ""
        if not self.token and name not in LOCAL_HOSTS:
            return f"this studio is for this machine alone, not for {name or 'nobody'}"
        origin = headers.get("origin")
        changes = scope["type"] == "websocket" or scope["method"] not in _READING
        if changes and origin is not None and urlsplit(origin).netloc != host:
            return "this was asked by a page of another site"
        is_known = self._brings_token(scope) or self._has_token(headers, COOKIE, self.token)
        if self.token and not is_known and not self._is_guest(scope, headers):
            return "the token is missing; open the address that the studio printed"
        return ""

    def _brings_token(self, scope: Scope) -> bool:
        return _is_token(_token_of(scope), self.token)

    def _is_guest(self, scope: Scope, headers: Headers) -> bool:
        """Whether it is a phone of the audience, and asks only for what those may."""
        path = scope["path"]
        if path not in GUEST_PATHS and not path.startswith("/page/"):
            return False
        brings = _is_token(_token_of(scope), self.guest_token)
        return brings or self._has_token(headers, GUEST_COOKIE, self.guest_token)

    def _has_token(self, headers: Headers, cookie_name: str, token: str) -> bool:
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(cookie_name)
        except CookieError:
            cookie = None
        said = cookie.value if cookie is not None else ""
        return _is_token(bearer, token) or _is_token(said, token)

    async def _welcome(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the token out of the address and into a cookie, so that nobody copies it on."""
        query = parse_qs(scope["query_string"].decode("latin-1"))
        query.pop("token")
        if scope["method"] not in _READING or scope["path"].startswith("/api"):
            await self.app(scope, receive, _with_headers(send))
            return
        address = scope["path"] + (f"?{urlencode(query, doseq=True)}" if query else "")
        response = RedirectResponse(address)
        is_guest = not self._brings_token(scope)
        name, token = (GUEST_COOKIE, self.guest_token) if is_guest else (COOKIE, self.token)
        response.set_cookie(name, token, httponly=True, samesite="strict")
        await response(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, why: str) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": why[:120]})
            return
        await JSONResponse({"error": why}, 403)(scope, receive, send)


def _token_of(scope: Scope) -> str:
    """The token in the address, "" without one."""
    query = parse_qs(scope["query_string"].decode("latin-1"))
    return str(query.get("token", [""])[0])


def _is_token(text: str, token: str) -> bool:
    return bool(token) and secrets.compare_digest(text.encode(), token.encode())


async def bounded_body(request: Request, most_bytes: int) -> bytes:
    """The body of a request, no more than is allowed. Raises TooLargeError.

    What is somewhat too large is read to its end (and thrown away), so that who sends it hears why
    it is refused; of what is far too large the connection is cut.
    """
    data = bytearray()
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size <= most_bytes:
            data += piece
        elif size > _PATIENCE * most_bytes:
            break
    if size > most_bytes:
        raise TooLargeError(f"this is larger than {most_bytes / 1e6:g} megabytes")
    return bytes(data)


def _with_headers(send: Send) -> Send:
    async def sending(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *_HEADERS]  # type: ignore[misc]
        await send(message)

    return sending  # type: ignore[return-value]
