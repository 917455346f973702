"""Varying: by degrees, and never what is to be kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from composer.composing.verbs.draft import draft_of
from composer.composing.verbs.spans import Turn, Writing
from composer.composing.verbs.varying import heard_chords, share_changed, vary
from composer.errors import RequestError
from composer.music.piece import Piece
from composer.tokens.fields import Kind
from tests.composing.tunes import BAR, piano_piece, tune


def _rhythm(piece: Piece) -> list[list[tuple[int, int]]]:
    return [sorted((n.onset_tick, n.length_ticks) for n in part.notes) for part in piece.parts]


def test_more_strength_never_changes_less() -> None:
    """The share of changed notes rises from 0 with strength, for one seed; no step goes back."""
    source = piano_piece(4)
    shares = [share_changed(source, vary(source, s, seed=4)) for s in (0.0, 0.25, 0.5, 1.0)]
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert shares[-1] > 0.3
    assert len(set(shares)) == len(shares)


def test_a_weaker_variation_is_a_stop_on_the_way_to_a_stronger_one() -> None:
    """Bars that were written anew at .25 are the same at .5."""
    source = piano_piece(4)
    some, more = vary(source, 0.25, seed=5), vary(source, 0.5, seed=5)
    changed = [bar for bar in range(4) if _bar(some, bar) != _bar(source, bar)]
    assert len(changed) == 1
    assert all(_bar(more, bar) == _bar(some, bar) for bar in changed)


def _bar(piece: Piece, bar: int) -> list[tuple[int, ...]]:
    notes = (note for part in piece.parts for note in part.notes)
    return [tuple(n) for n in notes if bar * BAR <= n.onset_tick < (bar + 1) * BAR]


def test_the_melody_of_a_lone_piano_can_stay() -> None:
    """Its top line is there note for note, nothing goes above it, the rest changes."""
    source = piano_piece(4)
    varied = vary(source, 1.0, keep=["melody"], seed=6)
    assert len(varied.parts) == 1
    melody = set(tune(4).parts[0].notes)
    assert melody <= set(varied.parts[0].notes)
    assert set(varied.parts[0].notes) != set(source.parts[0].notes)
    top = {note.onset_tick: note.pitch for note in melody}
    for note in varied.parts[0].notes:
        assert note.pitch <= top.get(note.onset_tick, note.pitch)


def test_the_rhythm_can_stay() -> None:
    """Onsets and lengths to the tick, even off the grid, and other pitches; twice the same."""
    source = piano_piece(4)
    shifted = tuple(
        n._replace(onset_tick=n.onset_tick * 20 + 3, length_ticks=n.length_ticks * 20 - 7)
        for n in source.parts[0].notes
    )
    played = replace(
        source,
        parts=(replace(source.parts[0], notes=shifted),),
        ticks_per_quarter=480,
        end_tick=source.end_tick * 20,
    )
    varied = vary(played, 1.0, keep=["rhythm"], seed=7)
    assert _rhythm(varied) == _rhythm(played)
    assert share_changed(played, varied) > 0.3
    assert varied == vary(played, 1.0, keep=["rhythm"], seed=7)


def test_melody_and_rhythm_can_stay_together() -> None:
    """What is below the melody gets other pitches."""
    source = piano_piece(4)
    varied = vary(source, 1.0, keep=["melody", "rhythm", "chords"], seed=8)
    assert set(tune(4).parts[0].notes) <= set(varied.parts[0].notes)
    assert {n.onset_tick for n in varied.parts[0].notes} == {
        n.onset_tick for n in source.parts[0].notes
    }


def test_the_chords_can_stay() -> None:
    """The chord rows that are written are those that were heard, and no others."""
    draft = draft_of(piano_piece(4))
    chords = heard_chords(draft)
    writing = Writing(draft, Turn(seed=1), chords=chords)
    written = writing.rows(0, 3, [0]).tolist()
    assert [row for row in written if row[0] == Kind.CHORD] == [
        row for bar in range(4) for row in chords[bar]
    ]


def test_what_is_changed_has_a_measure() -> None:
    """None of a piece itself, all of one without its notes, half of one with every other gone."""
    source = tune(4)
    notes = source.parts[0].notes
    half = replace(source, parts=(replace(source.parts[0], notes=notes[::2]),))
    none = replace(source, parts=(replace(source.parts[0], notes=()),))
    assert [share_changed(source, other) for other in (source, half, none)] == [0.0, 0.5, 1.0]


@pytest.mark.parametrize(
    ("strength", "keep", "message"),
    [
        (-0.1, [], "strength -0.1"),
        (float("nan"), [], "strength nan"),
        (0.5, ["oboe"], "no part 'oboe'; the piece has Tune, and melody, chords, rhythm"),
        (0.5, ["melody"], "everything is kept"),
    ],
)
def test_what_cannot_be_varied_is_one_line(strength: float, keep: list[str], message: str) -> None:
    """It names what there is."""
    with pytest.raises(RequestError, match=message):
        vary(tune(2), strength, keep=keep)
