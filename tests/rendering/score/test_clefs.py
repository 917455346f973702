"""A staff has the clef, or the octave line, in which its notes can be read."""

from __future__ import annotations

import pytest

from composer.rendering.score.notation import StaffPart
from composer.rendering.score.score import build_score
from tests.rendering.pieces import part_of, piece_of


def part_with(name: str, pitches: list[int]) -> StaffPart:
    rows = [(i, 1, pitch) for i, pitch in enumerate(pitches)]
    return build_score(piece_of(part_of(name, rows))).parts[0]


def clefs_of(part: StaffPart) -> list[str]:
    """The clef of a part of one staff in each measure."""
    clefs = [part.clefs[0]]
    for measure in part.measures:
        clefs.append(measure.clefs[0].clef if measure.clefs else clefs[-1])
    return clefs[1:]


HERE, LOW = [72, 74, 76, 77], [36, 38, 40, 38]


def test_a_bar_on_seven_ledger_lines_changes_the_clef_and_two_notes_do_not() -> None:
    """Between bars that are read as before the clef comes back."""
    part = part_with("synth-lead", [*HERE, *LOW, *HERE])
    assert clefs_of(part) == ["treble", "bass", "treble"]
    once = part_with("synth-lead", [*HERE, 36, 38, 76, 77, *HERE])
    assert set(clefs_of(once)) == {"treble"}


def test_a_clef_does_not_flicker() -> None:
    """Bars about middle C, one a little higher, one a little lower, stay in one clef."""
    part = part_with("synth-pad", [60, 64, 62, 65, 57, 55, 60, 59] * 6)
    assert len(set(clefs_of(part))) == 1


@pytest.mark.parametrize(
    ("name", "low", "high"), [("electric-bass", 31, 69), ("electric-guitar", 60, 89)]
)
def test_what_lies_seven_ledger_lines_over_one_staff_stands_under_an_octave_line(
    name: str, low: int, high: int
) -> None:
    """Three notes do, a note or two do not, and six ledger lines are read."""

    def lines(*bar: int) -> list[int]:
        part = part_with(name, [*[low] * 4, *bar, *[low] * 4])
        return [mark.octaves for measure in part.measures for mark in measure.octaves]

    assert lines(high, high, high + 2, low) == [1, 0]
    assert lines(low, high, high + 2, low) == []
    assert lines(*[high - 2] * 4) == []


@pytest.mark.parametrize(
    ("name", "pitches", "clef"),
    [
        ("soprano", [60, 62, 64], "treble"),
        ("alto", [55, 57, 60, 62], "treble"),
        ("voice", [57, 59, 60, 62], "treble"),
        ("tenor", [52, 57, 64], "treble-8"),
        ("bass", [43, 48, 55], "bass"),
    ],
)
def test_a_voice_has_its_own_clef_where_it_sings_low(
    name: str, pitches: list[int], clef: str
) -> None:
    """A line on one or two ledger lines is no man's."""
    assert part_with(name, pitches).clefs == (clef,)
