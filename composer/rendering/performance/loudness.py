"""How loud each note is played.

Where the piece says nothing, by the common rules of performance models (Friberg, Bresin and
Sundberg, "Overview of the KTH rule system for musical performance", Advances in Cognitive
Psychology 2, 2006): metrical accents, phrase arches, the top voice in front. Levels that a piece
gives bar by bar become a curve, with the same rules at less weight; velocities that somebody
played are kept.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from math import pi, sin
from typing import NamedTuple

from composer.music.bars import Bar
from composer.music.moods import arousal_of
from composer.music.normalise import ACCENT_VELOCITY, LEVEL_VELOCITY
from composer.music.piece import Note, Part
from composer.rendering.score.dynamics import bar_levels

PLAIN_VELOCITY = 80
PHRASE_BARS = 4
_BASE_VELOCITIES = {"melody": 84, "bass": 76, "drums": 84, "chords": 64, "arpeggio": 62}
_OTHER_BASE_VELOCITY = 74
_AROUSAL_VELOCITIES = 24
"""How much louder the most driven mood is than a neutral one: two dynamic marks."""
_DOWNBEAT_ACCENT, _MIDDLE_ACCENT, _BEAT_ACCENT = 8, 5, 3
_TOP_ACCENT = 6
_ARCH = 7
_WEIGHT_BESIDE_LEVELS = 0.5
_SHADE = 2.0
_MOST_LEVELS_OF_A_SLOPE = 2
"""A bigger step from bar to bar is meant to be sudden."""


def plain(part: Part) -> Part:
    """The part with what is undecided in the middle, the rest as it is."""
    notes = (
        note if note.velocity else note._replace(velocity=PLAIN_VELOCITY) for note in part.notes
    )
    return replace(part, notes=tuple(notes))


def voiced(part: Part, bars: Sequence[Bar], seed: str, mood: str = "") -> Part:
    """The part with every velocity as it is played; a driven mood is louder than a still one.

    Each bar has a chance of its own, so that a note changed elsewhere changes nothing here.
    """
    if is_played(part):
        return plain(part)
    curve = _Curve.of(part, bars)
    starts = [bar.start_tick for bar in bars]
    tops: dict[int, int] = {}
    for note in part.notes:
        tops[note.onset_tick] = max(note.pitch, tops.get(note.onset_tick, 0))
    role = "drums" if part.is_drums else part.role
    base = _BASE_VELOCITIES.get(role, _OTHER_BASE_VELOCITY) + _AROUSAL_VELOCITIES * arousal_of(mood)
    notes = []
    bar_of_chance, chance = -1, random.Random()
    for note in part.notes:
        number = max(0, bisect_right(starts, note.onset_tick) - 1)
        if number != bar_of_chance:
            bar_of_chance, chance = number, random.Random(f"{seed} {number}")
        shape = _shape(note, bars[number], number, is_top=note.pitch == tops[note.onset_tick])
        velocity = base
        if note.velocity:
            shape *= _WEIGHT_BESIDE_LEVELS
            velocity = note.velocity + curve.lift(note.onset_tick, number)
        loud = round(velocity + shape + chance.gauss(0, _SHADE))
        notes.append(note._replace(velocity=max(1, min(127, loud))))
    return replace(part, notes=tuple(notes))


def is_played(part: Part) -> bool:
    """Whether velocities are finer than levels and accents: then somebody has played them."""
    return any(note.velocity % ACCENT_VELOCITY for note in part.notes)


def _shape(note: Note, bar: Bar, number: int, *, is_top: bool) -> float:
    through = (note.onset_tick - bar.start_tick) / max(1, bar.length_ticks)
    arch = _ARCH * sin(pi * (number % PHRASE_BARS + through) / PHRASE_BARS)
    return arch + _accent(note.onset_tick, bar) + (_TOP_ACCENT if is_top else 0)


def _accent(tick: int, bar: Bar) -> int:
    """By meter: the first beat, then the middle of four or of two threes, then other beats."""
    offset = tick - bar.start_tick
    numerator, denominator = bar.meter.numerator, bar.meter.denominator
    beats = (
        numerator // 3 if numerator % 3 == 0 and numerator > 3 and denominator > 4 else numerator
    )
    if offset == 0:
        return _DOWNBEAT_ACCENT
    if offset * beats % bar.length_ticks:
        return 0
    is_middle = beats % 2 == 0 and beats >= 4 and 2 * offset == bar.length_ticks
    return _MIDDLE_ACCENT if is_middle else _BEAT_ACCENT


class _Curve(NamedTuple):
    """The level of a part in each bar, in velocities, and the middles of the bars in ticks."""

    velocities: tuple[float | None, ...]
    middles: tuple[float, ...]

    @classmethod
    def of(cls, part: Part, bars: Sequence[Bar]) -> _Curve:
        levels = bar_levels(part.notes, bars)
        return cls(
            tuple(None if level is None else LEVEL_VELOCITY * (level + 1) for level in levels),
            tuple(bar.start_tick + bar.length_ticks / 2 for bar in bars),
        )

    def lift(self, tick: int, number: int) -> float:
        """What a slope towards the neighbouring bar adds to the level of bar `number`."""
        here, middle = self.velocities[number], self.middles[number]
        other = number + (1 if tick >= middle else -1)
        if here is None or not 0 <= other < len(self.velocities):
            return 0.0
        there = self.velocities[other]
        if there is None or abs(there - here) > _MOST_LEVELS_OF_A_SLOPE * LEVEL_VELOCITY:
            return 0.0
        return (there - here) * (tick - middle) / (self.middles[other] - middle)
