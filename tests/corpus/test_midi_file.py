"""A user's MIDI file is read whole, and as far as it goes where it is damaged."""

from __future__ import annotations

import random
import struct
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.corpus.corpus import find_corpora
from composer.corpus.midi_file import read_whole_midi
from composer.corpus.midi_reading import read_midi
from composer.errors import UnreadablePieceError
from composer.music.piece import Piece
from composer.rendering.performance.midi import midi_bytes
from tests.corpus.midi_files import midi, named, number, off, on, program, tempo, track
from tests.shared import CORPORA, needs_corpora

TWO = midi(track(named("A"), on(60), off(60), on(62), off(62)))


def rows(piece: Piece) -> list[tuple[int, int, int]]:
    return [note[:3] for part in piece.parts for note in part.notes]


@pytest.mark.parametrize(
    "data",
    [
        TWO[:4] + struct.pack(">I", 8) + TWO[8:14] + b"\0\0" + TWO[14:],
        TWO[:18] + struct.pack(">I", 9_999) + TWO[22:],
        TWO[:18] + struct.pack(">I", 5) + TWO[22:],
        TWO[:10] + struct.pack(">H", 7) + TWO[12:],
        b"RIFF"
        + struct.pack("<I", len(TWO) + 12)
        + b"RMIDdata"
        + struct.pack("<I", len(TWO))
        + TWO,
        b"\0" * 128 + TWO,
        TWO[:-3],
    ],
    ids=["header", "long track", "short track", "number of tracks", "riff", "prefix", "no end"],
)
def test_what_other_programs_read_is_read(data: bytes) -> None:
    """Wrong lengths and numbers, containers, foreign bytes: the notes are all there."""
    assert rows(read_whole_midi(data, "a.mid")) == [(0, 480, 60), (480, 480, 62)]


def test_what_was_wrong_is_said() -> None:
    """A velocity of 200 is loud, and the notes that came out are counted."""
    piece = read_whole_midi(TWO.replace(bytes([60, 64]), bytes([60, 200]), 1), "a.mid")
    assert piece.parts[0].notes[0].velocity == 127
    assert piece.source is not None
    assert piece.source.wrongs == ("values over 127", "2 notes came out")


def test_a_lone_note_without_an_end_sounds() -> None:
    """For a quarter, where the track ends with its beginning."""
    assert rows(read_whole_midi(midi(track(on(60))), "a.mid")) == [(0, 480, 60)]


def test_words_of_karaoke_stand_under_the_melody() -> None:
    """Text events of a track of their own; tags are no words."""
    texts = [(0, "@TTitle"), (0, "\\Hel"), (480, "lo"), (480, " you"), (480, "/all")]
    words = [(ticks, b"\xff\x01" + number(len(t)) + t.encode()) for ticks, t in texts]
    notes = [event for pitch in (60, 62, 64, 65) for event in (on(pitch), off(pitch))]
    bass = track(named("Bass"), on(40, channel=1), off(40, 1920, 1))
    data = midi(track(named("Words"), *words), track(named("Tune"), *notes), bass)
    source = read_whole_midi(data, "a.kar").source
    assert source is not None
    assert [[w.text for w in lyrics] for lyrics in source.lyrics] == [
        [], ["Hel", "lo", "you", "all"], [],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "charset"),
    [
        ("Flöte", "utf-8"),
        ("Flöte", "latin-1"),
        ("ピアノ", "cp932"),
        ("小提琴", "gb18030"),
        ("Скрипка", "cp1251"),
    ],
)
def test_names_are_read_in_the_encoding_they_were_written_in(name: str, charset: str) -> None:
    raw = name.encode(charset)
    data = midi(track((0, b"\xff\x03" + number(len(raw)) + raw), on(60), off(60)))
    piece = read_whole_midi(data, "a.mid")
    assert piece.parts[0].name == name
    assert raw in midi_bytes(piece, mechanical=True)


def test_an_instrument_is_known_by_name_where_no_program_says() -> None:
    """A program that is stated counts more, but for the piano that sequencers write everywhere."""
    parts = read_whole_midi(
        midi(
            track(named("Violoncelli"), on(48), off(48)),
            track(named("Tromba"), program(73, 1), on(72, channel=1), off(72, channel=1)),
        ),
        "a.mid",
    ).parts
    assert [part.instrument for part in parts] == ["cello", "flute"]


def test_an_instrument_name_names_a_track_that_has_no_name() -> None:
    """The event of its own that some programs write; not where a track states several."""
    violin, flute = ((0, b"\xff\x04" + number(len(n)) + n) for n in (b"Violin", b"Flute"))
    (part,) = read_whole_midi(midi(track(violin, on(60), off(60))), "a.mid").parts
    assert (part.name, part.instrument) == ("Violin", "violin")
    (part,) = read_whole_midi(midi(track(violin, flute, on(60), off(60))), "a.mid").parts
    assert (part.name, part.instrument) == ("", "piano")


def test_chunks_that_the_format_allows_are_no_damage() -> None:
    """Before the first track and behind the last."""
    foreign = b"XFIH" + struct.pack(">I", 5) + b"hello"
    piece = read_whole_midi(TWO[:14] + foreign + TWO[14:] + foreign, "a.mid")
    assert rows(piece) == [(0, 480, 60), (480, 480, 62)]
    assert piece.source is not None
    assert piece.source.wrongs == ()


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_damage_is_read_or_refused_but_never_crashes(data: st.DataObject) -> None:
    damaged = bytearray(TWO)
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        piece = read_whole_midi(bytes(damaged), "a.mid")
    except UnreadablePieceError:
        return
    assert midi_bytes(piece, mechanical=True)


def test_tempi_keep_their_microseconds() -> None:
    data = midi(track(tempo(500_003), on(60), off(60)))
    assert (500_003).to_bytes(3, "big") in midi_bytes(read_whole_midi(data, "a"), mechanical=True)


@needs_corpora
def test_both_readers_agree_on_what_the_corpora_hold() -> None:
    """The fast one and the one that keeps everything, names and tempi beyond a hundredth aside."""
    chance = random.Random(3)
    for corpus in find_corpora(CORPORA)[::3]:
        work = chance.choice(list(corpus.works()))
        data = corpus.files.read(work.path) if hasattr(corpus, "files") else None
        if data is None or not work.path.endswith(".mid"):
            continue
        fast, whole = read_midi(data, work.path), read_whole_midi(data, work.path)
        assert [part.notes for part in fast.parts] == [part.notes for part in whole.parts]
        assert replace(fast, parts=(), tempi=()) == replace(whole, parts=(), tempi=())
