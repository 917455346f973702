"""How closely notes follow the chords and the form that a user gave.

Conventions: shares in 0..1; nan where there is nothing to judge.

A note on a strong beat (the first of a bar, and its middle where a bar has four beats or more) is
a chord tone, or explained: the next onset of its part has a chord tone a step (one or two
semitones) away, as after a suspension, an appoggiatura or an accented passing note. `chance` is the
same share against the chords moved by every other interval: what notes of a key reach anyway.
A chord is heard where its root or its third (of a power or suspended chord its root or its fifth)
sounds in a bar while the chord holds there; one that nobody plays is not followed, however well
the rest agrees.

A form is heard in sections as long as those that were asked for, and followed where it is the same.
"""

from __future__ import annotations

import string
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

import numpy as np

from composer.analysis.texture import beat_ticks
from composer.errors import RequestError
from composer.music.bars import Bar, bars_of
from composer.music.chords import CHORD_INTERVALS, telling_intervals
from composer.music.facts import Chord
from composer.music.piece import Piece

CHORDS_FOLLOWED = 0.85
"""The least share of notes on strong beats that are chord tones or explained."""
FORM_RETURNS, FORM_NEW = 0.75, 0.5
"""The least share of bars alike of a section that returns; a new one has less than the other."""
BARS_ALIKE = 0.5
"""Two bars are alike that have this share of all their notes in common, or more."""
OWN_ENDING = 2
_LETTERS = string.ascii_uppercase + string.ascii_lowercase

_FEWEST_BEATS_WITH_A_MIDDLE = 4


@dataclass(frozen=True, slots=True)
class ChordsFollowed:
    """Of `notes` on strong beats, the shares that are chord tones, that are these or explained,
    and that would be by chance; of `chords`, each counted in each of its bars, the share that is
    heard."""

    notes: int
    chord_tones: float
    explained: float
    chance: float
    chords: int = 0
    heard: float = float("nan")

    @property
    def are_met(self) -> bool:
        """Whether enough notes agree and no chord is missing."""
        return not (self.explained < CHORDS_FOLLOWED or self.heard < 1.0)

    @property
    def share(self) -> float:
        """The smaller of what is explained and what is heard; nan where neither can be judged."""
        return float(np.fmin(self.explained, self.heard))


@dataclass(frozen=True, slots=True)
class FormFollowed:
    """The form that is heard in sections as long as those asked for ("AABA"; "A'" for a section
    between a return and something new), and the share of sections that are as asked."""

    form: str
    heard: str
    share: float

    @property
    def is_met(self) -> bool:
        """Whether the form heard is the form asked for: one judgement, not two."""
        return self.heard == _lettered(self.form)


def validate(form: str, bars: int) -> None:
    """Raises RequestError unless the bars divide into the sections."""
    if not form or bars % len(form):
        raise RequestError(f"{bars} bars do not divide into the sections of form {form!r}")


def chords_followed(piece: Piece, chords: Sequence[Chord]) -> ChordsFollowed:
    """How the strong beats of a piece agree with chords at its ticks."""
    strong = _strong_ticks(piece)
    notes = [heard for heard in _with_next_onsets(piece) if heard[0] in strong]
    spans = chord_spans(piece, chords)
    heard = _mean(chords_heard(piece, spans))
    if not notes:
        return ChordsFollowed(0, float("nan"), float("nan"), float("nan"), len(spans), heard)
    inside = [_belongs(pitch, onset, chords, 0) for onset, pitch, _ in notes]
    by_shift = [
        np.mean([_is_explained(note, chords, semitones) for note in notes])
        for semitones in range(12)
    ]
    return ChordsFollowed(
        len(notes),
        float(np.mean(inside)),
        float(by_shift[0]),
        float(np.mean(by_shift[1:])),
        len(spans),
        heard,
    )


class ChordSpan(NamedTuple):
    """A chord in one of its bars (from 1), from `start_tick` until `end_tick`."""

    chord: Chord
    bar: int
    start_tick: int
    end_tick: int


def chord_spans(piece: Piece, chords: Sequence[Chord]) -> list[ChordSpan]:
    """Every chord in each bar that it holds in; where there is no chord, none."""
    ends = [*(chord.tick for chord in chords[1:]), piece.end_tick]
    bars = bars_of(piece)
    starts = [bar.start_tick for bar in bars]
    return [
        ChordSpan(chord, bar.number, max(chord.tick, bar.start_tick), min(end, bar.end_tick))
        for chord, end in zip(chords, ends, strict=True)
        for bar in bars[max(0, bisect_right(starts, chord.tick) - 1) : bisect_left(starts, end)]
        if chord.quality != "none" and max(chord.tick, bar.start_tick) < min(end, bar.end_tick)
    ]


def chords_heard(piece: Piece, spans: Sequence[ChordSpan]) -> list[bool]:
    """Whether a pitched note sounds in each span that makes its chord known."""
    notes = [note for part in piece.parts if not part.is_drums for note in part.notes]
    notes.sort(key=lambda note: note.onset_tick)
    onsets = [note.onset_tick for note in notes]
    longest = max((note.length_ticks for note in notes), default=0)
    heard = []
    for chord, _, start_tick, end_tick in spans:
        wanted = {(chord.root + interval) % 12 for interval in telling_intervals(chord.quality)}
        near = notes[bisect_left(onsets, start_tick - longest) : bisect_left(onsets, end_tick)]
        heard.append(any(note.pitch % 12 in wanted and note.end_tick > start_tick for note in near))
    return heard


def form_followed(piece: Piece, form: str) -> FormFollowed:
    """How the bars of a piece agree with the letters of its form, sections of equal length.

    A section returns where three quarters of its bars or more are alike those of an earlier one,
    is new where less than half are, and else a variation ("A'") that is neither. The last section
    may have an ending of its own: its last bars, a quarter of it and two at the most, do not count.
    """
    contents = _bar_contents(piece)
    validate(form, len(contents))
    length = len(contents) // len(form)
    sections = [contents[start : start + length] for start in range(0, len(contents), length)]
    ending = min(OWN_ENDING, length // 4)
    heard: list[str] = []
    first: dict[str, int] = {}
    for place, section in enumerate(sections):
        counted = length - (ending if place == len(sections) - 1 else 0)
        alike = {
            letter: _share_alike(section[:counted], sections[source][:counted])
            for letter, source in first.items()
        }
        nearest = max(alike, key=lambda letter: alike[letter], default="")
        if not nearest or alike[nearest] < FORM_NEW:
            nearest = _letter(len(first))
            first[nearest] = place
            heard.append(nearest)
        else:
            heard.append(nearest if alike[nearest] >= FORM_RETURNS else f"{nearest}'")
    met = sum(ours == theirs for ours, theirs in zip(heard, _lettered(form), strict=True))
    return FormFollowed(form, "".join(heard), met / len(form))


def _lettered(form: str) -> str:
    """The same form by letters from A on, in the order of their coming: "XYX" is "ABA"."""
    order = list(dict.fromkeys(form))
    return "".join(_letter(order.index(letter)) for letter in form)


def _letter(number: int) -> str:
    return _LETTERS[number] if number < len(_LETTERS) else f"({number + 1})"


def _share_alike(ours: Sequence[BarContent], theirs: Sequence[BarContent]) -> float:
    """The share of the bars that have half of their notes and more in common."""
    pairs = zip(ours, theirs, strict=True)
    return _mean([_likeness(one, other) >= BARS_ALIKE for one, other in pairs])


_Heard = tuple[int, int, tuple[tuple[int, int], ...]]
"""Onset and pitch of a note, and those of the notes of the next onset of its part."""


def _with_next_onsets(piece: Piece) -> list[_Heard]:
    found = []
    for part in piece.parts:
        if part.is_drums:
            continue
        by_onset: dict[int, list[tuple[int, int]]] = {}
        for note in part.notes:
            by_onset.setdefault(note.onset_tick, []).append((note.onset_tick, note.pitch))
        onsets = sorted(by_onset)
        for onset, following in zip_longest(onsets, onsets[1:], fillvalue=-1):
            after = tuple(by_onset.get(following, ()))
            found += [(onset, pitch, after) for _, pitch in by_onset[onset]]
    return found


def _strong_ticks(piece: Piece) -> set[int]:
    return {tick for bar in bars_of(piece) for tick in _strong_of(bar, piece.ticks_per_quarter)}


def _strong_of(bar: Bar, ticks_per_quarter: int) -> list[int]:
    beats = bar.length_ticks // beat_ticks(bar.meter, ticks_per_quarter)
    has_middle = beats >= _FEWEST_BEATS_WITH_A_MIDDLE and beats % 2 == 0
    return [bar.start_tick, *([bar.start_tick + bar.length_ticks // 2] if has_middle else [])]


def _is_explained(note: _Heard, chords: Sequence[Chord], semitones: int) -> bool:
    onset, pitch, following = note
    return _belongs(pitch, onset, chords, semitones) or any(
        1 <= abs(other - pitch) <= 2 and _belongs(other, tick, chords, semitones)
        for tick, other in following
    )


def _belongs(pitch: int, tick: int, chords: Sequence[Chord], semitones: int) -> bool:
    chord = chords[max(0, bisect_right(chords, tick, key=lambda chord: chord.tick) - 1)]
    return (pitch - chord.root - semitones) % 12 in CHORD_INTERVALS[chord.quality]


BarContent = frozenset[tuple[int, int, int]]
"""The notes of a bar as (onset in the bar, part, pitch)."""


def _bar_contents(piece: Piece) -> list[BarContent]:
    bars = bars_of(piece)
    starts = [bar.start_tick for bar in bars]
    contents: list[set[tuple[int, int, int]]] = [set() for _ in bars]
    for place, part in enumerate(piece.parts):
        for note in part.notes:
            bar = bisect_right(starts, note.onset_tick) - 1
            contents[bar].add((note.onset_tick - starts[bar], place, note.pitch))
    return [frozenset(content) for content in contents]


def _likeness(ours: BarContent, theirs: BarContent) -> float:
    return len(ours & theirs) / len(ours | theirs) if ours | theirs else 1.0


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
