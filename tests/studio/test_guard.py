"""Who may ask for what: the owner of the studio, its audience, and nobody else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.responses import PlainTextResponse

from composer.studio.guard import Guard

OWNER, GUEST = "owner-token", "guest-token"


def status(path: str, *, query: str = "", cookie: str = "", method: str = "GET") -> int:
    """What a studio that is open to a network answers."""
    guard = Guard(PlainTextResponse("here"), OWNER, GUEST)
    headers = [(b"host", b"192.168.0.5:8470"), (b"cookie", cookie.encode())]
    scope: dict[str, Any] = {
        "type": "http", "method": method, "path": path, "query_string": query.encode(),
        "headers": headers,
    }  # fmt: skip
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    asyncio.run(guard(scope, receive, send))
    return statuses[0]


@pytest.mark.parametrize(
    ("path", "owner", "guest", "stranger"),
    [
        ("/", 200, 403, 403),
        ("/api/works", 200, 403, 403),
        ("/api/stage/start", 200, 403, 403),
        ("/api/stage", 200, 200, 403),
        ("/api/stage/say", 200, 200, 403),
        ("/join", 200, 200, 403),
        ("/page/join.js", 200, 200, 403),
    ],
)
def test_each_sees_what_is_theirs(path: str, owner: int, guest: int, stranger: int) -> None:
    """By the cookie that the token in the address became."""
    assert status(path, cookie=f"composer-studio={OWNER}") == owner
    assert status(path, cookie=f"composer-stage={GUEST}") == guest
    assert status(path, cookie=f"composer-studio={GUEST}; composer-stage={OWNER}") == stranger
    assert status(path) == stranger


def test_a_token_leaves_the_address_at_once() -> None:
    """It becomes a cookie; a wrong one opens nothing."""
    assert status("/", query=f"token={OWNER}") == 307
    assert status("/join", query=f"token={GUEST}") == 307
    assert status("/", query=f"token={GUEST}") == 403
    assert status("/", query="token=") == 403
