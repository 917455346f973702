"""Parts stand where players look for them, under names that tell them apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from composer.music.piece import Note, Part
from composer.rendering.score import staves
from composer.rendering.score.part_names import part_names, printed_names
from composer.rendering.score.score import build_score
from composer.rendering.score.short_names import short_names
from tests.rendering.pieces import part_of, piece_of

THIRDS = [(beat, 1, 63) for beat in range(0, 16, 4)]

LINE = [(beat, 1, 60) for beat in range(4)]
CHORDS = [(0, 2, 55), (0, 2, 60), (0, 2, 64), (2, 2, 57), (2, 2, 60), (2, 2, 65)]


def order_of(*names: str) -> list[str]:
    score = build_score(piece_of(*(part_of(name, LINE) for name in names)))
    return [part.instrument.name for part in score.parts]


def test_a_keyboard_stands_under_those_it_accompanies() -> None:
    """A violin sonata and a song have the piano at the bottom; an orchestra, above the strings."""
    assert order_of("piano", "violin") == ["violin", "piano"]
    assert order_of("piano", "cello", "voice") == ["voice", "cello", "piano"]
    orchestra = ["flute", "oboe", "clarinet", "bassoon", "horn", "harp", "piano", "violin", "cello"]
    assert order_of(*reversed(orchestra)) == orchestra


def test_bass_and_drums_are_the_foot_of_a_band() -> None:
    """As in every band score."""
    assert order_of("drums", "electric-bass", "piano", "alto-sax") == [
        "alto-sax", "piano", "electric-bass", "drums",
    ]  # fmt: skip


def test_no_two_staves_have_the_same_name_or_abbreviation() -> None:
    """Three flutes are numbered, a melody is called so, a sound in brackets is no name."""
    named = [part_of("piano", LINE), part_of("piano", LINE), *[part_of("flute", LINE)] * 3]
    parts = [
        Part(part.instrument, part.program, part.notes, name)
        for part, name in zip(named, ("Melody", "Chords", "Fl", "Fl", "Fl (nylon)"), strict=True)
    ]
    score = build_score(piece_of(*parts))
    assert [part.name for part in score.parts] == ["Fl 1", "Fl 2", "Fl 3", "Melody", "Chords"]
    assert short_names(score.parts) == ["Fl. 1", "Fl. 2", "Fl. 3", "Mel.", "Chds."]


def test_a_choir_in_close_harmony_and_a_played_melody_need_one_staff() -> None:
    """Beside other parts; a piano that plays chords keeps its two."""
    score = build_score(
        piece_of(part_of("strings", CHORDS), part_of("piano", CHORDS), part_of("organ", LINE))
    )
    assert {part.instrument.name: part.staves for part in score.parts} == {
        "strings": 1,
        "piano": 2,
        "organ": 1,
    }


def test_a_melody_in_thirds_now_and_then_needs_one_staff() -> None:
    """Two staves of rests would be the price; an accompaniment of chords has two."""
    tune = part_of("piano", [*((beat, 1, 67 + beat % 5) for beat in range(16)), *THIRDS])
    chords = part_of("piano", [(beat, 1, p) for beat in range(16) for p in (48, 52, 67)])
    score = build_score(piece_of(tune, chords))
    assert [part.staves for part in score.parts] == [1, 2]


def test_a_lead_sheet_has_a_melody_and_chords() -> None:
    """Two nameless pianos would not say who leads."""
    piece = piece_of(part_of("piano", LINE), part_of("piano", CHORDS))
    sheet = replace(piece, tags=replace(piece.tags, ensemble="lead-sheet"))
    score = build_score(sheet)
    assert [part.name for part in score.parts] == ["Melody", "Chords"]
    assert [part.staves for part in score.parts] == [1, 1]
    assert [part.name for part in build_score(piece).parts] == ["Piano 1", "Piano 2"]


def test_two_pianos_of_a_composed_piece_are_called_by_their_roles_in_midi_alone() -> None:
    """A file read again says who leads; on the page staves have the names of instruments."""
    melody = replace(part_of("piano", LINE), name="Piano 1", role="melody")
    chords = replace(part_of("piano", CHORDS), name="Piano 2", role="chords")
    violins = [replace(part_of("violin", LINE), role=role) for role in ("melody", "harmony")]
    piece = piece_of(melody, chords, *violins)
    assert part_names(piece) == ["Melody", "Chords", "Violin", "Violin"]
    assert [part.name for part in build_score(piece).parts] == [
        "Violin 1", "Violin 2", "Piano 1", "Piano 2",
    ]  # fmt: skip
    assert part_names(replace(piece, parts=(melody,))) == ["Piano 1"]
    named = replace(piece, parts=(replace(melody, name="Anna"), replace(chords, name="Bert")))
    assert part_names(named) == ["Anna", "Bert"]


def test_a_horn_is_printed_with_the_key_it_is_written_in() -> None:
    """A player must know what to read; a name that says a key already keeps it."""
    horns = [
        replace(part_of("horn", LINE), name=name)
        for name in ("French Horn 1", "Horn", "D Horn 2", "Corno ex D")
    ]
    assert printed_names(piece_of(*horns)) == [
        "Horn in F 1", "Horn in F", "D Horn 2", "Corno ex D",
    ]  # fmt: skip


def test_a_track_called_by_role_and_instrument_is_printed_as_its_instrument() -> None:
    """Unless two are the same instrument: then the role tells them apart."""
    rows = (("tuba", "Bass - Tuba"), ("banjo", "Chords - Banjo"), ("banjo", "Arpeggio - Banjo"))
    parts = [replace(part_of(instrument, LINE), name=name) for instrument, name in rows]
    assert printed_names(piece_of(*parts)) == ["Tuba", "Chords - Banjo", "Arpeggio - Banjo"]


def test_a_hand_that_hardly_plays_has_no_staff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside other parts; a piano alone keeps its two."""

    def one_in_twenty(notes: Sequence[Note], *_: object) -> list[int]:
        return [2 if place % 20 == 19 else 1 for place in range(len(notes))]

    monkeypatch.setattr(staves, "assign_staves", one_in_twenty)
    wide = [(place, 1, pitch) for place in range(10) for pitch in (40 + 5 * place, 46 + 5 * place)]
    piano = part_of("piano", wide)
    score = build_score(piece_of(part_of("flute", LINE), piano))
    assert [part.staves for part in score.parts] == [1, 1]
    assert build_score(piece_of(piano)).parts[0].staves == 2


def test_a_piano_in_two_tracks_has_two_staves_not_four() -> None:
    """A hand that has a track of its own is a staff."""
    hands = [
        replace(part_of("piano", notes), name=name)
        for name, notes in (("Right Hand", [(0, 1, 90), *CHORDS]), ("Left Hand", CHORDS))
    ]
    score = build_score(piece_of(*hands))
    assert [part.staves for part in score.parts] == [1, 1]
    assert short_names(score.parts) == ["R.H.", "L.H."]
