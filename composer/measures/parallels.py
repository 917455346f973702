"""Parallel fifths and octaves between parts, and how many chance would write.

Two parts move in parallel fifths (octaves) where both go in one direction from a perfect fifth (a
unison or octave), or one with octaves between, to another: Huron, "Tone and voice" (Music
Perception 19, 2001), as `parallelFifth` and `parallelOctave` of music21's `VoiceLeadingQuartet`
(Cuthbert and Ariza, 2010) test it. Octaves that two parts keep up as doubling count like any other.

Conventions: drums aside; a part moves where one note of it begins, another pitch than the one
before, which ended no more than a quarter earlier; of a part with chords only what moves alone
counts. The rate is per bar, and per hundred `moves`: moments where two parts move in one direction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

import numpy as np

from composer.errors import RequestError
from composer.music.bars import bars_of
from composer.music.piece import Part, Piece

_FIFTH, _OCTAVE = 7, 0


@dataclass(frozen=True, slots=True)
class Parallels:
    """Parallel fifths and octaves of pieces with so many bars and common moves of two parts."""

    fifths: int = 0
    octaves: int = 0
    moves: int = 0
    bars: int = 0

    @property
    def a_bar(self) -> float:
        return (self.fifths + self.octaves) / self.bars if self.bars else float("nan")

    @property
    def of_a_hundred_moves(self) -> float:
        return 100 * (self.fifths + self.octaves) / self.moves if self.moves else float("nan")


def validate(piece: Piece) -> None:
    """Raises RequestError unless there are two parts to move."""
    if sum(not part.is_drums for part in piece.parts) < 2:
        raise RequestError("parallels are counted between parts; give a piece of at least two")


def evaluate(pieces: Iterable[Piece]) -> Parallels:
    """All parallels of some pieces together."""
    found = [_counted(piece) for piece in pieces]
    return Parallels(
        sum(item.fifths for item in found),
        sum(item.octaves for item in found),
        sum(item.moves for item in found),
        sum(item.bars for item in found),
    )


def _counted(piece: Piece) -> Parallels:
    validate(piece)
    lines = [_moves(part, piece.ticks_per_quarter) for part in piece.parts if not part.is_drums]
    fifths = octaves = moves = 0
    for first, second in combinations(lines, 2):
        for tick in first.keys() & second.keys():
            (before, now), (other_before, other_now) = first[tick], second[tick]
            if (now > before) != (other_now > other_before):
                continue
            moves += 1
            interval = abs(now - other_now) % 12
            if abs(before - other_before) % 12 == interval:
                fifths += interval == _FIFTH
                octaves += interval == _OCTAVE
    return Parallels(fifths, octaves, moves, len(bars_of(piece)))


def _moves(part: Part, ticks_per_quarter: int) -> dict[int, tuple[int, int]]:
    """Tick to the pitch before and the new pitch, wherever one voice goes elsewhere."""
    begin: dict[int, list[tuple[int, int]]] = {}
    for note in part.notes:
        begin.setdefault(note.onset_tick, []).append((note.pitch, note.end_tick))
    moves = {}
    for (_, old), (tick, new) in pairwise(sorted(begin.items())):
        if len(old) == len(new) == 1 and tick - old[0][1] <= ticks_per_quarter:
            before, now = old[0][0], new[0][0]
            if now != before:
                moves[tick] = before, now
    return moves


def shuffled(piece: Piece, random: np.random.Generator) -> Piece:
    """The first part as it is, of each other part the bars in a random order: chance.

    Only bars of one length change places, notes that hang over a bar line go with their bar.
    """
    bars = bars_of(piece)
    starts = [bar.start_tick for bar in bars]
    return replace(
        piece,
        parts=(
            *piece.parts[:1],
            *(
                _with_bars_of(part, starts, _other_order([b.length_ticks for b in bars], random))
                for part in piece.parts[1:]
            ),
        ),
    )


def _other_order(lengths: Sequence[int], random: np.random.Generator) -> list[int]:
    """Where each bar comes from."""
    order = [*range(len(lengths))]
    for length in set(lengths):
        alike = [place for place in order if lengths[place] == length]
        for place, source in zip(alike, random.permutation(alike).tolist(), strict=True):
            order[place] = source
    return order


def _with_bars_of(part: Part, starts: Sequence[int], sources: Sequence[int]) -> Part:
    place = np.searchsorted(starts, [note.onset_tick for note in part.notes], side="right") - 1
    of_bar: dict[int, list[int]] = {}
    for number, bar in enumerate(place.tolist()):
        of_bar.setdefault(bar, []).append(number)
    notes = [
        part.notes[number]._replace(
            onset_tick=part.notes[number].onset_tick - starts[source] + starts[bar]
        )
        for bar, source in enumerate(sources)
        for number in of_bar.get(source, ())
    ]
    return replace(part, notes=tuple(sorted(notes)))
