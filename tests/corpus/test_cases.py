"""Small files that go wrong in other programs, each after a public report, are read right here."""

from __future__ import annotations

import pytest

from composer.corpus.readers import read_piece
from composer.music.bars import bars_of, seconds_at
from composer.music.piece import Piece
from composer.music.source import PITCH_BEND, lyrics_at
from tests.shared import CASES, needs_cases

pytestmark = needs_cases


def read(name: str) -> Piece:
    return read_piece(CASES / name)


def pitches(piece: Piece, part: int = 0) -> list[int]:
    return [note.pitch for note in piece.parts[part].notes]


def onsets(piece: Piece, part: int = 0) -> list[float]:
    return [note.onset_tick / piece.ticks_per_quarter for note in piece.parts[part].notes]


def test_five_notes_in_a_beat_of_a_score_are_fifths_of_it() -> None:
    """Exactly, with the score's own bars and tempo."""
    piece = read("60c-quintuplets.musicxml")
    assert onsets(piece)[:7] == [0, 1, 1.2, 1.4, 1.6, 1.8, 2]
    assert [bar.length_ticks for bar in bars_of(piece)] == [4 * piece.ticks_per_quarter] * 4
    assert piece.tempi == ()


@pytest.mark.parametrize("name", ["83-ring-1.mid", "69-ring-over.mid"])
def test_a_note_that_rings_over_the_last_bar_line_adds_no_bar(name: str) -> None:
    """The note keeps its length."""
    piece = read(name)
    assert len(bars_of(piece)) == 4
    assert max(note.end_tick for note in piece.parts[0].notes) > piece.end_tick


def test_an_accidental_in_abc_lasts_through_its_bar() -> None:
    assert pitches(read("62a-abc-accidental.abc")) == [66, 67, 66, 69, 65, 67, 66, 66]


def test_a_key_inside_a_line_of_abc_holds() -> None:
    assert pitches(read("30-abc-inline.abc"))[6:] == [64, 63, 61, 71]


def test_voices_of_abc_sound_together() -> None:
    """Two named parts, two bars."""
    piece = read("56-abc-voices.abc")
    assert [part.name for part in piece.parts] == ["Fiddle", "Bass"]
    assert len(bars_of(piece)) == 2
    assert onsets(piece, 1) == [0, 2, 4, 6]


def test_six_named_tracks_are_six_parts() -> None:
    piece = read("61-no-programs.mid")
    assert [part.name for part in piece.parts] == ["Lead", "Pad hi", "Pad", "Arp", "Keys", "Sub"]


def test_instruments_are_known_by_their_names_in_other_languages() -> None:
    assert [part.instrument for part in read("65-names.musicxml").parts] == [
        "violin", "flute", "piano", "cello", "clarinet", "trumpet", "timpani", "horn", "flute",
        "oboe", "guitar", "contrabass", "viola", "bassoon", "trombone", "soprano",
    ]  # fmt: skip


def test_a_program_in_another_track_of_the_channel_counts() -> None:
    (part,) = read("10-program-elsewhere.mid").parts
    assert (part.instrument, part.program) == ("violin", 40)


def test_sub_spines_of_kern_are_all_read() -> None:
    """Fourteen notes, in three bars."""
    piece = read("27-resplit.krn")
    assert piece.note_count == 14
    assert [sum(3 * b <= o < 3 * b + 3 for p in range(len(piece.parts)) for o in onsets(piece, p))
            for b in range(3)] == [5, 7, 2]  # fmt: skip


def test_bars_of_all_parts_begin_together() -> None:
    """A bar that is too short does not shift those behind it."""
    piece = read("81-underfull.musicxml")
    assert onsets(piece) == [0, 1, 2, 4, 5, 6, 7, 8]
    assert onsets(piece, 1) == [0, 4, 8]


def test_a_sign_for_the_bar_before_is_that_bar() -> None:
    assert pitches(read("53-measure-repeat.musicxml")) == [72, 74, 76, 77, 72, 74, 76, 77, 79]


def test_pickups_inside_a_tune_make_no_meters() -> None:
    """6/8 throughout, repeats played out."""
    piece = read("63-inner-pickup.musicxml")
    assert [(m.tick, m.numerator, m.denominator) for m in piece.meters] == [(0, 6, 8)]
    assert piece.note_count == 28


def test_tempi_are_as_exact_as_the_file() -> None:
    """A change inside a beat lands where it is."""
    assert round(read("72-tempo-140.mid").tempi[0].quarters_per_minute, 3) == 140
    piece = read("20-midbeat-tempo.mid")
    at = [seconds_at(piece, round(beat * 480)) for beat in (0, 1, 2, 2.5, 3, 4, 5)]
    assert at == pytest.approx([0, 0.5, 1, 1.25, 1.75, 2.75, 3.75])


def test_words_and_chord_symbols_are_read() -> None:
    piece = read("39-lyrics.musicxml")
    assert piece.source is not None
    words = [(w.text, w.syllabic) for w in lyrics_at(piece.source, piece.parts[0])]
    assert words == [("Morn", "begin"), ("ing", "end"), ("light", "single")]
    stated = read("40-chords.musicxml").source
    assert stated is not None
    assert [symbol.quality for symbol in stated.symbols] == [
        "major-add9", "minor7", "half-diminished7", "dominant7-sharp9", "minor", "major7", "sus4",
        "major6",
    ]  # fmt: skip


def test_controls_are_kept() -> None:
    source = read("87-controls.mid").source
    assert source is not None
    bends = [m for track in source.tracks for m in track.messages if m.kind == PITCH_BEND]
    assert len(bends) >= 7


def test_an_octave_without_diatonic_steps_is_read() -> None:
    assert pitches(read("64d-bass-octave.musicxml")) == [36]


def test_texts_in_shift_jis_are_read() -> None:
    piece = read("08-shift-jis.mid")
    assert piece.source is not None
    assert piece.parts[0].name == "ピアノ"
    assert "".join(word.text for word in lyrics_at(piece.source, piece.parts[0])) == "さくら"


def test_time_in_frames_is_read() -> None:
    """A note each half second."""
    piece = read("13-smpte.mid")
    seconds = [seconds_at(piece, note.onset_tick) for note in piece.parts[0].notes]
    assert seconds == pytest.approx([0.5 * number for number in range(8)])


def test_files_in_riff_and_timewise_scores_are_read() -> None:
    assert pitches(read("42c-rmid.mid")) == [60, 62, 64, 65]
    piece = read("47d-timewise.musicxml")
    assert [pitches(piece, part) for part in (0, 1)] == [[72, 74], [60, 59]]
