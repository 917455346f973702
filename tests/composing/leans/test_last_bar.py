"""What leans on the notes: chords that hold, and the end."""

from __future__ import annotations

import numpy as np
import pytest

from composer.composing.leans.all_leans import LEANS
from composer.composing.leans.lean import Setting
from composer.music.facts import CHORD_QUALITIES
from composer.tokens.fields import Kind
from composer.tokens.grammar import Grammar
from tests.composing.leans.leaned_on import CELLO, FLUTE, PIANO, LeanedOn


class Writing(LeanedOn):
    """Rows go into a grammar and two leans beside it."""

    def __init__(self, bars: int, mode: str = "minor", chords_are_given: bool = False) -> None:
        super().__init__(
            "chord_tones", "ending", bars=bars, mode=mode, chords_are_given=chords_are_given
        )

    def tilt(self, row: list[int]) -> np.ndarray | None:
        """What the two add to the next field; None for nothing."""
        found = [tilt for one in self.leans.followers if (tilt := one.tilt(row)) is not None]
        return sum(found[1:], found[0]) if found else None

    def favoured(self, *row: int) -> int:
        """The value of the next field that is leaned on most."""
        tilt = self.tilt([*row])
        assert tilt is not None
        return int(tilt.argmax())

    def pitches(self, beat: int, part: int) -> set[int]:
        """The pitch classes that are leaned on most."""
        tilt = self.tilt([Kind.NOTE, beat, 0, part])
        assert tilt is not None
        return {int(pitch) % 12 for pitch in np.flatnonzero(tilt == tilt.max())}


def test_a_given_chord_leans_on_its_tones_most_on_strong_beats() -> None:
    """From its row on, and on no drum sound, on root and third alone until one of them is there;
    one that the model wrote leans on nothing."""
    major = 1 + CHORD_QUALITIES.index("major")
    for given in (False, True):
        writing = Writing(2, chords_are_given=given)
        writing.bar()
        assert writing.tilt([Kind.NOTE, 0, 0, FLUTE]) is None
        writing.take(Kind.CHORD, 0, 0, 1 + 7, major, 1 + 7)
        leans = [writing.tilt([Kind.NOTE, beat, 0, FLUTE]) for beat in range(4)]
        if not given:
            assert leans == [None] * 4
            continue
        assert writing.pitches(0, FLUTE) == {7, 11}
        writing.take(Kind.NOTE, 0, 0, CELLO, 43, 24)
        assert writing.pitches(0, FLUTE) == {7, 11, 2}
        first, second, third, _ = (lean.max() for lean in leans if lean is not None)
        assert first == third > second > 0
        assert leans[0] is not None
        assert not leans[0][128:].any()


@pytest.mark.parametrize(("mode", "tonic"), [("major", {0}), ("minor", {9})])
def test_a_piece_ends_on_its_tonic_chord_with_the_root_below(mode: str, tonic: set[int]) -> None:
    """In the last bar only: chord, bass and long notes."""
    writing = Writing(2, mode)
    for bar in range(2):
        writing.bar()
        root = writing.tilt([Kind.CHORD, 0, 0])
        length = writing.tilt([Kind.NOTE, 0, 0, CELLO, 48])
        assert (root is None) == (length is None) == (bar == 0)
    assert writing.pitches(0, CELLO) == tonic
    assert len(writing.pitches(0, FLUTE)) == 3
    writing.take(Kind.NOTE, 0, 0, FLUTE, 72, 95)
    assert writing.tilt([]) is None


def test_a_piece_ends_once_its_bass_has_begun_the_last_chord() -> None:
    """The bass comes first; behind it the end is leaned on."""
    writing = Writing(1)
    writing.take(Kind.PART, PIANO, 1)
    writing.bar()
    assert writing.favoured(Kind.NOTE, 0, 0) == PIANO
    assert writing.tilt([]) is None
    writing.take(Kind.NOTE, 1, 12, PIANO, 45, 47)
    kinds = writing.tilt([])
    assert kinds is not None
    assert kinds[Kind.MARK] > 0
    assert writing.tilt([Kind.NOTE, 0]) is None


def test_a_part_of_a_piece_does_not_come_to_rest() -> None:
    """Where writing ends before the piece does, its last bar is a bar like others."""
    grammar = Grammar(3)
    grammar.go_on(2)
    assert LEANS["ending"].make(Setting(grammar)) is None
