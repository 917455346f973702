"""Which part has the tune: by its role, its name and its program first, then by its line.

A singer rests while the piano plays on, and a piano's right hand lies above a tenor: who begins
most of the highest notes is not who sings. Where nothing says who leads, a part is judged by how
long its notes lie on top of the others, by how much of it is one note at a time, and by how it
moves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from composer.analysis.table import Floats, Ints, NoteTable, note_table
from composer.music.instruments import BY_NAME
from composer.music.piece import Part, Piece

_SINGS = re.compile(
    r"\b(melod\w*|vocals?|vox|voice|voix|voce|stimme|singstimme|gesang|singer|sings?|sang|song|"
    r"canto|cantus|chant|lead|leader|solo|soloist|tune|theme|air|sopran\w*|soprano|superius|"
    r"discant\w*|descant\w*)\b",
    re.IGNORECASE,
)
"""How names of tracks that have the tune begin: "Lead", "Vocal 1", "Melody (flute)"."""
_HARMONY = re.compile(
    r"\b(back\w*|harmon\w*|2|ii|second\w*|pad|choir|chorus|aahs?)\b", re.IGNORECASE
)
_LEADING_PROGRAMS = ("synth-lead",)
ACCOMPANYING_SECTIONS = ("keyboard", "plucked", "percussion", "drums")
_LEAST_SHARE_OF_BARS = 0.2
"""A singer, or a part that is called so, plays in this share of the bars of the busiest part."""
_LEAST_SHARE_OF_A_SOLOIST = 0.4
_WEIGHTS = (1.0, 2.0, 1.0, -2.0, 0.2)
"""Of the time on top, of one note at a time, of steps, of leaps, of many different pitches."""
_LEAP, _MANY_PITCHES = 8, 8
"""Semitones; pitches."""


def tune_place(piece: Piece, table: NoteTable | None = None) -> int | None:
    """The place of the part that has the tune; None where no part has pitched notes. `table` is
    that of the piece, where it has been made."""
    pitched = [place for place, part in enumerate(piece.parts) if part.notes and not part.is_drums]
    if len(pitched) <= 1:
        return pitched[0] if pitched else None
    table = note_table(piece) if table is None else table
    bars = {place: len(np.unique(table.bar[table.part == place])) for place in pitched}
    busiest = max(bars.values())
    playing = [place for place in pitched if bars[place] >= _LEAST_SHARE_OF_BARS * busiest]
    for candidates in _named(piece.parts, pitched, playing):
        if candidates:
            return _highest(table, candidates)
    soloists = [place for place in playing if _section(piece, place) not in ACCOMPANYING_SECTIONS]
    if len(soloists) == 1 and bars[soloists[0]] >= _LEAST_SHARE_OF_A_SOLOIST * busiest:
        return soloists[0]
    return _by_line(table, playing)


def _named(
    parts: Sequence[Part], pitched: Sequence[int], playing: Sequence[int]
) -> list[list[int]]:
    """Who may have the tune by role, by program, and by name, the surest first."""
    singers = [
        place
        for place in playing
        if BY_NAME[parts[place].instrument].section == "voice"
        and parts[place].instrument != "choir"
    ]
    return [
        [place for place in pitched if parts[place].role == "melody"],
        singers,
        [place for place in playing if _is_called_a_tune(parts[place])],
        [place for place in playing if parts[place].instrument in _LEADING_PROGRAMS],
    ]


def _is_called_a_tune(part: Part) -> bool:
    return (
        part.role in ("", "melody")
        and bool(_SINGS.match(part.name.strip()))
        and not _HARMONY.search(part.name)
    )


def _section(piece: Piece, place: int) -> str:
    return BY_NAME[piece.parts[place].instrument].section


def _highest(table: NoteTable, places: Sequence[int]) -> int:
    return max(places, key=lambda place: (float(table.pitch[table.part == place].mean()), -place))


def _by_line(table: NoteTable, places: Sequence[int]) -> int:
    """The part that is most like a tune: on top, one note at a time, by steps, of many pitches.

    The weights are the best of 6,000 drawn at random on 235 pieces whose tune is known: art songs,
    pop songs, hymns, quartets and bands (`docs/experiments/analysis.md`).
    """
    on_top = _time_on_top(table, places)
    whole = max(1.0, float(on_top.sum()))

    def merit(place: int) -> float:
        mine = table.select(table.part == place)
        line = _highest_of_each_onset(mine)
        moves = np.abs(np.diff(line))
        steps = float(((moves > 0) & (moves <= 2)).mean()) if len(moves) else 0.0
        leaps = float((moves >= _LEAP).mean()) if len(moves) else 0.0
        variety = min(1.0, len(np.unique(line)) / _MANY_PITCHES)
        features = (on_top[place] / whole, len(line) / mine.count, steps, leaps, variety)
        return float(np.dot(_WEIGHTS, features))

    return max(places, key=lambda place: (merit(place), -place))


def _highest_of_each_onset(table: NoteTable) -> Ints:
    order = np.lexsort((-table.pitch, table.onset))
    line: Ints = table.pitch[order][np.append(True, np.diff(table.onset[order]) > 0)]
    return line


def _time_on_top(table: NoteTable, places: Sequence[int]) -> Floats:
    """Of each part how long its notes are the highest of their onset until the next: (parts,)."""
    pitched = table.select(np.isin(table.part, places))
    order = np.lexsort((pitched.pitch, pitched.onset))
    onset = pitched.onset[order]
    top = order[np.append(onset[1:] != onset[:-1], True)]
    waits = np.diff(np.append(pitched.onset[top], pitched.onset[top][-1:] + 1))
    held = np.minimum(waits, pitched.length[top])
    shape = int(table.part.max()) + 1
    return np.bincount(pitched.part[top], weights=held, minlength=shape).astype(np.float64)
