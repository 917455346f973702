"""Promises about parallel fifths and octaves."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.errors import RequestError
from composer.measures.parallels import Parallels, evaluate, shuffled
from composer.music.piece import MeterChange, Note, Part, Piece


def voices(*lines: list[int], rest_ticks: int = 0) -> Piece:
    """Each line a part, a quarter a note, in bars of 4/4."""
    parts = tuple(
        Part(name, 52, tuple(Note(24 * i, 24 - rest_ticks, p) for i, p in enumerate(line)))
        for name, line in zip(("soprano", "alto", "tenor", "bass"), lines, strict=False)
    )
    bars = -(-max(map(len, lines)) // 4)
    return Piece(parts, (MeterChange(0, 4, 4),), 96 * bars)


def test_fifths_and_octaves_are_told_apart() -> None:
    """Also with octaves between, also where the lower part goes above."""
    found = evaluate([voices([67, 69, 71, 72], [60, 62, 52, 53])])
    assert (found.fifths, found.octaves) == (2, 0)
    found = evaluate([voices([72, 74], [60, 62]), voices([60, 62], [72, 74])])
    assert (found.fifths, found.octaves, found.bars) == (0, 2, 2)
    assert found.a_bar == 1.0


def test_only_common_motion_is_parallel() -> None:
    """Not contrary motion, repeated notes, one part alone, or a long rest between."""
    for still in (
        voices([67, 79], [60, 48]),
        voices([67, 67], [60, 60]),
        voices([67, 69], [60, 60]),
        voices([67, 69], [60, 65]),
    ):
        found = evaluate([still])
        assert found.fifths + found.octaves == 0
    rested = Piece(
        tuple(
            Part(name, 52, (Note(0, 24, low), Note(72, 24, low + 2)))
            for name, low in (("soprano", 67), ("alto", 60))
        ),
        (MeterChange(0, 4, 4),),
        96,
    )
    assert evaluate([rested]).moves == 0
    assert evaluate([voices([67, 69], [60, 62], rest_ticks=6)]).fifths == 1


def test_one_part_has_no_parallels() -> None:
    """It is refused; no pieces at all have no rate."""
    with pytest.raises(RequestError, match="at least two"):
        evaluate([voices([60, 62])])
    assert math.isnan(evaluate([]).a_bar)
    assert math.isnan(Parallels(bars=2).of_a_hundred_moves)


@given(
    st.lists(st.lists(st.integers(40, 80), min_size=8, max_size=24), min_size=2, max_size=4),
    st.integers(0, 9),
)
def test_shuffling_keeps_notes_and_the_first_part(lines: list[list[int]], seed: int) -> None:
    """Bars change places, nothing else does."""
    piece = voices(*lines)
    other = shuffled(piece, np.random.default_rng(seed))
    assert other.parts[0] == piece.parts[0]
    for before, after in zip(piece.parts, other.parts, strict=True):
        assert Counter(
            (n.onset_tick % 96, n.length_ticks, n.pitch) for n in before.notes
        ) == Counter((n.onset_tick % 96, n.length_ticks, n.pitch) for n in after.notes)
