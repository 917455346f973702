import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.corpus.corpus import find_corpora
from composer.corpus.midi_reading import read_midi, role_of
from composer.errors import UnreadablePieceError
from composer.music.bars import bars_of
from composer.music.piece import KeyChange, MeterChange, Note, Part, Piece, TempoChange
from composer.rendering.performance.midi import midi_bytes
from tests.corpus.midi_files import (
    BROKEN,
    ONE_NOTE,
    key,
    meter,
    midi,
    named,
    number,
    off,
    on,
    program,
    tempo,
    track,
)
from tests.shared import CORPORA, needs_corpora


def test_a_piece_is_what_the_file_says():
    """Notes, names, programs, meters, keys and tempi, at the file's own resolution."""
    data = midi(
        track(named("Sunday"), meter(3, 2), key(-1, 1), tempo(600_000), tempo(400_000, 1440)),
        track(named("Violin I"), program(40), on(74, 96), off(74, 96), on(60, 2400), off(60, 96)),
        track(named("Piano"), on(48), on(60, 0, 90), off(48, 1440), off(60, 0)),
        division=960,
    )
    piece = read_midi(data, "folder/sunday.mid")
    assert piece.title == "Sunday"
    assert piece.ticks_per_quarter == 960
    assert piece.meters == (MeterChange(0, 3, 4),)
    assert piece.keys == (KeyChange(0, -1, "minor"),)
    assert piece.tempi == (TempoChange(0, 100.0), TempoChange(1440, 150.0))
    assert [(part.name, part.instrument, part.program) for part in piece.parts] == [
        ("Violin I", "violin", 40),
        ("Piano", "piano", 0),
    ]
    assert piece.parts[1].notes == (Note(0, 1440, 48, 64), Note(0, 1440, 60, 90))
    assert piece.end_tick == 3 * 960


def test_what_a_file_does_not_say_stays_unknown():
    piece = read_midi(midi(ONE_NOTE), "my_first tune.mid")
    assert piece.tempi == piece.keys == ()
    assert piece.meters == (MeterChange(0, 4, 4),)
    assert piece.end_tick == 4 * 480
    assert piece.title == "my first tune"


def test_a_meter_that_begins_later_does_not_hold_before():
    piece = read_midi(midi(track(on(60), off(60), meter(3, 2, 1440), on(60), off(60))), "a.mid")
    assert piece.meters == (MeterChange(0, 4, 4), MeterChange(1920, 3, 4))
    assert piece.end_tick == 1920 + 3 * 480


def test_the_last_bar_ends_where_the_next_meter_begins():
    """A meter after the last note cuts the last bar, and says nothing more about the piece."""
    piece = read_midi(midi(track(on(60), off(60), meter(3, 2, 480))), "a.mid")
    assert piece.meters == (MeterChange(0, 4, 4),)
    assert piece.end_tick == 960


@pytest.mark.parametrize(
    ("beats_after_the_bar", "bars"), [(0, 1), (2, 1), (4, 2), (6, 1), (8, 3), (12, 1), (400, 1)]
)
def test_a_conductor_track_says_that_a_piece_closes_with_silence(beats_after_the_bar, bars):
    """By a bar or two, whole ones; a longer tail is a tape that ran on."""
    marker = (480 * (4 + beats_after_the_bar), b"\xff\x06\x01x")
    data = midi(track(named("Sunday"), meter(4, 2), marker), track(on(60), off(60)))
    assert len(bars_of(read_midi(data, "a.mid"))) == bars


def test_the_end_of_a_track_with_notes_says_nothing():
    """Sequencers let them end anywhere."""
    data = midi(track(on(60), off(60), (480 * 7, b"\xff\x06\x01x")))
    assert len(bars_of(read_midi(data, "a.mid"))) == 1


def test_our_own_silent_last_bar_comes_back():
    """What we write we read, rests at the end too."""
    piece = Piece((Part("piano", 0, (Note(0, 24, 60, 80),)),), (MeterChange(0, 3, 4),), 2 * 72)
    again = read_midi(midi_bytes(piece), "a.mid")
    assert again.end_tick * piece.ticks_per_quarter == piece.end_tick * again.ticks_per_quarter


def test_repeated_and_contradicting_changes_are_settled():
    """Of two at one tick the last counts; a repetition is no change, and cuts no bar."""
    data = midi(track(meter(3, 2), meter(4, 2), on(60), off(60), meter(4, 2), on(60), off(60)))
    assert read_midi(data, "a.mid").meters == (MeterChange(0, 4, 4),)


def test_impossible_keys_and_tempi_are_unknown():
    piece = read_midi(midi(track(key(10, 0), tempo(0), on(60), off(60))), "a.mid")
    assert piece.keys == piece.tempi == ()


def test_a_tempo_is_the_number_that_was_written():
    """666,667 microseconds a quarter is what MIDI makes of 90."""
    assert read_midi(midi(track(tempo(666_667), on(60), off(60))), "a").tempi[0][1] == 90.0


def test_one_track_with_several_players_becomes_several_parts():
    events = [program(0), program(40, 1), on(60), on(72, channel=1), on(36, channel=9)]
    ends = [off(60), off(72, 0, 1), off(36, 0, 9)]
    piece = read_midi(midi(track(named("All"), *events, *ends), file_type=0), "a.mid")
    assert sorted(part.instrument for part in piece.parts) == ["drums", "piano", "violin"]
    assert piece.note_count == 3


def test_drums_keep_their_kit_and_their_role():
    part = read_midi(midi(track(program(25, 9), on(36, channel=9), off(36, 10, 9))), "a").parts[0]
    assert (part.instrument, part.program, part.role) == ("drums", 25, "drums")


def test_a_note_of_no_length_lasts_one_tick():
    assert read_midi(midi(track(on(60), off(60, 0))), "a").parts[0].notes[0].length_ticks == 1


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Melody", "melody"),
        ("MELODY", "melody"),
        ("Melody - Alto Sax", "melody"),
        ("Bridge", "harmony"),
        ("Chords 2", "chords"),
        ("Chord", "chords"),
        ("Arpeggio - Harp", "arpeggio"),
        ("Bass - Electric Bass (pick)", "bass"),
        ("Bassoon", ""),
        ("Bass Clarinet", ""),
        ("Violin", ""),
    ],
)
def test_a_role_is_read_from_the_name(name, role):
    assert role_of(name) == role


def test_the_bass_of_a_choir_is_a_voice_and_not_a_role():
    part = read_midi(midi(track(named("Bass"), program(52), on(48), off(48))), "a.mid").parts[0]
    assert (part.instrument, part.role) == ("bass", "")


def test_the_piano_of_a_pop_song_plays_its_chords():
    tracks = [track(named(n), on(60), off(60)) for n in ("MELODY", "BRIDGE", "PIANO")]
    roles = [part.role for part in read_midi(midi(*tracks), "a.mid").parts]
    assert roles == ["melody", "harmony", "chords"]
    assert read_midi(midi(tracks[2]), "a.mid").parts[0].role == ""


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_in_one_line_that_says_why(name):
    data, reason = BROKEN[name]
    with pytest.raises(UnreadablePieceError, match=re.escape(reason)) as caught:
        read_midi(data, "broken.mid")
    assert str(caught.value).startswith("broken.mid: ")
    assert "\n" not in str(caught.value)


def test_a_million_notes_are_too_many():
    notes = b"".join(b"\x00\x90\x3c\x40\x01\x3c\x00" for _ in range(1_000_001)) + b"\0\xff\x2f\0"
    data = midi(b"MTrk" + len(notes).to_bytes(4, "big") + notes)
    with pytest.raises(UnreadablePieceError, match="1000001 notes; at most 1000000"):
        read_midi(data, "long.mid")


def test_notes_without_an_end_are_found_in_running_status_and_between_other_messages():
    events = (
        b"\x00\xff\x01\x02hi\x00\x90\x3c\x40\x10\x3e\x40\x10\x3c\x00\x00\xb0\x07\x40\x00\xc0\x01"
    )
    body = events + number(200) + b"\x90\x40\x00\x00\xf0\x02\x01\xf7\x00\xff\x2f\x00"
    data = midi(b"MTrk" + len(body).to_bytes(4, "big") + body)
    assert read_midi(data, "a.mid").note_count == 2
    assert read_midi(data, "a.mid", expected_notes=1).note_count == 1


def test_notes_without_an_end_are_ended_as_a_sequencer_does():
    """By the next onset of the pitch, the track's end, or a whole note; others stay as they are."""
    data = midi(
        track(
            *(on(60), on(64), on(64, 240), off(64, 240), on(60, 480), off(60, 240), off(60, 240)),
            *(on(67, 0), on(67, 480), off(67), off(67), on(72, 0), on(48, 9600), off(50, 960)),
        )
    )
    rows = [note[:3] for note in read_midi(data, "a.mid").parts[0].notes]
    assert rows == [
        (0, 1200, 60),  # two notes and two ends: as they were
        (0, 240, 64),  # by the next onset
        (240, 240, 64),
        (960, 480, 60),
        (1440, 960, 67),
        (1920, 960, 67),
        (2880, 1920, 72),  # by a whole note
        (12480, 960, 48),  # by the end of the track
    ]


WHOLE = midi(
    track(named("Conductor"), meter(3, 2), key(2, 0), tempo(500_000)),
    track(named("Melody"), program(73), *[e for p in range(60, 72) for e in (on(p), off(p, 240))]),
    track(program(0, 9), *[e for _ in range(8) for e in (on(36, 0, 99, 9), off(36, 120, 9))]),
)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_but_never_crashes(data):
    damaged = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    del damaged[data.draw(st.integers(14, len(damaged))) :]
    read_or_refused(bytes(damaged))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_noise_after_a_header_is_read_or_refused(noise):
    read_or_refused(midi(b"MTrk" + len(noise).to_bytes(4, "big") + noise))


def read_or_refused(data: bytes) -> None:
    try:
        piece = read_midi(data, "fuzz.mid")
    except UnreadablePieceError:
        return
    assert piece.note_count
    assert bars_of(piece)[-1].end_tick == piece.end_tick
    for part in piece.parts:
        assert list(part.notes) == sorted(part.notes, key=lambda n: (n.onset_tick, n.pitch))
        for note in part.notes:
            assert note.onset_tick >= 0
            assert 1 <= note.length_ticks <= piece.end_tick
            assert 0 <= note.pitch <= 127
            assert 1 <= note.velocity <= 127


@needs_corpora
@pytest.mark.parametrize(
    "corpus", find_corpora(CORPORA) if CORPORA.exists() else [], ids=lambda corpus: corpus.name
)
def test_a_sample_of_every_corpus_has_exactly_the_notes_its_catalogue_counts(corpus):
    works = list(corpus.works())
    for work in random.Random(7).sample(works, min(12, len(works))):
        piece = work.read()
        assert piece.note_count == work.notes, work.path
        assert bars_of(piece)[-1].end_tick == piece.end_tick
        ringing = max(n.end_tick for p in piece.parts for n in p.notes) - piece.end_tick
        assert 4 * ringing < piece.ticks_per_quarter
        assert piece.title
