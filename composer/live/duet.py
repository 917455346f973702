"""The duet: a phrase is heard, its continuation is written, and played from a bar line on.

When a phrase is over, the bar line at which the answer begins is settled at once: the first one
that leaves the time to write it. So the answer comes as late as was said, whatever the model takes;
only if it takes longer does it begin a bar later. Who plays again stops the answer.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path

from composer.composing.partner import continue_piece
from composer.live.phrase import Beats, Phrase
from composer.live.player import Player
from composer.live.ports import NOTE_OFF, NOTE_ON, Message
from composer.music.bars import bars_of
from composer.music.normalise import normalise
from composer.music.piece import Piece
from composer.played.quantise import quantise

_LOOK_SECONDS = 0.02
_USUAL_VELOCITY = 72


@dataclass(frozen=True, slots=True)
class Manner:
    """How the engine answers: with how many bars, and how soon.

    An answer begins at a bar line at least `latency_seconds` after the phrase is over, which it is
    after `pause_seconds` of silence.
    """

    beats: Beats
    bars: int = 4
    instrument: str = "piano"
    style: str = ""
    mood: str = ""
    seed: int = 0
    channel: int = 0
    pause_seconds: float = 0.6
    latency_seconds: float = 1.5
    weights: Path | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was heard and played: the phrase, its continuation, and when that begins.

    `late_seconds` is by how much it begins later than was settled (0, or whole bars).
    """

    heard: Piece
    played: Piece
    begins_seconds: float
    ends_seconds: float
    late_seconds: float


class Duet:
    """Hears messages (`hear`, from any thread) and answers phrases (`run`)."""

    def __init__(
        self, player: Player, manner: Manner, tell: Callable[[Answer], None] = lambda _: None
    ) -> None:
        self._player, self._manner, self._tell = player, manner, tell
        self._heard: queue.Queue[tuple[float, Message]] = queue.Queue()
        self._answers = 0

    def hear(self, seconds: float, message: Message) -> None:
        """A message came in; what is no note does not matter."""
        if message[0] & 0xF0 in (NOTE_ON, NOTE_OFF):
            self._heard.put((seconds, message))

    def run(self, is_over: threading.Event) -> None:
        """Answer one phrase after another until it is over."""
        phrase = self._new_phrase()
        while not is_over.is_set():
            for seconds, message in self._waiting():
                is_first = phrase.is_empty
                if phrase.hear(seconds, message) and is_first:
                    self._player.silence()
            if phrase.is_over(time.monotonic(), self._manner.pause_seconds):
                self._answer(phrase)
                phrase = self._new_phrase()

    def _new_phrase(self) -> Phrase:
        return Phrase(self._manner.beats, self._manner.instrument)

    def _waiting(self) -> Iterator[tuple[float, Message]]:
        """The messages that came in meanwhile, after a short wait for the first."""
        try:
            yield self._heard.get(timeout=_LOOK_SECONDS)
            while True:
                yield self._heard.get_nowait()
        except queue.Empty:
            return

    def _answer(self, phrase: Phrase) -> None:
        manner, bar = self._manner, phrase.beats.bar_seconds
        settled = _bar_line(phrase, time.monotonic() + manner.latency_seconds)
        heard = normalise(quantise(phrase.piece()))
        self._answers += 1
        written = continue_piece(
            heard,
            manner.bars,
            style=manner.style,
            mood=manner.mood,
            seed=manner.seed + self._answers,
            weights=manner.weights,
        )
        begins = settled
        while begins < time.monotonic():
            begins += bar
        if not self._heard.empty():
            return  # somebody plays on
        first_tick = bars_of(heard)[-1].end_tick * written.ticks_per_quarter
        played = _from_tick(written, first_tick // heard.ticks_per_quarter)
        self._player.play(_messages(played, begins, phrase.beats, manner.channel))
        ends = begins + manner.bars * bar
        self._tell(Answer(heard, played, begins, ends, begins - settled))


def _bar_line(phrase: Phrase, seconds: float) -> float:
    """The first bar line of a phrase's beats at or after a time."""
    bars = ceil((seconds - phrase.begun_seconds) / phrase.beats.bar_seconds)
    return phrase.begun_seconds + bars * phrase.beats.bar_seconds


def _from_tick(piece: Piece, tick: int) -> Piece:
    """The part of a piece that begins at a tick, as a piece of its own."""
    parts = tuple(
        replace(
            part,
            notes=tuple(
                note._replace(onset_tick=note.onset_tick - tick)
                for note in part.notes
                if note.onset_tick >= tick
            ),
        )
        for part in piece.parts
    )
    meter = piece.meters[-1]._replace(tick=0)
    return replace(piece, parts=parts, meters=(meter,), end_tick=piece.end_tick - tick)


def _messages(
    piece: Piece, begins: float, beats: Beats, channel: int
) -> list[tuple[float, Message]]:
    """The notes of all parts as messages and their times; a note ends before the next begins."""
    second = beats.quarter_seconds / piece.ticks_per_quarter
    rows: list[tuple[float, int, Message]] = []
    for part in piece.parts:
        own = 9 if part.is_drums else channel
        for note in part.notes:
            velocity = note.velocity or _USUAL_VELOCITY
            start, end = begins + note.onset_tick * second, begins + note.end_tick * second
            rows.append((start, 1, bytes((NOTE_ON | own, note.pitch, velocity))))
            rows.append((end, 0, bytes((NOTE_OFF | own, note.pitch, 0))))
    return [(at, message) for at, _, message in sorted(rows)]
