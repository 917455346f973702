"""What ABC tunes say besides notes is read: orders of parts, jumps, endings, voices, programs."""

from __future__ import annotations

import pytest

from composer.corpus.readers import read_bytes
from composer.music.piece import Piece

HEAD = "X:1\nT:t\nM:4/4\nL:1/4\n"
A, B = [60, 62, 64, 65], [67, 69, 71, 72]


def tune(body: str, head: str = "") -> Piece:
    return read_bytes(f"{HEAD}{head}K:C\n{body}\n".encode(), "a.abc")


def pitches(piece: Piece) -> list[int]:
    return [note.pitch for note in piece.parts[0].notes]


@pytest.mark.parametrize(
    ("order", "played"),
    [
        ("ABA", A + B + A),
        ("A2B3", A * 2 + B * 3),
        ("(AB)2A", (A + B) * 2 + A),
        ("B.A", B + A),
        ("A((AB)2B)2", A + ((A + B) * 2 + B) * 2),
        ("", A + B),
        ("AXB", A + B),
    ],
)
def test_parts_are_played_in_the_order_that_is_stated(order: str, played: list[int]) -> None:
    """As printed where there is none, or one with a part that is not there."""
    assert pitches(tune("P:A\nCDEF|\nP:B\nGABc|]", f"P:{order}\n")) == played
    assert pitches(tune("[P:A]CDEF|[P:B]GABc|]", f"P:{order}\n")) == played


def test_each_part_has_its_own_repeats_and_key() -> None:
    piece = tune("P:A\n|:CDEF:|\nP:B\nK:G\nGABf|]", "P:ABA\n")
    assert pitches(piece) == A * 2 + [67, 69, 71, 78] + A * 2
    assert [key.fifths for key in piece.keys] == [0, 1, 0]


def test_all_voices_follow_the_order() -> None:
    body = "P:A\nV:1\nCDEF|\nV:2\nC4|\nP:B\nV:1\nGABc|]\nV:2\nG4|]"
    low = tune(body, "P:ABA\nV:1\nV:2\n").parts[1]
    assert [note.pitch for note in low.notes] == [60, 67, 60]


@pytest.mark.parametrize(
    ("body", "played"),
    [
        ("CDEF!fine!|GABc!D.C.alfine!|", A + B + A),
        ("CDEF|!segno!GABc!D.S.!|", A + B + B),
        ("CDEF!D.C.!|]", A + A),
        ("C4!coda!|D4!D.C.!|!coda!E4|", [60, 62, 60, 64]),
        ("|:C4|1-3 D4:|4 E4|]", [60, 62] * 3 + [60, 64]),
        ("|:C4|1,2 D4:|3 E4|]", [60, 62] * 2 + [60, 64]),
        ("|::C4::|", [60] * 3),
    ],
)
def test_jumps_and_endings_are_played(body: str, played: list[int]) -> None:
    assert pitches(tune(body)) == played


def test_midi_directions_are_heard() -> None:
    """A program for a voice, a transposition for all; the page stays as it is."""
    voices = "%%MIDI transpose -2\nV:1\n%%MIDI program 40\nV:2\n%%MIDI program 1 71\n"
    piece = tune("V:1\nCDEF|\nV:2\nCDEF|", voices)
    assert [part.instrument for part in piece.parts] == ["violin", "clarinet"]
    assert pitches(piece) == [58, 60, 62, 63]
    assert piece.source is not None
    assert "<step>C</step>" in piece.source.musicxml


def test_accents_and_bagpipes() -> None:
    piece = read_bytes(b"X:1\nT:Le caf\\'e, gar\\,con\nM:4/4\nL:1/4\nK:HP\nFcGA|\n", "a.abc")
    assert piece.title == "Le café, garçon"
    assert pitches(piece) == [66, 73, 67, 69]
