"""Notes by hand are a step like any other: undone, saved, made again, and stopped by locks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from composer.composing.session.editing import edited
from composer.composing.session.session import Session
from composer.errors import RequestError
from composer.music.piece import MeterChange, Note, Part, Piece, TempoChange


def piece() -> Piece:
    """Two bars of two parts."""
    notes = tuple(Note(tick, 24, 60 + tick // 24) for tick in range(0, 192, 24))
    return Piece(
        parts=(Part("violin", 40, notes, "Violin"), Part("cello", 42, notes, "Cello")),
        meters=(MeterChange(0, 4, 4),),
        end_tick=192,
        tempi=(TempoChange(0, 100.0),),
    )


def test_notes_are_drawn_moved_and_deleted_in_their_order() -> None:
    """And stand in order of onset and pitch afterwards; the other part is untouched."""
    changed = edited(
        piece(),
        [
            ("add", 0, 12, 12, 72, 90),
            ("move", 0, 0, 60, 6, 18, 59, 80),
            ("remove", 0, 24, 61),
        ],
    )
    notes = changed.parts[0].notes
    assert notes[:3] == (Note(6, 18, 59, 80), Note(12, 12, 72, 90), Note(48, 24, 62))
    assert list(notes) == sorted(notes, key=lambda note: (note.onset_tick, note.pitch))
    assert changed.parts[1] is piece().parts[1] or changed.parts[1] == piece().parts[1]


def test_a_part_can_be_given_to_another_instrument() -> None:
    """With its program and its name; tempo and title can be changed too."""
    changed = edited(piece(), [("instrument", 1, "flute"), ("tempo", 80), ("title", "A\nB")])
    assert (changed.parts[1].instrument, changed.parts[1].program) == ("flute", 73)
    assert changed.tempi == (TempoChange(0, 80.0),)
    assert changed.title == "A B"


@pytest.mark.parametrize(
    "change",
    [
        ("add", 0, 192, 24, 60, 80),
        ("add", 0, 0, 0, 60, 80),
        ("add", 0, 0, 24, 128, 80),
        ("add", 2, 0, 24, 60, 80),
        ("add", 0, 0, 24, 60),
        ("add", 0, 0.5, 24, 60, 80),
        ("remove", 0, 1, 60),
        ("instrument", 0, "kazoo"),
        ("instrument", 0, "drums"),
        ("tempo", "fast"),
        ("tempo", 9_999),
        ("paint", 0),
        (),
    ],
)
def test_what_is_not_possible_is_refused(change: tuple[Any, ...]) -> None:
    """By one line."""
    with pytest.raises(RequestError):
        edited(piece(), [change])


def test_an_edit_is_a_step_that_is_saved_and_made_again(tmp_path: Path) -> None:
    """Without the model: replay needs no weights for it."""
    session = Session(piece())
    before = session.piece
    session.edit([["add", 0, 12, 12, 72, 90]], "a grace")
    session.edit([["remove", 1, 0, 60]])
    assert session.undo().parts[0].notes[1] == Note(12, 12, 72, 90)
    session.redo()
    session.save(tmp_path / "a.session")
    opened = Session.open(tmp_path / "a.session")
    assert opened.replay() == session.piece != before
    assert opened.versions[1].label == "a grace"


def test_what_is_locked_is_not_edited() -> None:
    """Neither its notes nor its instrument, and a refused edit leaves no version."""
    session = Session(piece())
    session.lock(bars=(1, 1), parts=["Violin"])
    for change in (["add", 0, 5, 12, 72, 90], ["remove", 0, 0, 60], ["instrument", 0, "flute"]):
        with pytest.raises(RequestError, match="locked"):
            session.edit([change])
    assert len(session.versions) == 1
    session.edit([["add", 0, 100, 12, 72, 90], ["add", 1, 5, 12, 72, 90]])
    assert len(session.versions) == 2


def test_bars_return_at_the_end() -> None:
    """Note for note, with their meter, and nothing sounds beyond what was copied."""
    longer = edited(piece(), [("repeat", 2, 2)])
    assert longer.end_tick == 288
    for before, after in zip(piece().parts, longer.parts, strict=True):
        assert after.notes[:8] == before.notes
        copied = [note._replace(onset_tick=note.onset_tick + 96) for note in before.notes[4:]]
        assert list(after.notes[8:]) == copied
