"""A show: music that goes on, phrase by phrase, as an audience turns it.

The wall plays a work and says where it is; two phrases are always written ahead. At each phrase
the mean mood of the audience and its vote decide how the next one is written: the music goes on, or
a phrase that was heard returns varied. Where the machine is late, a phrase returns as it was rather
than silence. All of it is steps of one session, so a show can be made again.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from composer.errors import ComposerError, RequestError
from composer.music.bars import bars_of
from composer.studio.crowd import Crowd
from composer.studio.engine import OVER, Job
from composer.studio.studio import Studio
from composer.studio.works import Work

PHRASE_BARS = 4
PHRASES_AHEAD = 2
FIRST_PHRASES = 3
MOST_BARS = 480
"""A work is full then; the show goes on with phrases that return from its beginning."""
RETURN_STRENGTH = 0.4
DREAM_STRENGTH = 0.6


class Stage:
    """The show of a studio; there is one at a time."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.crowd = Crowd()
        self.work_id = ""
        self.seconds = 0.0
        self.is_dreaming = False
        self.late_phrases = 0
        self._job: Job | None = None
        self._fresh_bars = 0
        self._lock = threading.RLock()

    def start(self, fields: Mapping[str, Any]) -> Job:
        """Compose the beginning; the show opens once it is written. Raises RequestError."""
        wanted = {**fields, "bars": FIRST_PHRASES * PHRASE_BARS}
        for name in ("seconds", "hit", "form"):
            wanted.pop(name, None)
        with self._lock:
            self.work_id, self.seconds, self.late_phrases = "", 0.0, 0
            self._job = self.studio.compose(wanted, candidates=2, finish=self._open)
        self.tell()
        return self._job

    def _open(self, job: Job) -> None:
        work = self.studio.begin(job, job.result["chosen"])
        with self._lock:
            self.work_id, self._job = work.id, None
        self.tell()

    def stop(self) -> None:
        """End the show; its work stays."""
        with self._lock:
            job, self._job, self.work_id = self._job, None, ""
        if job is not None and job.state not in OVER:
            self.studio.engine.cancel(job.id)
        self.tell()

    def dream(self) -> None:
        """Let the next phrase be a dream of what was heard."""
        self.is_dreaming = True
        self.tell()

    def at(self, seconds: float) -> None:
        """The wall is at this second: see that enough is written ahead."""
        with self._lock:
            self.seconds = seconds
            if not self.work_id:
                return
            self._look_ahead(self.studio.works.find(self.work_id))

    def _look_ahead(self, work: Work) -> None:
        there, now = self._phrases(work), self._phrase_now(work)
        ahead = there - 1 - now
        is_busy = self._job is not None and self._job.state not in OVER
        if self._job is not None and not is_busy:
            self._after(work, self._job)
            is_busy = self._job is not None
        if not is_busy and ahead <= PHRASES_AHEAD:
            self._write(work, now)
        if ahead < 1:
            self._repeat(work, now)
            self.late_phrases += 1

    def _write(self, work: Work, now: int) -> None:
        """The next phrase, as the audience wants it."""
        mean, vote = self.crowd.mean, self.crowd.count_votes()
        mood = {} if mean is None else {"mood": f"{mean[0]},{mean[1]}"}
        bars = len(bars_of(work.session.piece))
        if self.is_dreaming or vote == "back" or bars + PHRASE_BARS > MOST_BARS:
            strength = DREAM_STRENGTH if self.is_dreaming else RETURN_STRENGTH
            self.is_dreaming = False
            first = self._repeat(work, now)
            new = list(range(first, first + PHRASE_BARS))
            self._submit(work, "vary", {**mood, "strength": strength, "bars": new})
        else:
            self._submit(work, "continue", {**mood, "bars": PHRASE_BARS})

    def _submit(self, work: Work, verb: str, arguments: dict[str, Any]) -> None:
        try:
            self._job = self.studio.do(work, verb, arguments, is_first=True)
        except ComposerError:
            self._job = None  # the queue is full: a phrase returns
        self.tell()

    def _after(self, work: Work, job: Job) -> None:
        """A phrase is written, or failed; a version that came too late is left aside."""
        self._job = None
        self.tell()

    def _repeat(self, work: Work, now: int) -> int:
        """Append the phrase that sounds as it was; the bar (from 1) that it begins at."""
        first = now * PHRASE_BARS + 1
        with work.changing() as session:
            there = len(bars_of(session.piece))
            last = min(there, first + PHRASE_BARS - 1)
            session.edit([("repeat", first, last)])
        self.studio.tell_work(work)
        return there + 1

    def _phrases(self, work: Work) -> int:
        return -(-len(bars_of(work.session.piece)) // PHRASE_BARS)

    def _phrase_now(self, work: Work) -> int:
        """The phrase (from 0) that sounds."""
        playing = self.studio.playing(self.studio.put(work, work.session.piece))
        tick = 0.0
        clock = playing["clock"]
        for (tick_a, second_a), (tick_b, second_b) in pairwise(clock):
            if second_a <= self.seconds:
                share = min(1.0, (self.seconds - second_a) / max(1e-9, second_b - second_a))
                tick = tick_a + share * (tick_b - tick_a)
        bars = bars_of(work.session.piece)
        number = next((bar.number for bar in reversed(bars) if bar.start_tick <= tick), 1)
        return (number - 1) // PHRASE_BARS

    def say(self, visitor: str, said: Mapping[str, Any]) -> None:
        """What a phone says; see `Crowd.say`."""
        self.crowd.say(visitor, said.get("valence"), said.get("arousal"), said.get("vote", ""))
        self.tell()

    def tell(self) -> None:
        """Say to all pages how the show stands."""
        self.studio.events.tell("stage", self.plain())

    def plain(self) -> dict[str, Any]:
        """The show for JSON."""
        mean = self.crowd.mean
        return {
            "work": self.work_id,
            "visitors": self.crowd.count,
            "dots": self.crowd.dots,
            "mean": mean,
            "votes": self.crowd.votes,
            "is_writing": self._job is not None and self._job.state not in OVER,
            "is_dreaming": self.is_dreaming,
            "late_phrases": self.late_phrases,
            "phrase_bars": PHRASE_BARS,
        }


def join_address(host: str, port: int, token: str) -> str:
    """Where a phone finds the show: this machine's address in its network."""
    import socket

    if host in ("0.0.0.0", "::", ""):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(("10.255.255.255", 1))  # sends nothing; asks which way it would go
                host = probe.getsockname()[0]
            except OSError:
                host = "127.0.0.1"
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/join" + (f"?token={token}" if token else "")


def qr_svg(address: str) -> str:
    """A QR code of an address as SVG, drawn here. Raises RequestError for one that is too long."""
    import segno

    try:
        code = segno.make(address, error="m")
    except ValueError:
        raise RequestError("the address is too long for a QR code") from None
    text: str = code.svg_inline(scale=4, border=2, dark="#000", light="#fff", omitsize=True)
    return text.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
