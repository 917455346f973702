"""What each player does in a piece: leads, accompanies, plays the bass, and how much of the time.

Roles are those of the parts where they are known (`Part.role`); elsewhere a bass is known by its
instrument, the tune as `composer.analysis.tune` finds it, chords by notes that begin together.
What is usual is in `roles.toml`, measured by benchmarks/roles.py on music of each style.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from composer.analysis.table import NoteTable, note_table
from composer.analysis.tune import tune_place
from composer.music.piece import Part, Piece

ROLES = ("lead", "chords", "inner", "bass", "drums")
OF_A_STATED_ROLE = {
    "melody": "lead", "chords": "chords", "arpeggio": "chords", "harmony": "inner", "bass": "bass",
    "drums": "drums",
}  # fmt: skip
_BASSES = ("acoustic-bass", "electric-bass", "synth-bass", "contrabass", "tuba", "bass")
_NOTES_OF_A_CHORD = 1.5
"""Notes at an onset, on average, of who plays chords."""


class Playing(NamedTuple):
    """How much one part plays: `bars` of `of_bars` in which it begins a note, and its notes."""

    role: str
    bars: int
    of_bars: int
    notes: int

    @property
    def share(self) -> float:
        """Of the bars, 0..1."""
        return self.bars / max(1, self.of_bars)

    @property
    def notes_per_bar(self) -> float:
        """In the bars in which it plays."""
        return self.notes / max(1, self.bars)


class Usual(NamedTuple):
    """The middle 80 % of what parts of a role do in real music: share of bars (0..1), and notes in
    a bar in which they play."""

    least_share: float
    most_share: float
    least_notes: float
    most_notes: float

    def holds(self, playing: Playing) -> bool:
        """Whether a part plays as much as that, not counting a bar more or less."""
        bar = 1 / max(1, playing.of_bars)
        enough = playing.share >= self.least_share - bar
        return enough and self.least_notes <= playing.notes_per_bar <= self.most_notes


def playing_of(piece: Piece, first_bar: int = 0, bars: int | None = None) -> list[Playing]:
    """How much each part plays, in the order of the parts, in `bars` from `first_bar` (from 0)."""
    table = note_table(piece)
    last = len(table.bars) if bars is None else min(len(table.bars), first_bar + bars)
    within = (table.bar >= first_bar) & (table.bar < last)
    found = []
    for place, role in enumerate(roles_of(piece, table)):
        mine = table.bar[within & (table.part == place)]
        found.append(Playing(role, len(np.unique(mine)), last - first_bar, len(mine)))
    return found


def roles_of(piece: Piece, table: NoteTable | None = None) -> list[str]:
    """One of `ROLES` for each part."""
    table = note_table(piece) if table is None else table
    parts = piece.parts
    roles = [OF_A_STATED_ROLE.get("drums" if p.is_drums else p.role, "") for p in parts]
    says_who_leads = any(role in ("lead", "chords") for role in roles)
    free = [place for place, part in enumerate(parts) if not roles[place] and part.notes]
    if "lead" not in roles and not says_who_leads and (lead := tune_place(piece, table)) in free:
        roles[lead] = "lead"
        free.remove(lead)
    if "bass" not in roles:
        for place in _basses(parts, free, table):
            roles[place] = "bass"
            free.remove(place)
    for place in free:
        mine = table.onset[table.part == place]
        together = len(mine) / max(1, len(np.unique(mine)))
        roles[place] = "chords" if together >= _NOTES_OF_A_CHORD else "inner"
    return [role or "inner" for role in roles]


def _basses(parts: Sequence[Part], free: Sequence[int], table: NoteTable) -> list[int]:
    """Bass instruments, or the lowest of three parts and more that play lines."""
    basses = [place for place in free if parts[place].instrument in _BASSES]
    if basses or len(free) < 2:
        return basses
    lowest = min(free, key=lambda place: float(table.pitch[table.part == place].mean()))
    mine = table.onset[table.part == lowest]
    is_line = len(mine) < _NOTES_OF_A_CHORD * len(np.unique(mine))
    return [lowest] if is_line else []


def usual(role: str, style: str, ensemble: str) -> Usual | None:
    """What such a part does in music of a style for an ensemble; where that is not known, in music
    for the ensemble, then of the style, then in any. None for a role that nobody knows."""
    table = _table()
    for name in (f"{style}/{ensemble}", f"/{ensemble}", f"{style}/", "/"):
        if role in (known := table.get(name, {})):
            return Usual(*known[role])
    return None


@cache
def _table() -> dict[str, dict[str, list[float]]]:
    path = Path(__file__).with_name("roles.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
