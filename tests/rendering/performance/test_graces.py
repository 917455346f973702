"""Grace notes of a score sound in MIDI as players play them, and stay grace notes on the page."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import mido
import pytest

from composer.composing.session.session import Session
from composer.corpus.readers import read_bytes
from composer.music.piece import Piece
from composer.rendering.formats import Maker
from composer.rendering.performance.midi import midi_bytes

ATTRIBUTES = """<attributes><divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type>
</time></attributes>"""
SLASHED, PLAIN = '<grace slash="yes"/>', "<grace/>"


def note(pitch: str, quarters: int = 0, more: str = "", typed: str = "eighth") -> str:
    lasts = f"<duration>{quarters}</duration>" if quarters else ""
    return (
        f"<note>{more}<pitch><step>{pitch[0]}</step><octave>{pitch[1]}</octave></pitch>{lasts}"
        f"<voice>1</voice><type>{typed}</type></note>"
    )


def score(*measures: str) -> Piece:
    body = "".join(f'<measure number="{n}">{m}</measure>' for n, m in enumerate(measures, 1))
    return read_bytes(
        '<score-partwise><part-list><score-part id="P1"><part-name>Flute</part-name></score-part>'
        f'</part-list><part id="P1">{body}</part></score-partwise>'.encode(),
        "a.musicxml",
    )


def sounding(piece: Piece) -> list[tuple[float, float, int]]:
    """Onset and length in quarters, and pitch, of every note of the MIDI file."""
    file = mido.MidiFile(file=io.BytesIO(midi_bytes(piece, mechanical=True)))
    now, down, found = 0, {}, []
    for message in file.tracks[1]:
        now += message.time
        if message.type == "note_on":
            down[message.note] = now
        elif message.type == "note_off":
            start = down.pop(message.note)
            quarter = file.ticks_per_beat
            found.append((start / quarter, (now - start) / quarter, message.note))
    return sorted(found)


FIRST = ATTRIBUTES + note("C5", 2)


@pytest.mark.parametrize(
    ("measure", "after"),
    [
        (note("D5", more=SLASHED) + note("E5", 2), [(1.875, 0.125, 74), (2, 2, 76)]),
        (note("D5", more=PLAIN) + note("E5", 2), [(2, 1, 74), (3, 1, 76)]),
        (
            note("D5", more=PLAIN) + note("F5", more=PLAIN) + note("E5", 2),
            [(1.75, 0.125, 74), (1.875, 0.125, 77), (2, 2, 76)],
        ),
        (
            note("D5", more=PLAIN) + note("F5", more=PLAIN + "<chord/>") + note("E5", 2),
            [(2, 1, 74), (2, 1, 77), (3, 1, 76)],
        ),
        (
            note("E5", 2) + note("D5", more=PLAIN) + note("E5", more=PLAIN),
            [(2, 2, 76), (3.75, 0.125, 74), (3.875, 0.125, 76)],
        ),
    ],
    ids=["with a slash", "without", "two", "two together", "behind a note"],
)
def test_a_slashed_grace_note_comes_before_the_beat_and_one_without_leans(
    measure: str, after: list[tuple[float, float, int]]
) -> None:
    """Several come before the beat too, and behind a note before what follows."""
    expected = [(0, 2, 72), *after]
    if after[-1] == (3.875, 0.125, 76):  # the same key: struck anew
        expected[1] = (2, 1.875, 76)
    assert sounding(score(FIRST + measure)) == expected


def test_at_the_very_beginning_the_note_waits_for_its_grace_note() -> None:
    piece = score(ATTRIBUTES + note("D5", more=SLASHED) + note("E5", 4))
    assert sounding(piece) == [(0, 0.125, 74), (0.125, 3.875, 76)]


def test_grace_notes_of_abc_cut_into_the_note_before() -> None:
    """With or without a slash; the page keeps the difference."""
    piece = read_bytes(b"X:1\nL:1/4\nM:4/4\nK:C\nC{g}D{/a}E F|\n", "a.abc")
    assert [row for row in sounding(piece) if row[2] > 70] == [
        (0.875, 0.125, 79),
        (1.875, 0.125, 81),
    ]
    text = Maker(piece).musicxml
    assert text.count("<grace ") == 2
    assert text.count('slash="yes"') == 1


def test_grace_notes_are_no_notes_of_the_piece_and_go_with_their_note(tmp_path: Path) -> None:
    """They are on the page as they are; a session keeps them where bars are left alone."""
    grace = note("D5", more=SLASHED)
    piece = score(*(ATTRIBUTES * (not n) + grace + note("E5", 4, typed="whole") for n in range(4)))
    assert [n.pitch for n in piece.parts[0].notes] == [76] * 4
    assert Maker(piece).musicxml.count("<grace ") == 4
    session = Session(piece)
    session.do("infill", first_bar=2, last_bar=2, seed=1)
    session.save(tmp_path / "a.session")
    opened = Session.open(tmp_path / "a.session").piece
    late = [onset for onset, length, pitch in sounding(opened) if (length, pitch) == (0.125, 74)]
    assert late == [0, 7.875, 11.875]
    without = replace(piece, parts=(replace(piece.parts[0], notes=piece.parts[0].notes[1:]),))
    assert [pitch for _, _, pitch in sounding(without)] == [74, 76] * 3
