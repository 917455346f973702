"""The sketch of a piece: written, edited, read back, and composed under."""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

import composer
from composer import RequestError, Sketched
from composer.music.bars import bars_of


@cache
def sketched() -> Sketched:
    return composer.sketch(style="hymn", bars=8, seed=4)


def edited(bar: int, **changes: Any) -> dict[str, Any]:
    """The sketch as JSON with some of a bar (from 1) changed."""
    plain: dict[str, Any] = json.loads(json.dumps(sketched().plain()))
    plain["bars"][bar - 1] |= changes
    return plain


def test_a_sketch_survives_its_file() -> None:
    """Written as JSON and read again it is the same sketch."""
    assert composer.read_sketch(edited(1)).sketch == sketched().sketch


def test_phrases_count_down_to_their_ends() -> None:
    """Each bar has one bar of its phrase less to come, and the last bar ends one."""
    left = [bar["phrase_bars_left"] for bar in sketched().plain()["bars"]]
    assert all(after == now - 1 for now, after in pairwise(left) if now)
    assert left[-1] == 0


def test_a_piece_has_the_bars_and_chords_of_its_sketch() -> None:
    """Edited chords are the piece's own, and others stay."""
    chords = [{"beat": 1, "chord": "F7"}]
    sketch = composer.read_sketch(edited(3, chords=chords))
    composition = composer.compose(sketch=sketch, best_of=1)
    assert len(bars_of(composition.piece)) == 8
    assert composition.chords == sketch.chords
    start = bars_of(composition.piece)[2].start_tick
    assert [c[1:] for c in composition.chords if c.tick == start] == [(5, "dominant7", 5)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"chords": [{"beat": 9, "chord": "C"}]}, "beat 9"),
        ({"chords": [{"beat": 1, "chord": "Xyz"}]}, "Xyz"),
        ({"cadence": "nice"}, "nice"),
        ({"phrase_bars_left": 12}, "12 is not possible"),
        ({"recalls": {"bar": 7, "kind": "exact"}}, "7 is not possible"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], words: str) -> None:
    """The line names the bar and what is wrong."""
    with pytest.raises(RequestError, match=words):
        composer.read_sketch(edited(2, **changes))


def test_what_is_no_sketch_is_refused() -> None:
    """Any other JSON gives one line."""
    for plain in ({}, {"format": 2}, {**sketched().plain(), "bars": []}):
        with pytest.raises(RequestError):
            composer.read_sketch(plain)


def test_what_a_sketch_decides_is_not_asked_beside_it() -> None:
    """Bars, key, meter and chords are edited, not overruled."""
    with pytest.raises(RequestError, match="edit the sketch"):
        composer.compose(sketch=sketched(), bars=12)
