"""Where phrases end, bar by bar, and on which cadence: from rests, long notes, harmony and returns.

Each bar line gets a strength as a boundary, and dynamic programming finds the phrases that end on
strong ones and have usual lengths (compare Temperley, "The Cognition of Basic Musical Structures",
2001, chapter 3: gaps, phrase length and metrical parallelism).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from composer.analysis.table import Floats, Ints, NoteTable
from composer.music.chords import PLAIN_QUALITIES
from composer.music.facts import LONGEST_PHRASE, Chord, Phrase, Recall
from composer.music.piece import KeyChange

_LONG_NOTE = 0.45
"""Strength of a lead's onset for each doubling of its wait above the usual one, two at the most."""
_REST = 0.5
_AUTHENTIC, _HALF, _OTHER_CADENCE = 0.6, 0.35, 0.2
_RETURN = 0.5
_LENGTH_COSTS = (
    2.6, 1.3, 1.1, 0.45, 1.1, 0.9, 1.3, 0.6, 1.6, 1.5, 1.8, 1.3, 2.0, 2.0, 2.0, 1.4,
)  # fmt: skip
"""What a phrase of 1, 2, ... bars costs."""
assert len(_LENGTH_COSTS) == LONGEST_PHRASE

_DOMINANTS = ("major", "dominant7", "dominant9", "dominant7sus4", "sus4", "augmented7")
_DIMINISHED = ("diminished", "half-diminished7", "diminished7")
_TONICS = ("major", "minor", "major6", "major7", "minor7", "power", "major9", "minor9", "minor6")


def phrases(
    table: NoteTable,
    lead: int | None,
    chords: Sequence[Chord],
    recalls: Sequence[Recall],
    key: KeyChange | None,
) -> tuple[Phrase | None, ...]:
    """For each bar how many more its phrase has, and on which cadence that ends; None throughout
    where there is no lead to follow."""
    bars = len(table.bars)
    if lead is None or not bars:
        return (None,) * bars
    line = _top_line(table, lead)
    cadences = [_cadence(bar, table, line, chords, key) for bar in range(bars)]
    strength = _gaps(table, line) + _returns(recalls) + _harmony(cadences)
    found: list[Phrase | None] = []
    first = 0
    for last in _ends(strength):
        found += [Phrase(last - bar, cadences[last]) for bar in range(first, last + 1)]
        first = last + 1
    return tuple(found)


def _top_line(table: NoteTable, lead: int) -> NoteTable:
    """The highest note of each onset of the lead."""
    own = table.select(table.part == lead)
    is_last = np.append(own.onset[1:] != own.onset[:-1], True)  # upwards within an onset
    return own.select(is_last)


def _gaps(table: NoteTable, line: NoteTable) -> Floats:
    """(bars,): how much the lead waits, or rests, behind an onset in each bar."""
    strength = np.zeros(len(table.bars))
    if line.count < 2:
        return strength
    waits = np.append(np.diff(line.onset), 0).astype(np.float64)
    usual = max(1.0, float(np.median(waits[:-1])))
    rests = waits - line.length
    found = _LONG_NOTE * np.clip(np.log2(np.maximum(waits, 1.0) / usual), 0.0, 2.0)
    found += np.where(rests >= table.ticks_per_quarter / 2, _REST, 0.0)
    np.maximum.at(strength, line.bar, found)
    silent = np.bincount(line.bar, minlength=len(table.bars)) == 0
    strength[silent] += _REST
    return strength


def _returns(recalls: Sequence[Recall]) -> Floats:
    """(bars,): whether behind each bar something begins that was heard before, elsewhere."""
    strength = np.zeros(len(recalls))
    for bar, (here, after) in enumerate(pairwise(recalls)):
        if after.distance and after.distance != here.distance and after.distance > 1:
            strength[bar] = _RETURN
    return strength


def _harmony(cadences: Sequence[str]) -> Floats:
    by_kind = {"open": 0.0, "authentic": _AUTHENTIC, "half": _HALF}
    return np.array([by_kind.get(cadence, _OTHER_CADENCE) for cadence in cadences])


def _ends(strength: Floats) -> list[int]:
    """The last bars (from 0) of the phrases; the last bar of all ends one."""
    bars = len(strength)
    best = np.full(bars + 1, -np.inf)
    best[0] = 0.0
    back: Ints = np.zeros(bars + 1, dtype=np.int64)
    for stop in range(1, bars + 1):
        for length in range(1, min(LONGEST_PHRASE, stop) + 1):
            score = best[stop - length] - _LENGTH_COSTS[length - 1]
            if score > best[stop]:
                best[stop], back[stop] = score, stop - length
        best[stop] += strength[stop - 1]
    ends = []
    stop = bars
    while stop > 0:
        ends.append(stop - 1)
        stop = int(back[stop])
    return ends[::-1]


def _cadence(
    bar: int, table: NoteTable, line: NoteTable, chords: Sequence[Chord], key: KeyChange | None
) -> str:
    """How a phrase that ends in a bar would close; "open" where it would not."""
    if key is None:
        return "open"
    tonic = tonic_of(key.fifths, key.mode)
    if not chords:
        return _melodic_close(bar, line, tonic)
    return close_at(chords, int(table.bar_starts[bar] + table.bar_lengths[bar]), tonic)


def close_at(chords: Sequence[Chord], end_tick: int, tonic: int) -> str:
    """How the chords before a tick close in the key of a tonic (pitch class); one of `CADENCES`."""
    index = int(np.searchsorted([chord.tick for chord in chords], end_tick, side="left")) - 1
    while index >= 0 and chords[index].quality == "none":
        index -= 1
    if index < 0:
        return "open"
    earlier = [chord for chord in chords[max(0, index - 4) : index] if chord.quality != "none"]
    before = next((c for c in reversed(earlier) if c.root != chords[index].root), None)
    return _close(chords[index], before, tonic)


def tonic_of(fifths: int, mode: str) -> int:
    """The pitch class of a key's first degree."""
    return (7 * fifths + (0 if mode == "major" else 9)) % 12


def _close(last: Chord, before: Chord | None, tonic: int) -> str:
    last, before = _plain(last), _plain(before) if before else None
    degree = (last.root - tonic) % 12
    from_dominant = before is not None and (
        ((before.root - last.root) % 12 == 7 and before.quality in _DOMINANTS)
        or ((before.root - last.root) % 12 == 11 and before.quality in _DIMINISHED)
    )
    if degree == 0 and last.quality in _TONICS:
        if from_dominant:
            return "authentic"
        return "plagal" if before is not None and (before.root - tonic) % 12 == 5 else "open"
    if from_dominant and last.quality in _TONICS:
        return "elsewhere"
    if degree == 7 and last.quality in _DOMINANTS:
        return "half"
    rises = before is not None and (before.root - tonic) % 12 == 7
    return "deceptive" if rises and degree in (8, 9) else "open"


def _plain(chord: Chord) -> Chord:
    return chord._replace(quality=PLAIN_QUALITIES.get(chord.quality, chord.quality))


def _melodic_close(bar: int, line: NoteTable, tonic: int) -> str:
    """Of a melody alone: on the tonic, or on a tone of the dominant."""
    own = line.pitch[line.bar == bar]
    if not len(own):
        return "open"
    degree = (int(own[-1]) - tonic) % 12
    return "authentic" if degree == 0 else "half" if degree in (2, 7, 11) else "open"
