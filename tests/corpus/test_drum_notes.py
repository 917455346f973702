"""Drums come back out of MusicXML."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

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
