"""What a DAW gets."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from statistics import fmean
from typing import Any

import mido
import pytest
from hypothesis import given, settings

from composer.corpus.readers import read_bytes
from composer.music.instruments import INSTRUMENTS
from composer.music.normalise import normalise
from composer.music.piece import KeyChange, MeterChange, Note, Part, Piece, Tags, TempoChange
from composer.rendering.performance.midi import assign_channels, midi_bytes, stem_bytes
from composer.rendering.performance.performance import perform
from tests.rendering.pieces import grid_pieces, part_of, piece_of
from tests.rendering.reading import rows_of_midi, rows_of_part
from tests.shared import CORPORA, needs_corpora

READERS = ("mido", "symusic", "pretty_midi", "music21")


def scaled_rows(piece: Piece) -> list[list[tuple[int, int, int]]]:
    return [
        [(20 * onset, 20 * length, pitch) for onset, length, pitch in rows_of_part(part)]
        for part in piece.parts
        if part.notes
    ]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("mechanical", [True, False])
@given(piece=grid_pieces())
@settings(max_examples=15, deadline=None)
def test_every_library_reads_exactly_the_notes_of_the_piece(
    reader: str, mechanical: bool, piece: Piece
) -> None:
    """Onsets, lengths and pitches survive, played or mechanical, whoever reads."""
    data = midi_bytes(piece, mechanical=mechanical, seed=3)
    read = [rows for rows in rows_of_midi(data, reader) if rows]
    assert sorted(read) == sorted(scaled_rows(piece))


def test_the_first_track_holds_title_tempo_meter_and_key_at_tick_0_and_at_changes() -> None:
    """A DAW sets itself up from the first track alone."""
    piece = Piece(
        (part_of("piano", [(0, 1, 60), (4, 1, 62)]),),
        (MeterChange(0, 4, 4), MeterChange(96, 3, 8)),
        132,
        keys=(KeyChange(0, -3, "minor"), KeyChange(96, 2, "major")),
        tempi=(TempoChange(0, 90.0), TempoChange(96, 100.0)),
        title="Für Test",
    )
    file = mido.MidiFile(file=io.BytesIO(midi_bytes(piece, mechanical=True)), charset="utf-8")
    assert (file.type, file.ticks_per_beat) == (1, 480)
    events, now = [], 0
    for message in file.tracks[0]:
        now += message.time
        events.append((now, message.type, {**message.dict()}))
    found = {(tick, kind) for tick, kind, _ in events}
    for kind in ("time_signature", "key_signature", "set_tempo"):
        assert {(0, kind), (1920, kind)} <= found
    assert events[0][2]["name"] == "Für Test"
    keys = [fields["key"] for _, kind, fields in events if kind == "key_signature"]
    assert keys == ["Cm", "D"]


def test_an_unknown_tempo_is_written_as_120() -> None:
    """A file without a tempo event would be 120 too, but no DAW has to guess."""
    piece = Piece((part_of("flute", [(0, 1, 72)]),), (MeterChange(0, 4, 4),), 96)
    file = mido.MidiFile(file=io.BytesIO(midi_bytes(piece, mechanical=True)))
    assert [m.tempo for m in file.tracks[0] if m.type == "set_tempo"] == [500_000]


@given(piece=grid_pieces())
@settings(max_examples=25, deadline=None)
def test_every_track_is_named_has_one_channel_and_ends_with_the_last_bar(piece: Piece) -> None:
    """A named track a part, one channel and program each, drums on channel 10."""
    file = mido.MidiFile(file=io.BytesIO(midi_bytes(piece)))
    assert len(file.tracks) == len(piece.parts) + 1
    for part, track in zip(piece.parts, file.tracks[1:], strict=True):
        assert track[0].type == "track_name"
        assert track[0].name
        channels = {m.channel for m in track if not m.is_meta}
        assert len(channels) == 1
        assert (channels == {9}) == part.is_drums
    for track in file.tracks:
        assert track[-1].type == "end_of_track"
        assert sum(message.time for message in track) == 20 * piece.end_tick


def test_fifteen_pitched_parts_have_a_channel_each_and_the_sixteenth_shares_by_program() -> None:
    """No shared channel while 15 suffice; beyond, a part joins the one with its program."""
    pitched = [i for i in INSTRUMENTS if not i.is_drums]
    parts = [Part(i.name, i.program, (Note(0, 24, 60),)) for i in pitched[:15]]
    drums = Part("drums", 0, (Note(0, 24, 36),))
    channels = assign_channels([*parts, drums])
    assert sorted(channels) == list(range(16))
    assert channels[15] == 9
    doubled = assign_channels([*parts, parts[3]])
    assert doubled[15] == doubled[3]
    assert len(set(doubled)) == 15


def test_the_same_seed_gives_the_same_bytes() -> None:
    """A piece rendered twice is one file."""
    piece = piece_of(part_of("piano", [(0, 1, 60), (1, 1, 64), (2, 2, 67)]))
    assert midi_bytes(piece, seed=5) == midi_bytes(piece, seed=5)


def parsed(data: bytes) -> mido.MidiFile:
    return mido.MidiFile(file=io.BytesIO(data), charset="utf-8")


def timed(track: mido.MidiTrack) -> list[tuple[int, Any]]:
    events, now = [], 0
    for message in track:
        now += message.time
        events.append((now, message))
    return events


@given(piece=grid_pieces())
@settings(max_examples=25, deadline=None)
def test_tempo_and_meter_stand_at_tick_0_and_every_note_has_a_note_off(piece: Piece) -> None:
    """Played with swing, looped or not: nothing is left to an importer's guess."""
    jazz = replace(piece, tags=Tags(style="jazz"))
    for loop in (False, True):
        file = parsed(midi_bytes(jazz, loop=loop, sections=[(0, "A")]))
        first = {message.type for tick, message in timed(file.tracks[0]) if tick == 0}
        assert {"set_tempo", "time_signature", "track_name", "marker"} <= first
        for track in file.tracks[1:]:
            ons = [m for m in track if m.type == "note_on"]
            assert all(message.velocity for message in ons)
            assert len(ons) == sum(message.type == "note_off" for message in track)
            assert sum(message.time for message in track) == 20 * piece.end_tick
        rows_of_midi(midi_bytes(jazz, loop=loop), "mido")  # fails where notes overlap or hang


def test_sections_are_markers_where_they_begin() -> None:
    """In the ticks of the file, whether the piece swings or not."""
    piece = piece_of(part_of("piano", [(i / 2, 0.5, 60) for i in range(16)]))
    for style in ("jazz", "baroque"):
        file = parsed(
            midi_bytes(replace(piece, tags=Tags(style=style)), sections=[(0, "A"), (96, "B")])
        )
        markers = [(tick, m.text) for tick, m in timed(file.tracks[0]) if m.type == "marker"]
        assert markers == [(0, "A"), (1920, "B")]


@given(piece=grid_pieces())
@settings(max_examples=15, deadline=None)
def test_stems_together_are_the_whole_file(piece: Piece) -> None:
    """Each has the same first track and length; their tracks are those of the whole, in order."""
    sections = [(0, "A")]
    whole = parsed(midi_bytes(piece, seed=3, sections=sections))
    stems = [parsed(data) for data in stem_bytes(piece, seed=3, sections=sections)]
    assert [list(stem.tracks[1]) for stem in stems] == [list(track) for track in whole.tracks[1:]]
    for stem in stems:
        assert list(stem.tracks[0]) == list(whole.tracks[0])
        assert len(stem.tracks) == 2


def test_a_loop_lifts_the_pedal_and_ends_on_the_bar_line() -> None:
    """Nothing hangs over into the next turn."""
    arpeggio = [(i / 2, 4, pitch) for i, pitch in enumerate([36, 43, 48, 52] * 4)]
    piece = replace(piece_of(part_of("piano", arpeggio)), end_tick=2 * 96)
    events = timed(parsed(midi_bytes(piece, loop=True)).tracks[1])
    pedals = [(tick, m.value) for tick, m in events if m.type == "control_change"]
    assert pedals
    assert pedals[-1] == (3840, 0)
    assert events[-1][0] == 3840


@needs_corpora
def test_real_pieces_are_read_alike_by_every_library() -> None:
    """A file of each corpus, played: mido, symusic, pretty_midi and music21 agree on every note."""
    with (CORPORA / "catalog.csv").open(encoding="utf-8") as file:
        rows = {row["corpus"]: row for row in csv.DictReader(file) if int(row["notes"]) < 700}
    for corpus, row in rows.items():
        with zipfile.ZipFile(CORPORA / f"{corpus}.zip") as archive:
            name = next(n for n in archive.namelist() if n.endswith(row["path"]))
            piece = normalise(read_bytes(archive.read(name), name))
        data = midi_bytes(replace(piece, tags=Tags(style=row["style"])), seed=1)
        mechanical = midi_bytes(piece, mechanical=True)
        found = {reader: sorted(filter(None, rows_of_midi(data, reader))) for reader in READERS}
        assert found["symusic"] == found["mido"] == found["music21"] == found["pretty_midi"], corpus
        assert sorted(rows_of_midi(mechanical, "mido")) == sorted(scaled_rows(piece)), corpus


def test_a_driven_mood_is_played_louder_than_a_still_one() -> None:
    """Where a piece says nothing about dynamics; what somebody played stays."""
    notes = tuple(Note(24 * beat, 24, 60 + beat % 5) for beat in range(32))
    piece = Piece((Part("piano", 0, notes),), (MeterChange(0, 4, 4),), 768)

    def loudness(mood: str, velocity: int = 0) -> float:
        part = replace(piece.parts[0], notes=tuple(n._replace(velocity=velocity) for n in notes))
        moody = replace(piece, parts=(part,), tags=Tags(mood=mood))
        return fmean(note.velocity for note in perform(moody).piece.parts[0].notes)

    assert loudness("tense") > loudness("") + 10 > loudness("sad") + 20
    assert loudness("tense", 71) == loudness("sad", 71) == 71


def test_a_band_read_again_has_the_roles_it_was_written_with() -> None:
    """The names of tracks say them where those of instruments do not."""
    line = [(beat, 1, 60) for beat in range(8)]
    roles = (("alto-sax", "melody"), ("piano", "chords"), ("electric-bass", "bass"))
    parts = [replace(part_of(name, line), role=role) for name, role in roles]
    drums = replace(part_of("drums", line), role="drums")
    piece = piece_of(*parts, drums, replace(part_of("violin", line), role=""))
    again = read_bytes(midi_bytes(piece), "band.mid")
    assert [part.role for part in again.parts] == ["melody", "chords", "bass", "drums", ""]
    assert [part.name for part in again.parts] == [
        "Melody - Alto Saxophone", "Chords - Piano", "Bass - Electric Bass", "Drums", "Violin",
    ]  # fmt: skip
    assert [part.name for part in read_bytes(midi_bytes(again), "b.mid").parts] == [
        part.name for part in again.parts
    ]
