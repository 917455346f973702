"""Writing spans into a piece: nobody is left out, and what is new fits in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from composer.composing.verbs.draft import draft_of
from composer.composing.verbs.harmonizing import harmonize
from composer.composing.verbs.infilling import infill
from composer.composing.verbs.spans import MOST_ATTEMPTS, Writing, usual_positions
from composer.music.piece import Note, Part
from composer.tokens.fields import COLUMNS
from tests.composing.tunes import BAR, QUARTER, piano_piece, piece, tune


def _silent_until(attempt_that_plays: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Make a model that leaves everybody silent at first; the attempts that are made."""
    attempts: list[int] = []
    real = Writing.rows

    def rows(self: Writing, *span: Any) -> Any:
        attempts.append(span[-1])
        if span[-1] < attempt_that_plays:
            return np.zeros((0, COLUMNS), dtype=np.int16)
        return real(self, *span)

    monkeypatch.setattr(Writing, "rows", rows)
    return attempts


def test_who_is_left_silent_is_written_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until everybody plays, each time with another chance."""
    attempts = _silent_until(2, monkeypatch)
    choir = harmonize(tune(4), ensemble="choir", style="hymn", seed=1)
    assert attempts == [0, 1, 2]
    assert all(part.notes for part in choir.parts)


def test_who_stays_silent_ends_the_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a few of them the fullest is taken, silent or not."""
    attempts = _silent_until(99, monkeypatch)
    infill(tune(4), 1, 2, seed=1)
    assert attempts == list(range(MOST_ATTEMPTS))


def test_new_notes_begin_where_in_a_beat_the_pieces_own_do() -> None:
    """Quarters and eighths in a piece of quarters; a rare triplet is no place for new notes."""
    changed = infill(piano_piece(4), 2, 3, seed=3)
    assert all(n.onset_tick % (QUARTER // 2) == 0 for part in changed.parts for n in part.notes)


def test_rare_places_in_a_beat_are_none() -> None:
    """One sixteenth among a hundred notes does not count, three do."""

    def places(sixteenths: int) -> frozenset[int]:
        notes = [Note(i * QUARTER + 6 * (i < sixteenths), 6, 60 + i % 12) for i in range(100)]
        part = tune(1).parts[0]
        return usual_positions(draft_of(piece(replace(part, notes=tuple(notes)), bars=25)))

    assert places(1) == {0, 12}
    assert places(3) == {0, 6, 12}


def test_infilled_bars_are_as_busy_as_those_around() -> None:
    """Between bars of running eighths are running notes, between bars of whole notes a few."""

    def onsets(length_ticks: int) -> int:
        """In bars 4 and 5, written anew in a scale of notes of one length."""
        notes = tuple(
            Note(tick, length_ticks, 60 + (0, 2, 4, 5, 7, 5, 4, 2)[tick // length_ticks % 8])
            for tick in range(0, 8 * BAR, length_ticks)
        )
        after = infill(piece(Part("piano", 0, notes, "Piano"), bars=8), 4, 5, seed=1)
        return len(
            {n.onset_tick for n in after.parts[0].notes if 3 * BAR <= n.onset_tick < 5 * BAR}
        )

    assert onsets(QUARTER // 2) >= 8
    assert onsets(BAR) <= 5
