"""What comes twice is printed once, and played out it is the piece again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from composer.corpus.readers import read_bytes
from composer.music.bars import bars_of
from composer.music.facts import Chord
from composer.music.piece import Note, Part, Piece
from composer.rendering.files import write_piece
from composer.rendering.musicxml.musicxml import musicxml_text
from composer.rendering.score.repeats import Repeat, find_repeats
from composer.rendering.score.score import build_score
from tests.rendering.pieces import grid_pieces, part_of, piece_of
from tests.rendering.reading import measure_problems, rows_as_signs, rows_of_musicxml

SCALE = (60, 62, 64, 65, 67, 69, 71, 72)


def tune(bars: str) -> Piece:
    """A melody of a bar a letter; equal letters are equal bars. A dash ties the bar to the next."""
    notes = []
    letters = [letter for letter in bars if letter != "-"]
    for bar, letter in enumerate(letters):
        pitch = SCALE[ord(letter) % len(SCALE)] + 12 * (ord(letter) // 8 % 2)
        notes += [(4 * bar, 2, pitch), (4 * bar + 2, 2, 55 + ord(letter) % 5)]
    held = {place - 1 - bars[:place].count("-") for place in range(len(bars)) if bars[place] == "-"}
    longer = [
        (onset, length + 1 if onset % 4 == 2 and onset // 4 in held else length, pitch)
        for onset, length, pitch in notes
    ]
    return piece_of(part_of("flute", longer))


def test_phrases_that_come_twice_are_found_with_their_endings() -> None:
    """Whole passages, first and second endings, and nothing where nothing comes twice."""
    assert find_repeats(tune("abcdefghabcdefghijkl")) == [Repeat(0, 8)]
    assert find_repeats(tune("abcdabcdefghefgh")) == [Repeat(0, 4), Repeat(8, 4)]
    assert find_repeats(tune("abcdefgxabcdefgy")) == [Repeat(0, 8, 1)]
    assert find_repeats(tune("abcdefgh")) == []
    assert find_repeats(tune("abcabc")) == []


def test_nothing_held_over_a_joint_is_cut() -> None:
    """A note that sounds into the repetition keeps it written out."""
    assert find_repeats(tune("abcdefgh-abcdefghijkl")) == []
    assert find_repeats(tune("abcdefg-xabcdefg-y")) == []
    assert find_repeats(tune("abcdefghabcdefgh-ijkl")) == [Repeat(0, 8, 1)]


def test_a_change_of_key_or_loudness_is_no_repetition() -> None:
    """The second time must be played and read as the first."""
    piece = tune("abcdabcd")
    half = piece.end_tick // 2
    keys = (*piece.keys, piece.keys[0]._replace(tick=half, fifths=2))
    assert find_repeats(replace(piece, keys=keys)) == []
    loud = [note._replace(velocity=96 if note.onset_tick < half else 48) for note in _notes(piece)]
    part = replace(piece.parts[0], notes=tuple(loud))
    assert find_repeats(replace(piece, parts=(part,))) == []


def _notes(piece: Piece) -> tuple[Note, ...]:
    return piece.parts[0].notes


def test_signs_and_endings_stand_in_every_part() -> None:
    """Each staff has them, as MusicXML demands, and the last bar has its final line."""
    one = tune("zabcdefgxabcdefgyh")
    piece = replace(one, parts=(*one.parts, part_of("violin", _rows(one))))
    text = musicxml_text(piece, repeats=True)
    for sign, count in (
        ('<repeat direction="forward"', 2),
        ('<repeat direction="backward"', 2),
        ('<ending number="1" type="start">1.<', 2),
        ('<ending number="2" type="discontinue"', 2),
        ("light-heavy", 4),
    ):
        assert text.count(sign) == count, sign
    assert text.count("<measure ") == 2 * 11
    assert "<repeat" not in musicxml_text(piece)


def _rows(piece: Piece) -> list[tuple[int, int, int]]:
    return [(n.onset_tick // 24, n.length_ticks // 24, n.pitch) for n in _notes(piece)]


def test_chord_symbols_move_with_what_is_printed() -> None:
    """A chord of the omitted passage is left out, one behind it stands where its bar is."""
    piece = tune("abcdabcdefgh")
    bars = bars_of(piece)
    chords = [Chord(bars[number].start_tick, root, "major", root) for number, root in
              ((0, 0), (4, 0), (8, 7))]  # fmt: skip
    text = musicxml_text(piece, chords=chords, repeats=True)
    measures = text.split("<measure ")[1:]
    assert [number for number, one in enumerate(measures) if "<harmony" in one] == [0, 4]


@st.composite
def pieces_in_sections(draw: st.DrawFn) -> Piece:
    """A section of random bars, twice or with another last bar, and perhaps another once."""
    material = draw(grid_pieces(most_parts=2))
    bars = bars_of(material)
    count = len(bars)
    order = [draw(st.integers(0, count - 1)) for _ in range(8)]
    order += [*order[:-1], draw(st.integers(0, count - 1))]
    order += [draw(st.integers(0, count - 1)) for _ in range(draw(st.integers(0, 2)))]
    length = bars[0].length_ticks
    parts = tuple(_rearranged(part, order, length) for part in material.parts)
    return replace(material, parts=parts, end_tick=length * len(order))


def _rearranged(part: Part, order: list[int], length: int) -> Part:
    notes = []
    for place, bar in enumerate(order):
        for note in part.notes:
            if note.onset_tick // length == bar:
                onset = note.onset_tick + (place - bar) * length
                end = min(note.onset_tick + note.length_ticks, (bar + 1) * length)
                notes.append(note._replace(onset_tick=onset, length_ticks=end - note.onset_tick))
    return replace(part, notes=tuple(notes))


@given(piece=pieces_in_sections())
@settings(max_examples=10, deadline=None)
def test_played_out_by_music21_the_score_is_the_whole_piece(piece: Piece) -> None:
    """Every onset, length and pitch of every part, endings and all."""
    text = musicxml_text(piece, repeats=True)
    expected = [rows_as_signs(part) for part in build_score(piece).piece.parts]
    assert measure_problems(text) == []
    assert rows_of_musicxml(text, is_played_out=True) == expected
    assume(any(part.notes for part in piece.parts))
    again = read_bytes(text.encode(), "piece.musicxml")
    assert again.end_tick * piece.ticks_per_quarter == piece.end_tick * again.ticks_per_quarter


def test_where_a_repeat_begins_its_loudness_is_said() -> None:
    """Whoever comes back from a loud end sees that the beginning is soft."""
    order = "xyzwabcdabcdefgh"
    piece = tune(order)
    loud = [
        note._replace(velocity=48 if order[note.onset_tick // 96] in "xyzwabc" else 96)
        for note in _notes(piece)
    ]
    piece = replace(piece, parts=(replace(piece.parts[0], notes=tuple(loud)),))
    measures = musicxml_text(piece, repeats=True).split("<measure ")[1:]
    assert "<p />" in measures[4]


def test_sound_has_the_whole_piece_whatever_is_printed(tmp_path: Path) -> None:
    """Repeat signs are for readers: the MIDI is the same with and without them."""
    piece = tune("abcdabcdefgh")
    pairs = []
    for repeats in (True, False):
        folder = tmp_path / str(repeats)
        midi, sheet = write_piece(piece, folder, "tune", ["mid", "musicxml"], repeats=repeats)
        pairs.append((midi.read_bytes(), sheet.read_text(encoding="utf-8")))
    (midi_once, printed_once), (midi_whole, written_out) = pairs
    assert midi_once == midi_whole
    assert printed_once.count("<measure ") == 8
    assert written_out.count("<measure ") == 12
