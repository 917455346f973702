"""Arranging: the same music, playable by others."""

from __future__ import annotations

from dataclasses import replace
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.composing.verbs.arranging import arrange, left_out
from composer.composing.verbs.doubling import double, loudness_of_phrases
from composer.composing.verbs.harmonizing import seated
from composer.composing.verbs.lines import lines_of
from composer.composing.verbs.players import Desk, in_reach
from composer.composing.verbs.seating import bass_desk, core_of, lead_desk, seat_lines
from composer.corpus.readers import read_bytes
from composer.errors import RequestError
from composer.music.bars import bars_of
from composer.music.comfortable import can_sound
from composer.music.ensembles import ensembles, find_ensemble
from composer.music.instruments import BY_NAME
from composer.music.piece import Note, Part, Piece
from tests.composing.tunes import BAR, QUARTER, piano_piece, piece, tune
from tests.shared import CORPORA, needs_corpora

SEATINGS = [e.name for e in ensembles() if e.name not in ("drums", "melody")]

notes = st.builds(
    Note,
    st.integers(0, 31).map(lambda step: step * QUARTER // 2),
    st.integers(1, 8).map(lambda step: step * QUARTER // 2),
    st.integers(30, 98),
    st.just(70),
)


def _part(instrument: str, made: list[Note]) -> Part:
    by_place = {(note.onset_tick, note.pitch): note for note in made}
    return Part(
        instrument, BY_NAME[instrument].program, tuple(by_place[k] for k in sorted(by_place))
    )


pieces = st.lists(
    st.builds(
        _part,
        st.sampled_from(["piano", "violin", "flute", "cello", "guitar"]),
        st.lists(notes, min_size=1, max_size=24),
    ),
    min_size=1,
    max_size=4,
).map(lambda parts: piece(*parts, bars=6))


def _desks(ensemble: str) -> list[Desk]:
    parts = [seated(seat) for seat in find_ensemble(ensemble).parts]
    return [Desk(part, BY_NAME[part.instrument]) for part in parts if not part.is_drums]


def _seated(source: Piece, ensemble: str) -> tuple[Piece, list[Desk], list[Note]]:
    """What `arrange` does before the model is asked."""
    desks = _desks(ensemble)
    core = core_of(desks)
    lines = lines_of(source)
    lost = seat_lines(core, lines, source.ticks_per_quarter)
    lead = lead_desk(core, lines[0])
    extra = [desk for desk in desks if desk not in core]
    double(extra, core, lead, bass_desk(core, lead), source, source.keys[0])
    return replace(source, parts=tuple(desk.part() for desk in desks)), desks, lost


@settings(max_examples=40, deadline=None)
@given(pieces)
def test_lines_hold_every_note_once(source: Piece) -> None:
    """No note is lost on the way to lines but doublings of one onset and pitch class."""
    lines = lines_of(source)
    there = {(note.onset_tick, note.pitch % 12) for line in lines for note in line.notes}
    assert there == {(n.onset_tick, n.pitch % 12) for part in source.parts for n in part.notes}
    for line in lines:
        onsets = [note.onset_tick for note in line.notes]
        assert onsets == sorted(set(onsets))


@settings(max_examples=60, deadline=None)
@given(pieces, st.sampled_from(SEATINGS))
def test_every_note_can_be_played(source: Piece, ensemble: str) -> None:
    """At every moment each desk sounds what its player can sound, in range."""
    _, desks, _ = _seated(source, ensemble)
    for desk in desks:
        for note in desk.notes:
            together = desk.around(note.onset_tick, note.onset_tick + 1)
            pitches = [other.pitch for other in together]
            assert len(pitches) == len(set(pitches)), desk.seat.name
            assert can_sound(desk.instrument, pitches), (desk.seat.name, pitches)


@settings(max_examples=60, deadline=None)
@given(pieces, st.sampled_from(SEATINGS))
def test_the_melody_keeps_its_rhythm_and_pitch_classes(source: Piece, ensemble: str) -> None:
    """Every onset of it, in one desk, the same note octaves away at most."""
    lines = lines_of(source)
    _, desks, _ = _seated(source, ensemble)
    lead = lead_desk(core_of(desks), lines[0])
    there = {(note.onset_tick, note.pitch % 12) for note in lead.notes}
    assert {(note.onset_tick, note.pitch % 12) for note in lines[0].notes} <= there


@settings(max_examples=60, deadline=None)
@given(pieces, st.sampled_from(SEATINGS))
def test_what_is_left_out_is_known(source: Piece, ensemble: str) -> None:
    """`left_out` counts what found no place, and nothing vanishes besides."""
    arranged, _, lost = _seated(source, ensemble)
    inner = {(note.onset_tick, note.pitch % 12) for note in lost}
    bass = [line for line in lines_of(source) if line.role == "bass"]
    outer = {(note.onset_tick, note.pitch % 12) for line in bass for note in line.notes}
    there = {(n.onset_tick, n.pitch % 12) for part in arranged.parts for n in part.notes}
    every = {(n.onset_tick, n.pitch % 12) for part in source.parts for n in part.notes}
    assert every - there <= inner | outer
    assert (left_out(source, arranged) == 0) == (every <= there)


@given(st.lists(st.integers(30, 100), min_size=1, max_size=20), st.integers(28, 60))
def test_a_line_is_moved_by_octaves_into_reach(pitches: list[int], low: int) -> None:
    """All its notes end up in a range of two octaves, each in its pitch class."""
    line = [Note(i * QUARTER, QUARTER, pitch) for i, pitch in enumerate(pitches)]
    moved = in_reach(line, low, low + 24, QUARTER)
    assert [note.onset_tick for note in moved] == [note.onset_tick for note in line]
    for before, after in zip(line, moved, strict=True):
        assert low <= after.pitch <= low + 24
        assert (after.pitch - before.pitch) % 12 == 0


def test_a_phrase_moves_as_one() -> None:
    """A phrase within an octave's reach of the range keeps all its intervals."""
    line = [Note(i * QUARTER, QUARTER, pitch) for i, pitch in enumerate((50, 55, 52, 48))]
    moved = in_reach(line, 55, 100, QUARTER)
    assert {after.pitch - before.pitch for before, after in zip(line, moved, strict=True)} == {12}


@pytest.mark.parametrize(
    ("instrument", "pitches", "answer"),
    [
        ("flute", [72], True),
        ("flute", [72, 76], False),
        ("flute", [40], False),
        ("violin", [62, 71], True),
        ("violin", [56, 58], False),
        ("violin", [62, 71, 76], False),
        ("piano", [36, 48, 60, 64, 72], True),
        ("piano", [36, 55, 76], False),
        ("piano", list(range(48, 60)), False),
        ("guitar", [40, 47, 52, 56, 59, 64], True),
        ("guitar", [40, 41], False),
        ("guitar", [41, 42, 43], False),
        ("contrabass", [30, 42], False),
    ],
)
def test_players_have_limits(instrument: str, pitches: list[int], answer: bool) -> None:
    """Breath, bows, hands and frets."""
    assert can_sound(BY_NAME[instrument], pitches) == answer


def test_a_piano_piece_for_strings() -> None:
    """Violin I has the melody note for note, the cello the bass; nothing is left out."""
    source = piano_piece()
    arranged = arrange(source, ensemble="string-quartet", seed=1)
    assert [part.name for part in arranged.parts] == ["Violin I", "Violin II", "Viola", "Cello"]
    assert arranged.parts[0].notes == tune().parts[0].notes
    bass = [note.pitch for note in arranged.parts[3].notes]
    assert bass[:4] == [36, 43, 41, 48]
    assert left_out(source, arranged) == 0
    assert (arranged.meters, arranged.tempi, arranged.title) == (
        source.meters,
        source.tempi,
        source.title,
    )


def test_a_quartet_for_one_pianist_and_back_again() -> None:
    """Two hands can play it, and a piano piece for the piano stays as it is."""
    quartet = arrange(piano_piece(), ensemble="string-quartet", seed=1)
    piano = arrange(quartet, ensemble="solo-piano")
    assert left_out(quartet, piano) == 0
    assert (
        arrange(piano_piece(), ensemble="solo-piano").parts[0].notes == piano_piece().parts[0].notes
    )


def test_desks_without_music_get_parts_by_the_model() -> None:
    """A tune for a quartet: three players get something new to play, in range, again the same."""
    quartet = arrange(tune(4), ensemble="string-quartet", seed=2)
    assert quartet.parts[0].notes == tune(4).parts[0].notes
    for part in quartet.parts[1:]:
        assert part.notes
        instrument = BY_NAME[part.instrument]
        assert all(instrument.low <= note.pitch <= instrument.high for note in part.notes)
    assert quartet == arrange(tune(4), ensemble="string-quartet", seed=2)


def test_drums_stay_and_are_written_where_there_are_none() -> None:
    """A band drums what the source drums, else what the model writes."""
    beat = Part("drums", 0, tuple(Note(i * QUARTER, 6, 36 + 2 * (i % 2), 90) for i in range(16)))
    source = piano_piece(4)
    with_drums = replace(source, parts=(*source.parts, beat))
    assert arrange(with_drums, ensemble="band", seed=1).parts[-1].notes == beat.notes
    assert arrange(source, ensemble="band", seed=1).parts[-1].notes


def test_loud_phrases_are_for_all() -> None:
    """Of three phrases the loudest has level 2, the softest 0."""
    source = piano_piece(12)
    louder = [note._replace(velocity=30 + note.onset_tick // BAR) for note in source.parts[0].notes]
    source = replace(source, parts=(replace(source.parts[0], notes=tuple(louder)),))
    levels = loudness_of_phrases(source, bars_of(source))
    assert (levels[0], levels[5], levels[-1]) == (0, 1, 2)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({}, "no players are given"),
        ({"ensemble": "drums"}, "drums alone"),
        ({"ensemble": "qqqq"}, "'qqqq'"),
        ({"instruments": ["kazoo"]}, "'kazoo'"),
    ],
)
def test_players_that_cannot_be_are_named(how: dict[str, str], message: str) -> None:
    """One line each."""
    with pytest.raises(RequestError, match=message):
        arrange(tune(2), **how)  # type: ignore[arg-type]


@needs_corpora
@pytest.mark.parametrize("ensemble", ["string-quartet", "orchestra", "solo-piano", "guitar"])
def test_a_hymn_for_anyone(ensemble: str) -> None:
    """A real hymn: the melody is kept, and of a hundred notes at most two are left out."""
    name = "all-glory-laud-and-honor-valet-will-ich-dir-geben-st-theodulph.mid"
    with ZipFile(CORPORA / "open_hymnal.zip") as corpus:
        member = next(member for member in corpus.namelist() if member.endswith(name))
        source = read_bytes(corpus.read(member), name)
    arranged, desks, _ = _seated(source, ensemble)
    melody = {(note.onset_tick, note.pitch % 12) for note in source.parts[0].notes}
    assert any(
        melody <= {(note.onset_tick, note.pitch % 12) for note in desk.notes} for desk in desks
    )
    assert left_out(source, arranged) <= 0.02 * source.note_count
