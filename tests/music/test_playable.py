"""What one player can sound at once."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.music.instruments import BY_NAME, INSTRUMENTS, Instrument
from composer.music.piece import Note, Part
from composer.music.playable import can_strike, is_playable

G3, D4, A4, E5 = 55, 62, 69, 76


@pytest.mark.parametrize(
    ("instrument", "struck", "held", "answer"),
    [
        ("flute", [72], [], True),
        ("flute", [72, 76], [], False),
        ("flute", [72], [60], False),
        ("violin", [G3, D4 + 2], [], True),
        ("violin", [G3, G3 + 2], [], False),
        ("violin", [G3 + 1, A4 + 1], [], False),
        ("violin", [G3, A4], [], True),
        ("violin", [D4 + 1, A4 + 6], [], True),
        ("violin", [D4 + 1, A4 + 7], [], False),
        ("violin", [G3, D4, A4 + 2, E5 + 1], [], True),
        ("violin", [A4], [D4], True),
        ("violin", [D4, A4], [G3], False),
        ("contrabass", [33, 38], [], False),
        ("guitar", [40, 47, 52, 56, 59, 64], [], True),
        ("guitar", [40, 41], [], False),
        ("guitar", [52], [40, 47, 56, 59, 64], True),
        ("guitar", [41, 52], [], True),
        ("guitar", [41, 61, 62, 63, 64], [], False),
        ("piano", [36, 52, 60, 76], [], True),
        ("piano", [36, 60, 84], [], False),
        ("piano", [84], [36, 60], True),
        ("harp", [48, 52, 55, 60, 72], [], True),
        ("harp", [48, 50, 52, 53, 72, 74, 76, 77, 79], [], False),
        ("drums", [36, 38, 42, 49], [35, 46, 51], True),
        ("drums", [36, 38, 42, 46, 49], [], False),
    ],
)
def test_players_have_limits(
    instrument: str, struck: list[int], held: list[int], answer: bool
) -> None:
    """Breath, a bow over neighbouring strings, frets, two hands, sticks and feet."""
    assert can_strike(BY_NAME[instrument], struck, held) == answer


@given(
    st.sampled_from([instrument for instrument in INSTRUMENTS if not instrument.is_bowed]),
    st.sets(st.integers(28, 100), min_size=1, max_size=8),
)
def test_who_can_strike_a_chord_can_strike_less(instrument: Instrument, chord: set[int]) -> None:
    """Leaving out a note never makes a chord harder, but for bows, which skip no string."""
    if can_strike(instrument, chord):
        assert all(can_strike(instrument, some) for some in combinations(chord, len(chord) - 1))


def test_a_part_is_playable_note_by_note() -> None:
    """Within its range, and while notes sound on too."""
    held, above = Note(0, 48, 60), Note(24, 24, 64)
    assert is_playable(Part("flute", 73, (held, above._replace(onset_tick=48))))
    assert not is_playable(Part("flute", 73, (held, above)))
    assert not is_playable(Part("flute", 73, (Note(0, 24, 40),)))
    assert is_playable(Part("piano", 0, (held, above)))


def test_every_instrument_sounds_what_it_says() -> None:
    """At least one note, no more than it has strings, and one only where it is called a line."""
    for instrument in INSTRUMENTS:
        assert instrument.most_notes >= 1
        assert not instrument.strings or instrument.most_notes <= len(instrument.strings)
        assert list(instrument.strings) == sorted(instrument.strings)
        assert can_strike(instrument, [instrument.low])
        assert not can_strike(instrument, range(instrument.low, instrument.low + 13))
