"""Strings and frets as one hand can stop them."""

from __future__ import annotations

from itertools import groupby

from hypothesis import given, settings
from hypothesis import strategies as st

from composer.music.instruments import BY_NAME
from composer.music.piece import Note
from composer.music.playable import can_strike
from composer.rendering.score.fingering import SPAN_FRETS, Stop, fingering_of

GUITAR = BY_NAME["guitar"]


@st.composite
def guitar_parts(draw: st.DrawFn) -> list[Note]:
    """Notes that one guitarist can strike."""
    chords = draw(
        st.lists(st.sets(st.integers(40, 83), min_size=1, max_size=6), min_size=1, max_size=12)
    )
    playable = [sorted(chord) for chord in chords if can_strike(GUITAR, sorted(chord))]
    return [
        Note(24 * tick, draw(st.integers(1, 48)), pitch)
        for tick, chord in enumerate(playable)
        for pitch in chord
    ]


@given(notes=guitar_parts())
@settings(max_examples=60, deadline=None)
def test_every_stop_sounds_its_note_on_a_string_of_its_own_under_one_hand(
    notes: list[Note],
) -> None:
    """Whatever one player can strike, according to the rules of playing."""
    stops = fingering_of(notes, GUITAR.strings) if notes else []
    pairs = zip(notes, stops, strict=True)
    for _, chord in groupby(pairs, key=lambda pair: pair[0].onset_tick):
        struck = [(note, stop) for note, stop in chord]
        assert all(stop is not None for _, stop in struck)
        placed = [stop for _, stop in struck if stop]
        assert len({stop.string for stop in placed}) == len(placed)
        for note, stop in struck:
            assert stop is not None
            assert GUITAR.strings[len(GUITAR.strings) - stop.string] + stop.fret == note.pitch
        frets = [stop.fret for stop in placed if stop.fret]
        assert not frets or max(frets) - min(frets) <= SPAN_FRETS


def test_an_open_e_chord_is_played_as_guitarists_play_it() -> None:
    """All six strings, two of them at the second fret and one at the first."""
    notes = [Note(0, 96, pitch) for pitch in (40, 47, 52, 56, 59, 64)]
    assert fingering_of(notes, GUITAR.strings) == [
        Stop(6, 0), Stop(5, 2), Stop(4, 2), Stop(3, 1), Stop(2, 0), Stop(1, 0),
    ]  # fmt: skip


def test_a_scale_stays_in_one_position() -> None:
    """C major from the fifth string, without the hand travelling up one string."""
    scale = (48, 50, 52, 53, 55, 57, 59, 60)
    notes = [Note(24 * place, 24, pitch) for place, pitch in enumerate(scale)]
    frets = [stop.fret for stop in fingering_of(notes, GUITAR.strings) if stop]
    assert max(frets) <= 3


def test_what_no_string_reaches_is_left_out() -> None:
    """And the rest of the chord is played."""
    notes = [Note(0, 24, 30), Note(0, 24, 64)]
    assert fingering_of(notes, GUITAR.strings) == [None, Stop(1, 0)]


def test_a_string_that_sounds_is_not_taken_from_its_note() -> None:
    """A held open E is not cut off by the F sharp that follows: it goes to another string."""
    notes = [Note(0, 96, 64), Note(24, 24, 62)]
    first, second = fingering_of(notes, GUITAR.strings)
    assert first is not None
    assert second is not None
    assert first.string != second.string
