"""How a piece ends is judged by all that sounds at its last onset."""

from __future__ import annotations

from composer.analysis.ending import ending
from composer.music.piece import MeterChange, Note, Part, Piece


def _ending_over(pitch: int) -> bool:
    """Whether a piece in C closes whose last bass note is held under a C major chord."""
    scale = [Note(place * 24, 24, 60 + step) for place, step in enumerate((0, 4, 7, 4, 5, 2, 7, 4))]
    chord = [Note(216, 72, step) for step in (60, 64, 67)]
    notes = (*scale, Note(192, 96, pitch), *chord)
    found = ending(Piece((Part("piano", 0, notes),), (MeterChange(0, 4, 4),), 288))
    assert found is not None
    assert found.is_held
    return found.closes


def test_a_held_bass_counts_and_not_only_what_begins_last() -> None:
    """C held under the last chord closes; G held under it does not."""
    assert _ending_over(48)
    assert not _ending_over(43)
