"""A piece as somebody plays it: how loud each note is, how time bends, where the pedal goes.

Onsets, pitches and lengths are never touched, so a performance and its score agree note for note;
time bends by tempo changes alone. Where the piece says how loud a note is, that is kept but for a
shade. The rules are the common ones of performance models (Friberg, Bresin and Sundberg,
"Overview of the KTH rule system for musical performance", Advances in Cognitive Psychology 2,
2006): metrical accents, phrase arches, the top voice in front, a final ritardando after their
square-root law.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sin, sqrt
from typing import NamedTuple

from composer.music.bars import Bar, bars_of, tempo_at
from composer.music.piece import Note, Part, Piece, TempoChange
from composer.rendering.pedal import Pedal, pedals_of

PLAIN_VELOCITY = 80
_BASE_VELOCITIES = {"melody": 84, "bass": 76, "drums": 84, "chords": 64, "arpeggio": 62}
_OTHER_BASE_VELOCITY = 74
_DOWNBEAT_ACCENT = 8
_BEAT_ACCENT = 3
_TOP_ACCENT = 6
_ARCH = 7
_PHRASE_BARS = 4
_SHADE = 2
_FINAL_TEMPO = 0.62
_BREATH_TEMPO = 0.95
_STEPS_A_BEAT = 2
_STRICT_STYLES = frozenset(
    {
        "pop", "rock", "metal", "funk", "reggae", "hip-hop", "electronic", "latin", "jazz",
        "blues", "country", "march", "polka", "game", "world",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Performance:
    """The piece with every velocity and tempo decided, and the pedal of each part."""

    piece: Piece
    pedals: tuple[tuple[Pedal, ...], ...]


class _Place(NamedTuple):
    """Where a note stands: its bar, and how far through a phrase of four bars (0..1)."""

    bar: Bar
    phrase: float


def perform(piece: Piece, *, seed: int = 0, mechanical: bool = False) -> Performance:
    """How the piece is played; the same seed plays it the same way.

    `mechanical` plays in strict time without pedal, what is decided as it is, the rest alike.
    """
    bars = bars_of(piece)
    if mechanical or not bars:
        parts = tuple(_plain(part) for part in piece.parts)
        return Performance(replace(piece, parts=parts), ((),) * len(parts))
    chance = random.Random(seed)
    parts = tuple(_played(part, bars, piece, chance) for part in piece.parts)
    tempi = _bent_tempi(piece, bars)
    pedals = tuple(pedals_of(part, bars, piece) for part in piece.parts)
    return Performance(replace(piece, parts=parts, tempi=tempi), pedals)


def _plain(part: Part) -> Part:
    notes = [
        note if note.velocity else note._replace(velocity=PLAIN_VELOCITY) for note in part.notes
    ]
    return replace(part, notes=tuple(notes))


def _played(part: Part, bars: Sequence[Bar], piece: Piece, chance: random.Random) -> Part:
    starts = [bar.start_tick for bar in bars]
    tops: dict[int, int] = {}
    for note in part.notes:
        tops[note.onset_tick] = max(note.pitch, tops.get(note.onset_tick, 0))
    notes = []
    for note in part.notes:
        number = max(0, bisect_right(starts, note.onset_tick) - 1)
        bar = bars[number]
        through = (note.onset_tick - bar.start_tick) / max(1, bar.length_ticks)
        place = _Place(bar, (number % _PHRASE_BARS + through) / _PHRASE_BARS)
        velocity = note.velocity
        if velocity == 0:
            velocity = _undecided(note, part, place, piece)
            velocity += _TOP_ACCENT if note.pitch == tops[note.onset_tick] else 0
        velocity += chance.randint(-_SHADE, _SHADE)
        notes.append(note._replace(velocity=max(1, min(127, velocity))))
    return replace(part, notes=tuple(notes))


def _undecided(note: Note, part: Part, place: _Place, piece: Piece) -> int:
    role = "drums" if part.is_drums else part.role
    arch = _ARCH * sin(3.14159 * place.phrase)
    accent = _accent(note.onset_tick, place.bar, piece.ticks_per_quarter)
    return round(_BASE_VELOCITIES.get(role, _OTHER_BASE_VELOCITY) + arch + accent)


def _accent(tick: int, bar: Bar, ticks_per_quarter: int) -> int:
    offset = tick - bar.start_tick
    if offset == 0:
        return _DOWNBEAT_ACCENT
    beat = max(1, 4 * ticks_per_quarter // bar.meter.denominator)
    return _BEAT_ACCENT if offset % beat == 0 else 0


def _bent_tempi(piece: Piece, bars: Sequence[Bar]) -> tuple[TempoChange, ...]:
    """The tempi with a breath at the ends of phrases and a ritardando into the last bar.

    Styles with a groove keep strict time.
    """
    tempi = piece.tempi or (TempoChange(0, 120.0),)
    if piece.tags.style in _STRICT_STYLES or len(bars) < _PHRASE_BARS:
        return tempi
    steady = replace(piece, tempi=tempi)
    changes = {change.tick: change.quarters_per_minute for change in tempi}
    for number in range(_PHRASE_BARS, len(bars) - 1, _PHRASE_BARS):
        start = bars[number].start_tick
        breath = start - min(piece.ticks_per_quarter, bars[number - 1].length_ticks)
        changes.setdefault(start, _steady_tempo(steady, start))
        changes[breath] = _steady_tempo(steady, breath) * _BREATH_TEMPO
    changes.update(_final_ritardando(steady, bars))
    return tuple(TempoChange(tick, changes[tick]) for tick in sorted(changes))


def _steady_tempo(piece: Piece, tick: int) -> float:
    tempo = tempo_at(piece, tick)
    return tempo.quarters_per_minute if tempo else 120.0


def _final_ritardando(piece: Piece, bars: Sequence[Bar]) -> dict[int, float]:
    """Tempi of the last bar and the one before, step by step: v = sqrt(1 + (w^2 - 1) x)."""
    start, end = bars[-2].start_tick, bars[-1].start_tick
    last_onset = max((n.onset_tick for part in piece.parts for n in part.notes), default=end)
    end = max(end, last_onset)
    step = max(1, piece.ticks_per_quarter // _STEPS_A_BEAT)
    tempi = {}
    for tick in range(start, end + 1, step):
        through = (tick - start) / max(1, end - start)
        slowing = sqrt(1 + (_FINAL_TEMPO**2 - 1) * through)
        tempi[tick] = _steady_tempo(piece, tick) * slowing
    return tempi
