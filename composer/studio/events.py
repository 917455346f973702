"""What happened, to every page that listens: server-sent events, one stream for all.

An event is a kind and a value that JSON can say. A listener that does not keep up loses its oldest
events and is told so, so that nobody can fill the memory.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

MOST_WAITING = 500
_BEAT_SECONDS = 15.0


class Events:
    """A stream that many can listen to; `tell` may be called from any thread."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[tuple[str, Any]]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Say which loop the listeners live in."""
        self._loop = loop

    def tell(self, kind: str, value: Any) -> None:
        """Send an event to all who listen now."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._put, kind, value)

    def _put(self, kind: str, value: Any) -> None:
        for queue in self._queues:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(("missed", {}))
            queue.put_nowait((kind, value))

    async def listen(self) -> AsyncIterator[tuple[str, Any]]:
        """Every event from now on; a "beat" where nothing happens for a while."""
        queue: asyncio.Queue[tuple[str, Any]] = asyncio.Queue(MOST_WAITING)
        self._queues.add(queue)
        try:
            yield "hello", {}
            while True:
                try:
                    yield await asyncio.wait_for(queue.get(), _BEAT_SECONDS)
                except TimeoutError:
                    yield "beat", {}
        finally:
            self._queues.discard(queue)


def as_text(kind: str, value: Any) -> bytes:
    """One event as it goes over the wire."""
    return f"event: {kind}\ndata: {json.dumps(value, separators=(',', ':'))}\n\n".encode()
