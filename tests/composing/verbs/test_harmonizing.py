"""Harmonising: voices under a melody that obey what is given and what voices may do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from composer.composing.asking.held_to import held_to
from composer.composing.verbs.draft import Draft, RowsOfBars, chords_given, draft_of
from composer.composing.verbs.harmonizing import harmonize, rules_for, seated
from composer.composing.verbs.spans import Turn, Writing
from composer.composing.writing.voice_leading import ACCOMPANIMENT, CHORALE
from composer.errors import RequestError
from composer.measures import parallels
from composer.music.ensembles import find_ensemble
from composer.music.piece import Piece
from composer.music.styles import find_style
from composer.tokens.fields import Kind
from tests.composing.tunes import BAR, QUARTER, piano_piece, tune


def _choir(melody: Piece) -> Piece:
    seats = [seated(seat) for seat in find_ensemble("choir").parts]
    return replace(melody, parts=(replace(seats[0], notes=melody.parts[0].notes), *seats[1:]))


def _rows(draft: Draft, chords: str) -> RowsOfBars:
    """The chord rows of words, read in the key of the piece."""
    request = held_to(draft.source, chords=chords)
    rows = chords_given(draft, request.chords, len(draft.bars))
    assert rows is not None
    return rows


def test_a_chorale_has_no_parallels_and_no_crossing() -> None:
    """Neither fifths nor octaves, and at every onset the voices in their order."""
    chorale = harmonize(tune(4), style="bach", seed=1)
    found = parallels.evaluate([chorale])
    assert found.moves > 0
    assert found.fifths + found.octaves == 0
    for tick in range(0, 4 * BAR, QUARTER):
        sounding = [
            note.pitch
            for part in chorale.parts
            for note in part.notes
            if note.onset_tick <= tick < note.end_tick
        ]
        assert sounding == sorted(sounding, reverse=True)


def test_every_voice_of_a_chorale_sings_on_every_beat_of_the_melody() -> None:
    """And none has two notes at once."""
    chorale = harmonize(tune(4), style="hymn", seed=2)
    for part in chorale.parts:
        for tick in range(0, 4 * BAR, QUARTER):
            assert sum(note.onset_tick <= tick < note.end_tick for note in part.notes) == 1


def test_given_chords_are_the_chords_that_are_written() -> None:
    """Bar by bar, in the key of the piece, and no others; Roman numerals too."""
    draft = draft_of(_choir(tune(4)))
    rows = _rows(draft, "C Am | Dm7 G7")
    assert _rows(draft, "I vi | ii7 V7") == rows
    assert [len(rows[bar]) for bar in range(4)] == [2, 2, 2, 2]
    writing = Writing(draft, Turn(seed=1), chords=rows, rules=CHORALE)
    written = writing.rows(0, 3, [1, 2, 3]).tolist()
    chords = [row for row in written if row[0] == Kind.CHORD]
    assert chords == [row for bar in range(4) for row in rows[bar]]


def test_chords_of_another_key_are_moved_with_the_piece() -> None:
    """The model writes in the key without signature; a chord sounds as it was given."""
    higher = replace(
        tune(4),
        parts=(
            replace(
                tune(4).parts[0],
                notes=tuple(n._replace(pitch=n.pitch + 2) for n in tune(4).parts[0].notes),
            ),
        ),
        keys=(tune(4).keys[0]._replace(fifths=2),),
    )
    assert _rows(draft_of(_choir(higher)), "D | A7") == _rows(draft_of(_choir(tune(4))), "C | G7")


def test_a_melody_is_harmonised_in_its_own_notes_by_whoever_is_asked() -> None:
    """A small group where jazz is asked for, under the melody: the top line of a piano piece."""
    group = harmonize(piano_piece(2), style="jazz", chords="Cmaj7 | Dm7 G7", seed=3)
    assert group.parts[0].role == "melody"
    assert [note.pitch for note in group.parts[0].notes] == [
        n.pitch for n in tune(2).parts[0].notes
    ]
    assert all(part.notes for part in group.parts)
    top = {note.onset_tick: note.pitch for note in group.parts[0].notes}
    for part in group.parts[1:]:
        assert all(note.pitch <= top.get(note.onset_tick, note.pitch) for note in part.notes)


@pytest.mark.parametrize(
    ("ensemble", "style", "rules"),
    [
        ("choir", "", CHORALE),
        ("choir", "bach", CHORALE),
        ("choir", "jazz", CHORALE._replace(parallels=False)),
        ("string-quartet", "baroque", CHORALE),
        ("band", "jazz", ACCOMPANIMENT),
    ],
)
def test_the_rules_follow_the_style(ensemble: str, style: str, rules: object) -> None:
    """Jazz may move in parallels; a band has no voices to lead."""
    assert rules_for(find_ensemble(ensemble), find_style(style) if style else None) == rules


def test_chords_nobody_can_read_are_named() -> None:
    """One line."""
    with pytest.raises(RequestError, match="'H7'"):
        harmonize(tune(2), chords="H7")
