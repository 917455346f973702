"""Who takes part in a show: a dot of mood each, and a vote, from phones without a login."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from composer.errors import RequestError

MOST_VISITORS = 500
PATIENCE_SECONDS = 300.0
"""Who says nothing for so long has gone."""
VOTES = ("back", "on")
"""What comes next: a phrase that was heard returns, or the music goes on."""


@dataclass(slots=True)
class Visitor:
    """`valence` and `arousal` are None until a dot was dragged; `vote` is one of `VOTES` or ""."""

    valence: float | None = None
    arousal: float | None = None
    vote: str = ""
    seen_at: float = 0.0


class Crowd:
    """All visitors by the name that their phone chose; `now` tells seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._visitors: dict[str, Visitor] = {}
        self._now = now
        self._lock = threading.Lock()

    def say(
        self, name: str, valence: float | None = None, arousal: float | None = None, vote: str = ""
    ) -> None:
        """A visitor drags the dot, votes, or only says to be there. Raises RequestError where the
        hall is full."""
        with self._lock:
            self._forget()
            visitor = self._visitors.get(name)
            if visitor is None:
                if len(self._visitors) >= MOST_VISITORS:
                    raise RequestError(f"{MOST_VISITORS} take part already; look at the wall")
                visitor = self._visitors[name] = Visitor()
            visitor.seen_at = self._now()
            if valence is not None and arousal is not None:
                visitor.valence, visitor.arousal = valence, arousal
            visitor.vote = vote or visitor.vote

    @property
    def count(self) -> int:
        with self._lock:
            self._forget()
            return len(self._visitors)

    @property
    def dots(self) -> list[tuple[float, float]]:
        """(valence, arousal) of all who dragged one."""
        with self._lock:
            self._forget()
            return [
                (one.valence, one.arousal)
                for one in self._visitors.values()
                if one.valence is not None and one.arousal is not None
            ]

    @property
    def mean(self) -> tuple[float, float] | None:
        """The middle of all dots; None where there is none."""
        dots = self.dots
        if not dots:
            return None
        valences, arousals = zip(*dots, strict=True)
        return round(sum(valences) / len(dots), 3), round(sum(arousals) / len(dots), 3)

    @property
    def votes(self) -> dict[str, int]:
        """How many want what."""
        with self._lock:
            counts = Counter(one.vote for one in self._visitors.values() if one.vote)
        return {vote: counts[vote] for vote in VOTES}

    def count_votes(self) -> str:
        """What most want ("on" where as many want either); a vote holds for one phrase."""
        votes = self.votes
        with self._lock:
            for visitor in self._visitors.values():
                visitor.vote = ""
        return "back" if votes["back"] > votes["on"] else "on"

    def _forget(self) -> None:
        now = self._now()
        gone = [
            name for name, one in self._visitors.items() if now - one.seen_at > PATIENCE_SECONDS
        ]
        for name in gone:
            del self._visitors[name]
