"""The sound of some bars of one part, so that a change costs only the bars that it changed.

A SoundFont adds sounds up (measured: a piece differs from the sum of its stems by 7 of 32,768 at
most), so the spans of a part, each begun at its own time and left to ring, sound as the whole does.
"""

from __future__ import annotations

import hashlib
import io
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from math import floor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from composer.errors import RequestError
from composer.music.bars import bars_of, seconds_at
from composer.music.piece import Part, Piece, TempoChange
from composer.rendering.performance.audio import Sound, sound_of
from composer.rendering.performance.midi import TICKS_PER_QUARTER, stem_bytes
from composer.rendering.performance.pedal import Pedal
from composer.rendering.performance.performance import perform

if TYPE_CHECKING:
    import mido

_TICKS_PER_SECOND = 24_000
_BLOCKS_PER_SECOND = 48_000 / 64
_PEDAL_CONTROL = 64
_PEDAL_IS_DOWN = 64
_NOTE_VELOCITY = 84

ChangeT = TypeVar("ChangeT", Pedal, TempoChange)


def span_sound(
    piece: Piece,
    place: int,
    first_bar: int,
    last_bar: int,
    *,
    seed: int = 0,
    mechanical: bool = False,
    soundfont: Path | None = None,
) -> Sound:
    """What the notes that begin in bars `first_bar`..`last_bar` (from 1) of a part sound like.

    It begins where the first of these bars begins, and rings until it has died away; without notes
    it has no frames. As loud as in `sound_of`. Raises RequestError for bars and parts that are not
    there, and as `read_soundfont`.
    """
    bars = bars_of(piece)
    if not 1 <= first_bar <= last_bar <= len(bars) or not 0 <= place < len(piece.parts):
        raise RequestError(f"part {place} has no bars {first_bar}-{last_bar}")
    start, end = bars[first_bar - 1].start_tick, bars[last_bar - 1].end_tick
    stem = _stems(piece, seed, mechanical)[place]
    events = _events_between(stem, _scaled(start, piece), _scaled(end, piece))
    if not any(message.type == "note_on" for _, message in events):
        return Sound.of(_silence())
    return sound_of(_file_bytes(events), soundfont=soundfont)


def note_sound(
    program: int, pitch: int, *, is_drums: bool = False, soundfont: Path | None = None
) -> Sound:
    """One note of a General MIDI program, a second long."""
    import mido

    channel = 9 if is_drums else 0
    events: list[tuple[float, Any]] = [
        (0.0, mido.Message("program_change", channel=channel, program=program)),
        (0.0, mido.Message("note_on", channel=channel, note=pitch, velocity=_NOTE_VELOCITY)),
        (1.0, mido.Message("note_off", channel=channel, note=pitch)),
    ]
    return sound_of(_file_bytes(events), soundfont=soundfont)


class Playing(NamedTuple):
    """When a piece is played, and names for the sounds of its spans.

    `clock` are (tick of the piece, seconds), between which time runs evenly; `spans` are (first
    bar, last bar, start in seconds); `keys` names the sound of each span of each part, in the same
    order, "" where it is silent. Equal keys sound alike.
    """

    clock: list[tuple[int, float]]
    spans: list[tuple[int, int, float]]
    keys: list[list[str]]


def playing(piece: Piece, bars_a_span: int, *, seed: int = 0, mechanical: bool = False) -> Playing:
    """How a piece is played, in spans of `bars_a_span` bars for `span_sound`."""
    performance = perform(piece, seed=seed, mechanical=mechanical)
    played = performance.piece
    finer = played.ticks_per_quarter // piece.ticks_per_quarter
    ticks = sorted({0, played.end_tick, *(change.tick for change in played.tempi)})
    bars = bars_of(played)
    spans = [bars[at : at + bars_a_span] for at in range(0, len(bars), bars_a_span)]
    return Playing(
        [(tick // finer, round(seconds_at(played, tick), 5)) for tick in ticks],
        [
            (span[0].number, span[-1].number, _at_block(seconds_at(played, span[0].start_tick)))
            for span in spans
        ],
        [
            _keys(part, pedals, played, [(span[0].start_tick, span[-1].end_tick) for span in spans])
            for part, pedals in zip(played.parts, performance.pedals, strict=True)
        ],
    )


def _keys(
    part: Part, pedals: Sequence[Pedal], played: Piece, spans: Sequence[tuple[int, int]]
) -> list[str]:
    onsets = [note.onset_tick for note in part.notes]
    keys = []
    for start, end in spans:
        notes = part.notes[bisect_left(onsets, start) : bisect_left(onsets, end)]
        last = max((note.end_tick for note in notes), default=start)
        told = [
            part.program,
            part.is_drums,
            [(note.onset_tick - start, *note[1:]) for note in notes],
            [(pedal.tick - start, pedal.is_down) for pedal in _heard(pedals, start, last)],
            [(t.tick - start, t.quarters_per_minute) for t in _heard(played.tempi, start, last)],
        ]
        keys.append(hashlib.sha256(repr(told).encode()).hexdigest()[:20] if notes else "")
    return keys


def _heard(changes: Sequence[ChangeT], start: int, end: int) -> list[ChangeT]:
    """From the last change at `start`, moved to it, to the first behind `end`."""
    ticks = [change.tick for change in changes]
    first = max(0, bisect_right(ticks, start) - 1)
    heard = list(changes[first : bisect_right(ticks, end) + 1])
    if heard and heard[0].tick < start:
        heard[0] = heard[0]._replace(tick=start)
    return heard


@lru_cache(maxsize=4)
def _stems(piece: Piece, seed: int, mechanical: bool) -> Sequence[bytes]:
    return stem_bytes(piece, seed=seed, mechanical=mechanical)


def _at_block(seconds: float) -> float:
    """The last block of the renderer that begins by then: it lets notes begin only at blocks, so a
    span that begins at one sounds as in the whole."""
    return floor(seconds * _BLOCKS_PER_SECOND + 1e-3) / _BLOCKS_PER_SECOND


def _scaled(tick: int, piece: Piece) -> int:
    return round(tick * TICKS_PER_QUARTER / piece.ticks_per_quarter)


def _events_between(stem: bytes, start_tick: int, end_tick: int) -> list[tuple[float, Any]]:
    """(seconds from the span's start, message): its notes, and controls until they are silent."""
    import mido

    file = mido.MidiFile(file=io.BytesIO(stem), charset="latin-1")
    seconds = _Clock(file.tracks[0])
    origin = _at_block(seconds.at(start_tick))
    events: list[tuple[float, Any]] = []
    open_pitches: dict[int, int] = {}
    pedal_is_down = False
    now = 0
    for message in file.tracks[-1]:
        now += message.time
        at = max(0.0, seconds.at(now) - origin)
        is_on = message.type == "note_on" and message.velocity > 0
        if is_on and start_tick <= now < end_tick:
            open_pitches[message.note] = open_pitches.get(message.note, 0) + 1
            events.append((at, message))
        elif message.type in ("note_on", "note_off") and not is_on:
            if open_pitches.get(message.note):
                open_pitches[message.note] -= 1
                events.append((at, message))
        elif message.type in ("program_change", "control_change"):
            events.append((at, message))
            if message.type == "control_change" and message.control == _PEDAL_CONTROL:
                pedal_is_down = message.value >= _PEDAL_IS_DOWN
        if now >= end_tick and not any(open_pitches.values()) and not pedal_is_down:
            break
    return events


class _Clock:
    """Seconds at ticks of a file of `midi_bytes`, by the tempi of its first track."""

    def __init__(self, conductor: mido.MidiTrack) -> None:
        self.changes: list[tuple[int, float, float]] = [(0, 0.0, 0.5)]
        now = 0
        for message in conductor:
            now += message.time
            if message.type == "set_tempo":
                self.changes.append((now, self.at(now), message.tempo / 1e6))

    def at(self, tick: int) -> float:
        start, seconds, a_quarter = next(
            change for change in reversed(self.changes) if change[0] <= tick
        )
        return seconds + (tick - start) * a_quarter / TICKS_PER_QUARTER


def _file_bytes(events: Sequence[tuple[float, Any]]) -> bytes:
    import mido

    file = mido.MidiFile(type=0, ticks_per_beat=_TICKS_PER_SECOND)
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=1_000_000)])
    now = 0
    for seconds, message in events:
        tick = round(seconds * _TICKS_PER_SECOND)
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=0))
    file.tracks.append(track)
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def _silence() -> bytes:
    import wave

    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
    return buffer.getvalue()
