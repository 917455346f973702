"""Who doubles whom in an orchestra, and when: quiet phrases are for few, loud ones for all.

The highest wind doubles the melody an octave above, low winds and the contrabass double the
bass, the others a line of their own register; brass comes in where it is loud, and timpani strike
tonic and dominant there (Rimsky-Korsakov, "Principles of Orchestration", chapters 2 and 3).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from statistics import mean

from composer.composing.verbs.players import Desk
from composer.music.bars import Bar, bars_of
from composer.music.keys import tonic_pitch_class
from composer.music.piece import KeyChange, Note, Piece

PHRASE_BARS = 4
_LOUD_FROM = {"woodwind": 1, "brass": 2, "percussion": 2, "plucked": 1, "keyboard": 1}
"""The loudness 0..2 of a phrase from which a section plays; others always do."""
_ONE_MORE = 12.0
"""What each doubling of a line speaks against another, in semitones of register."""
_UNDER_STRINGS = -12
"""The contrabass sounds an octave below the cello."""


def double(
    extra: Sequence[Desk],
    core: Sequence[Desk],
    lead: Desk,
    low: Desk,
    piece: Piece,
    key: KeyChange | None,
) -> None:
    """Give the desks beyond the core something to play."""
    bars = bars_of(piece)
    levels = loudness_of_phrases(piece, bars)
    for desk, (line, shift) in _pairs(extra, core, lead, low).items():
        if desk.instrument.name == "timpani":
            notes = _strokes(line.notes, bars, key)
        else:
            notes = [note._replace(pitch=note.pitch + shift) for note in _outer(line, line is low)]
        from_level = _LOUD_FROM.get(desk.instrument.section, 0)
        starts = [bar.start_tick for bar in bars]
        notes = [
            note
            for note in notes
            if levels[min(bisect_right(starts, note.onset_tick) - 1, len(bars) - 1)] >= from_level
        ]
        if notes:
            desk.lay_line(notes, piece.ticks_per_quarter)


def loudness_of_phrases(piece: Piece, bars: Sequence[Bar]) -> list[int]:
    """For each bar, how loud its phrase is beside the others: 0, 1 or 2, a third of them each.

    By mean velocity times notes a tick; of equal phrases the later one is the louder.
    """
    notes = [note for part in piece.parts for note in part.notes]
    weights = []
    for first in range(0, len(bars), PHRASE_BARS):
        phrase = bars[first : first + PHRASE_BARS]
        start, end = phrase[0].start_tick, phrase[-1].end_tick
        inside = [note for note in notes if start <= note.onset_tick < end]
        loud = mean([note.velocity for note in inside] or [0])
        weights.append((1 + loud) * len(inside) / (end - start))
    ranks = sorted(range(len(weights)), key=lambda phrase: (weights[phrase], phrase))
    levels = {phrase: 3 * rank // len(ranks) for rank, phrase in enumerate(ranks)}
    return [levels[index // PHRASE_BARS] for index in range(len(bars))]


def _pairs(
    extra: Sequence[Desk], core: Sequence[Desk], lead: Desk, low: Desk
) -> dict[Desk, tuple[Desk, int]]:
    """Whom each desk doubles, and how many semitones higher."""
    winds = [desk for desk in extra if desk.instrument.section == "woodwind"]
    highest = max(winds, key=lambda desk: desk.centre, default=None)
    used: Counter[tuple[int, int]] = Counter()
    pairs: dict[Desk, tuple[Desk, int]] = {}
    for desk in extra:
        if desk.instrument.name == "timpani":
            pairs[desk] = low, 0
        elif desk.instrument.name == "contrabass":
            pairs[desk] = low, _UNDER_STRINGS
        elif desk is highest:
            pairs[desk] = lead, 12
        elif desk.centre < low.centre:
            pairs[desk] = low, 0
        else:
            place, shift = min(
                (
                    (place, shift)
                    for place, line in enumerate(core)
                    if line.notes
                    for shift in (0, 12)
                ),
                key=lambda option: _distance(desk, core, option) + _ONE_MORE * used[option],
            )
            used[place, shift] += 1
            pairs[desk] = core[place], shift
    return pairs


def _distance(desk: Desk, core: Sequence[Desk], option: tuple[int, int]) -> float:
    place, shift = option
    return abs(mean(note.pitch for note in core[place].notes) + shift - desk.centre) + shift / 4


def _outer(line: Desk, lowest: bool) -> list[Note]:
    """One note of each onset."""
    sign = -1 if lowest else 1
    by_onset: dict[int, Note] = {}
    for note in line.notes:
        there = by_onset.get(note.onset_tick)
        if there is None or sign * note.pitch > sign * there.pitch:
            by_onset[note.onset_tick] = note
    return [by_onset[onset] for onset in sorted(by_onset)]


def _strokes(bass: Sequence[Note], bars: Sequence[Bar], key: KeyChange | None) -> list[Note]:
    """A stroke where a bar begins on the tonic or the dominant."""
    if key is None:
        return []
    tonic = tonic_pitch_class(key)
    starts = {bar.start_tick: bar.length_ticks for bar in bars}
    return [
        note._replace(length_ticks=max(1, min(note.length_ticks, starts[note.onset_tick] // 4)))
        for note in bass
        if note.onset_tick in starts and note.pitch % 12 in (tonic, (tonic + 7) % 12)
    ]
