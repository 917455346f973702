"""Whether a groove holds: how many bars of drums and bass bring back the pattern of a bar before.

A bar's pattern is the set of its onsets, in sixths of a quarter, and, of drums, what is struck. It
returns where it has three quarters of its onsets in common with one of the four bars before
(the Jaccard index of the two sets); a fill at the end of a section does not, and need not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from composer.analysis.roles import roles_of
from composer.analysis.table import NoteTable, note_table
from composer.music.piece import Piece

BARS_BACK, ALIKE = 4, 0.75
_SLOTS_PER_QUARTER = 6

Pattern = frozenset[tuple[int, int]]


class Grooves(NamedTuple):
    """Shares (0..1) of the bars, from the second that plays, whose pattern returns; None where
    nobody plays it in two bars."""

    drums: float | None
    bass: float | None


def grooves(piece: Piece) -> Grooves:
    """How far drums and bass of a piece hold their patterns."""
    table = note_table(piece)
    roles = roles_of(piece, table)
    return Grooves(
        *(
            returning(patterns(table, [p for p, r in enumerate(roles) if r == role], role))
            for role in ("drums", "bass")
        )
    )


def patterns(table: NoteTable, places: Sequence[int], role: str) -> list[Pattern]:
    """Of each bar the onsets of these parts, as (slot in the bar, drum), 0 for what has pitch."""
    found: list[set[tuple[int, int]]] = [set() for _ in table.bars]
    slots = (table.onset_in_bar * _SLOTS_PER_QUARTER / table.ticks_per_quarter).round().astype(int)
    for place in places:
        mine = table.part == place
        struck = table.pitch[mine] if role == "drums" else 0 * table.pitch[mine]
        for bar, slot, drum in zip(table.bar[mine], slots[mine], struck, strict=True):
            found[bar].add((int(slot), int(drum)))
    return [frozenset(pattern) for pattern in found]


def returning(bars: Sequence[Pattern]) -> float | None:
    """The share of bars whose pattern is that of one of the four before, of those that play."""
    playing = [place for place, pattern in enumerate(bars) if pattern]
    if len(playing) < 2:
        return None
    back = [
        any(_are_alike(bars[place], other) for other in bars[max(0, place - BARS_BACK) : place])
        for place in playing[1:]
    ]
    return sum(back) / len(back)


def _are_alike(one: Pattern, other: Pattern) -> bool:
    return len(one & other) >= ALIKE * len(one | other)
