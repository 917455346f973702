"""Players read what they are used to read, and it sounds as in the piece."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from composer.corpus.readers import read_bytes
from composer.music.instruments import INSTRUMENTS
from composer.music.piece import Part
from composer.rendering.musicxml.musicxml import musicxml_text, part_texts
from composer.rendering.score.score import build_score
from composer.rendering.score.transposing import transposition_of
from tests.rendering.pieces import part_of, piece_of

USUAL = {
    "piccolo": -12, "flute": 0, "oboe": 0, "english-horn": 7, "clarinet": 2, "bassoon": 0,
    "soprano-sax": 2, "alto-sax": 9, "tenor-sax": 14, "baritone-sax": 21,
    "horn": 7, "trumpet": 2, "trombone": 0, "tuba": 0,
    "glockenspiel": -24, "celesta": -12, "vibraphone": 0, "marimba": 0,
    "guitar": 12, "electric-guitar": 12, "electric-bass": 12, "acoustic-bass": 12,
    "contrabass": 12, "cello": 0, "recorder": -12, "tenor": 0, "piano": 0, "drums": 0,
}  # fmt: skip
NAMED = {
    ("horn", "Corno 2.do Ex D:"): 10,
    ("horn", "in D. Corni"): 10,
    ("horn", "Eb Horn 1"): 9,
    ("horn", "Horn in E♭"): 9,
    ("horn", "Corno in Es"): 9,
    ("horn", "C Horn 3"): 12,
    ("horn", "Corno 1o del C."): 12,
    ("horn", "Bb (basso) Horn 3"): 14,
    ("horn", "Cor en mib"): 9,
    ("horn", "Cornu Primo"): 7,
    ("trumpet", "D Trumpet 1"): -2,
    ("trumpet", "F Trumpet 3"): -5,
    ("trumpet", "C Trumpet 1"): 0,
    ("trumpet", "Bb Trumpet 2"): 2,
    ("trumpet", "Clarino Primo in D."): -2,
    ("trumpet", "Tromba in Do"): 0,
    ("clarinet", "A Clarinet 2"): 3,
    ("clarinet", "Clarinetti in B."): 2,
    ("clarinet", "in a. Clarinetti"): 3,
    ("clarinet", "Eb Clarinet"): -3,
    ("clarinet", "Bass Clarinet"): 14,
    ("clarinet", "corniDiBassetto"): 7,
    ("flute", "Alto Flute"): 5,
    ("flute", "Flute in the A section"): 0,
    ("oboe", "Oboe d'amore 1"): 3,
    ("bassoon", "Contrabassoon"): 12,
    ("trumpet", "Melody - Trumpet"): 2,
}


def _part(name: str, pitches: list[int]) -> Part:
    return part_of(name, [(place, 1, pitch) for place, pitch in enumerate(pitches)])


@pytest.mark.parametrize(("name", "semitones"), USUAL.items())
def test_an_instrument_is_written_as_its_players_read_it(name: str, semitones: int) -> None:
    """Written minus sounding pitch, as in every orchestration book."""
    assert transposition_of(_part(name, [84])) == semitones


@pytest.mark.parametrize(("named", "semitones"), NAMED.items())
def test_a_name_that_says_the_key_is_believed(named: tuple[str, str], semitones: int) -> None:
    """A part is not called "in D" and written in F."""
    instrument, name = named
    assert transposition_of(replace(_part(instrument, [67]), name=name)) == semitones


def test_what_is_written_octaves_lower_stays_near_the_staff() -> None:
    """Files often have a glockenspiel or recorder as it is written."""
    assert transposition_of(_part("glockenspiel", [79, 91])) == -24
    assert transposition_of(_part("glockenspiel", [67, 79])) == -12
    assert transposition_of(_part("glockenspiel", [60, 72])) == 0
    music_box = replace(_part("glockenspiel", [84]), program=10)
    assert transposition_of(music_box) == 0


def test_whatever_is_transposed_sounds_as_in_the_piece_when_read_back() -> None:
    """Each instrument in a key with sharps and one with flats, by our own reader."""
    parts = [_part(i.name, [70, 71, 73, 76]) for i in INSTRUMENTS if not i.is_drums]
    parts += [replace(_part(i, [70, 71]), name=name) for i, name in NAMED]
    for fifths in (5, -4):
        for start in range(0, len(parts), 16):
            piece = piece_of(*parts[start : start + 16], fifths=fifths)
            read = read_bytes(musicxml_text(piece).encode(), "piece.musicxml")
            expected = [[n.pitch for n in part.notes] for part in build_score(piece).piece.parts]
            assert [[n.pitch for n in part.notes] for part in read.parts] == expected


def test_a_part_by_itself_is_in_the_key_its_player_reads() -> None:
    """A trumpeter in F major has one sharp, beside a flute with one flat."""
    piece = piece_of(_part("flute", [77, 81]), _part("trumpet", [65, 69]), fifths=-1)
    flute, trumpet = (text for _, text in part_texts(piece))
    assert "<fifths>-1</fifths>" in flute
    assert "<transpose>" not in flute
    assert "<fifths>1</fifths>" in trumpet
    assert re.search(r"<diatonic>-1</diatonic>\s*<chromatic>-2</chromatic>", trumpet)
    assert re.search(r"<step>G</step>\s*<octave>4</octave>", trumpet)


def test_a_transposed_part_has_the_signature_of_fewer_accidentals() -> None:
    """A clarinet in B major reads five flats, not seven sharps; the sounding key stays."""
    piece = piece_of(_part("flute", [71, 75]), _part("clarinet", [71, 75]), fifths=5)
    flute, clarinet = (text for _, text in part_texts(piece))
    assert "<fifths>5</fifths>" in flute
    assert "<fifths>-5</fifths>" in clarinet
    assert re.search(r"<step>D</step>\s*<alter>-1</alter>", clarinet)
