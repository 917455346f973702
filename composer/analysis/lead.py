"""Which part leads: a stated melody, a singer, a soloist over a keyboard, or who lies on top."""

from __future__ import annotations

import numpy as np

from composer.analysis.table import NoteTable
from composer.music.instruments import BY_NAME
from composer.music.piece import Piece

ACCOMPANYING_SECTIONS = ("keyboard", "plucked", "percussion", "drums")
_LEAST_BARS = 0.4
"""A soloist plays in at least this share of the bars."""


def lead_part(piece: Piece, table: NoteTable) -> int | None:
    """The index of the part that leads; None where no part has a pitch."""
    pitched = [place for place, part in enumerate(piece.parts) if part.notes and not part.is_drums]
    if not pitched:
        return None
    for place in pitched:
        if piece.parts[place].role == "melody":
            return place
    sections = {place: BY_NAME[piece.parts[place].instrument].section for place in pitched}
    singers = [place for place in pitched if sections[place] == "voice"]
    if singers:
        return max(singers, key=lambda place: _mean_pitch(table, place))
    soloists = [place for place in pitched if sections[place] not in ACCOMPANYING_SECTIONS]
    if len(soloists) == 1 and len(pitched) > 1:
        bars = np.unique(table.bar[table.part == soloists[0]])
        if len(bars) >= _LEAST_BARS * len(table.bars):
            return soloists[0]
    return _on_top(table)


def _mean_pitch(table: NoteTable, place: int) -> float:
    return float(table.pitch[table.part == place].mean())


def _on_top(table: NoteTable) -> int:
    """The part whose notes are the highest of an onset for the longest time."""
    pitched = table.pitched()
    order = np.lexsort((pitched.pitch, pitched.onset))
    onset = pitched.onset[order]
    is_top = np.append(onset[1:] != onset[:-1], True)
    top = order[is_top]
    waits = np.diff(np.append(pitched.onset[top], pitched.onset[top][-1:] + 1))
    held = np.minimum(waits, pitched.length[top])
    return int(np.bincount(pitched.part[top], weights=held).argmax())
