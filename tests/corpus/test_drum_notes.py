"""Drums come back out of MusicXML."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.corpus.drum_notes import with_drum_pitches
from composer.corpus.scores import read_score
from composer.rendering.musicxml.musicxml import musicxml_text
from tests.rendering.pieces import part_of, piece_of

BEATS = st.lists(st.sets(st.integers(35, 81), min_size=1, max_size=3), min_size=4, max_size=12)


@given(beats=BEATS, has_flute=st.booleans())
@settings(max_examples=8, deadline=None)
def test_drums_that_we_wrote_are_read_back(beats: list[set[int]], has_flute: bool) -> None:
    """Alone or under a melody, chords of drums included, sound for sound."""
    rows = [(place, 1, sound) for place, sounds in enumerate(beats) for sound in sorted(sounds)]
    drums = part_of("drums", rows)
    flute = part_of("flute", [(place, 1, 72) for place in range(len(beats))])
    piece = piece_of(flute, drums) if has_flute else piece_of(drums)
    read = read_score(musicxml_text(piece).encode(), "beat.musicxml")
    found = next(part for part in read.parts if part.is_drums)
    assert [(n.onset_tick, n.pitch) for n in found.notes] == [
        (n.onset_tick, n.pitch) for n in drums.notes
    ]


@pytest.mark.parametrize("data", [b"", b"<unpitched", b"<a><unpitched/></b>", b"<score/>"])
def test_what_is_no_music_of_drums_stays_as_it_is(data: bytes) -> None:
    """Broken files are refused by the reader, not here."""
    assert with_drum_pitches(data) == data


def test_a_part_of_one_drum_need_not_name_it_in_every_note() -> None:
    """A note without an instrument is that drum; of several, nobody knows which."""
    drum = '<midi-instrument id="P1-I{0}"><midi-unpitched>{0}</midi-unpitched></midi-instrument>'

    def score(*sounds: int) -> bytes:
        drums = "".join(drum.format(sound) for sound in sounds)
        return (
            f'<score><part-list><score-part id="P1">{drums}</score-part></part-list>'
            '<part id="P1"><note><unpitched/></note></part></score>'
        ).encode()

    assert b"<step>C</step><octave>2</octave>" in with_drum_pitches(score(37))
    assert b"<unpitched" in with_drum_pitches(score(37, 39))
