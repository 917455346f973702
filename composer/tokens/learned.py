"""Rows as a network reads them: what it has hardly met in training, as what comes nearest.

Chords of rare colours (7b9, add9, 13) are asked for by their names and leaned on note by note, but
in training heard chords stand without them (`composer.music.chords.PLAIN_QUALITIES`): a network
reads G7 where G7b9 is written.
"""

from __future__ import annotations

from composer.music.chords import PLAIN_QUALITIES
from composer.music.facts import CHORD_QUALITIES
from composer.tokens.fields import Kind, column_of

_QUALITY = column_of(Kind.CHORD, "quality")
_READ_AS = {
    1 + CHORD_QUALITIES.index(coloured): 1 + CHORD_QUALITIES.index(plain)
    for coloured, plain in PLAIN_QUALITIES.items()
}


def as_learned(row: list[int]) -> list[int]:
    """The row, or of a chord with a rare colour a copy without it; also of a row that is begun."""
    if not row or row[0] != Kind.CHORD or len(row) <= _QUALITY or row[_QUALITY] not in _READ_AS:
        return row
    return [*row[:_QUALITY], _READ_AS[row[_QUALITY]], *row[_QUALITY + 1 :]]
