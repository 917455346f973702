"""How a piece ends: on its tonic or elsewhere, on a long note or in mid-run. Drums aside."""

from __future__ import annotations

from typing import NamedTuple

from composer.analysis.key_finding import key_of_table
from composer.analysis.table import note_table
from composer.analysis.texture import beat_ticks
from composer.music.keys import tonic_pitch_class
from composer.music.piece import Piece

NEARLY = 0.8
"""Of a beat: players and accompaniment programs let go of a quarter a little before the next."""


class Ending(NamedTuple):
    """Whether the lowest note that sounds at the last onset, begun there or held, is the tonic of
    the key that the notes say, whether that onset is on a beat with a note of (nearly) a beat or
    more, and how many beats the longest lasts."""

    is_on_tonic: bool
    is_held: bool
    beats: float

    @property
    def closes(self) -> bool:
        return self.is_on_tonic and self.is_held


def ending(piece: Piece) -> Ending | None:
    """How a piece ends; None where nothing has a pitch."""
    table = note_table(piece).pitched()
    if table.count == 0:
        return None
    key = key_of_table(table)
    final = table.select(table.onset == table.onset.max())
    beat = beat_ticks(table.bars[int(final.bar[0])].meter, table.ticks_per_quarter)
    sounding = table.select(table.onset + table.length > table.onset.max())
    on_tonic = key is not None and int(sounding.pitch.min()) % 12 == tonic_pitch_class(key)
    longest = int(final.length.max())
    is_on_beat = int(final.onset_in_bar[0]) % beat == 0
    return Ending(on_tonic, is_on_beat and longest >= NEARLY * beat, longest / beat)
