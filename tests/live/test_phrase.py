"""A phrase is what was played, to the millisecond."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from composer.live.phrase import TICKS_PER_QUARTER, Beats, Phrase
from composer.live.ports import NOTE_OFF, NOTE_ON

BEATS = Beats(120.0)
PLAYED = st.lists(
    st.tuples(st.floats(0, 8), st.floats(0.05, 2), st.integers(21, 108), st.integers(1, 127)),
    min_size=1,
    max_size=30,
    unique_by=lambda row: row[2],
)


@given(rows=PLAYED, begin=st.floats(0, 1e5))
def test_every_note_is_there_when_it_was_played(
    rows: list[tuple[float, float, int, int]], begin: float
) -> None:
    """From the first note on, with its length and loudness, in whole bars."""
    messages = []
    for start, length, pitch, velocity in rows:
        messages.append((begin + start, bytes((NOTE_ON, pitch, velocity))))
        messages.append((begin + start + length, bytes((NOTE_OFF, pitch, 0))))
    phrase = Phrase(BEATS, "piano")
    for at, message in sorted(messages):
        phrase.hear(at, message)
    piece = phrase.piece()
    first = min(start for start, *_ in rows)
    by_pitch = {note.pitch: note for note in piece.parts[0].notes}
    assert len(by_pitch) == len(rows)
    for start, length, pitch, velocity in rows:
        note = by_pitch[pitch]
        seconds = BEATS.quarter_seconds / TICKS_PER_QUARTER
        assert abs(note.onset_tick * seconds - (start - first)) < 0.002
        assert abs(note.length_ticks * seconds - length) < 0.002
        assert note.velocity == velocity
    assert piece.end_tick % (4 * TICKS_PER_QUARTER) == 0


def test_a_phrase_is_over_after_a_silence_and_not_while_a_note_is_held() -> None:
    """However long somebody holds it."""
    phrase = Phrase(BEATS, "piano")
    assert not phrase.is_over(100.0, 0.5)
    phrase.hear(1.0, bytes((NOTE_ON, 60, 80)))
    assert not phrase.is_over(90.0, 0.5)
    phrase.hear(90.0, bytes((NOTE_ON, 60, 0)))
    assert not phrase.is_over(90.4, 0.5)
    assert phrase.is_over(90.6, 0.5)


def test_what_is_no_note_is_no_note() -> None:
    """Clocks, pedals, and a note that ends without having begun."""
    phrase = Phrase(BEATS, "piano")
    for message in (b"\xf8", bytes((0xB0, 64, 127)), bytes((NOTE_OFF, 60, 0))):
        assert not phrase.hear(1.0, message)
    assert phrase.is_empty
