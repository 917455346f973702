"""What a DAW gets."""

from __future__ import annotations

import io

import mido
import pytest
from hypothesis import given, settings

from composer.music.instruments import INSTRUMENTS
from composer.music.piece import KeyChange, MeterChange, Note, Part, Piece, TempoChange
from composer.rendering.midi import assign_channels, midi_bytes
from tests.rendering.pieces import grid_pieces, part_of, piece_of
from tests.rendering.reading import rows_of_midi, rows_of_part

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
