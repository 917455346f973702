"""Composing together: what is not asked for comes back exactly as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest

from composer.analysis.melody import top_line
from composer.composing.compose import compose
from composer.composing.partner import continue_piece, harmonize, infill, vary
from composer.errors import RequestError
from composer.music.bars import bars_of
from composer.music.instruments import BY_NAME
from composer.music.piece import Note, Part, Piece

BAR = 4 * 480


@cache
def duet() -> Piece:
    """Eight bars for violin and cello at 480 ticks a quarter, played a little off the grid."""
    made = compose(style="classical", bars=8, meter="4/4", instruments=["violin", "cello"], seed=6)
    parts = [
        replace(part, name=name, notes=_played(top_line(part.notes)))
        for part, name in zip(made.piece.parts, ("Violin I", "Cello"), strict=True)
    ]
    return replace(
        made.piece,
        parts=tuple(parts),
        end_tick=made.piece.end_tick * 20,
        ticks_per_quarter=480,
    )


def _played(notes: Sequence[Note]) -> tuple[Note, ...]:
    moved = [
        Note(
            note.onset_tick * 20 + (3 if note.onset_tick % 24 else 0),
            max(1, note.length_ticks * 20 - 7),
            note.pitch,
            60 + index % 9,
        )
        for index, note in enumerate(notes)
    ]
    return tuple(sorted(moved, key=lambda note: (note.onset_tick, note.pitch)))


def _outside(part: Part, first_bar: int, last_bar: int) -> list[Note]:
    start, end = (first_bar - 1) * BAR, last_bar * BAR
    return [note for note in part.notes if not start <= note.onset_tick < end]


def test_continuing_adds_bars_and_leaves_every_note() -> None:
    """The old notes come first, untouched; the new bars have the old meter, key and tempo."""
    longer = continue_piece(duet(), 3, seed=1)
    assert len(bars_of(longer)) == 11
    for old, new in zip(duet().parts, longer.parts, strict=True):
        assert new.notes[: len(old.notes)] == old.notes
        assert all(note.onset_tick >= duet().end_tick for note in new.notes[len(old.notes) :])
    assert (longer.meters, longer.keys, longer.tempi) == (
        duet().meters,
        duet().keys,
        duet().tempi,
    )
    assert longer.note_count > duet().note_count


def test_infilling_rewrites_the_bars_asked_for_and_nothing_else() -> None:
    """Bars 3-4 are new; every note that begins outside is the same, velocity and all."""
    changed = infill(duet(), 3, 4, seed=2)
    for old, new in zip(duet().parts, changed.parts, strict=True):
        assert _outside(new, 3, 4) == _outside(old, 3, 4)
    assert changed != duet()
    assert changed.end_tick == duet().end_tick


def test_infilling_one_part_leaves_the_others() -> None:
    """By its name, in any case of letters."""
    changed = infill(duet(), 2, 5, ["cello"], seed=3)
    assert changed.parts[0] == duet().parts[0]
    assert _outside(changed.parts[1], 2, 5) == _outside(duet().parts[1], 2, 5)
    assert changed.parts[1] != duet().parts[1]


def test_infilled_notes_stay_in_range_and_inside_their_bars() -> None:
    """Nothing new rings on beyond the bars that were asked for."""
    changed = infill(duet(), 3, 4, seed=4)
    for old, new in zip(duet().parts, changed.parts, strict=True):
        instrument = BY_NAME[new.instrument]
        for note in set(new.notes) - set(old.notes):
            assert instrument.low <= note.pitch <= instrument.high
            assert note.end_tick <= 4 * BAR


def test_the_last_bars_can_be_infilled_too() -> None:
    """There is nothing behind them; they end with the piece."""
    changed = infill(duet(), 7, 8, seed=5)
    assert len(bars_of(changed)) == 8
    assert all(note.end_tick <= changed.end_tick for part in changed.parts for note in part.notes)


def test_harmonising_leaves_the_melody_note_for_note() -> None:
    """A choir under a tune: the soprano is the tune, the others lie in their ranges."""
    tune = replace(duet(), parts=duet().parts[:1])
    choir = harmonize(tune, ensemble="choir", style="hymn", seed=1)
    assert choir.parts[0].notes == tune.parts[0].notes
    assert [part.instrument for part in choir.parts] == ["soprano", "alto", "tenor", "bass"]
    for part in choir.parts[1:]:
        instrument = BY_NAME[part.instrument]
        assert all(instrument.low <= note.pitch <= instrument.high for note in part.notes)
    assert sum(len(part.notes) for part in choir.parts[1:]) > 0


def test_varying_by_nothing_is_the_piece_and_by_more_changes_more() -> None:
    """Strength 0 is the piece itself; bars changed at .4 are among those changed at 1."""
    assert vary(duet(), 0.0, seed=7) == duet()
    some, all_ = vary(duet(), 0.4, seed=7), vary(duet(), 1.0, seed=7)
    assert _kept(all_) < _kept(some) < duet().note_count


def _kept(changed: Piece) -> int:
    """How many notes of the duet are still there."""
    pairs = zip(duet().parts, changed.parts, strict=True)
    return sum(len(set(old.notes) & set(new.notes)) for old, new in pairs)


def test_varying_keeps_the_parts_it_is_told_to() -> None:
    """`keep` names parts that stay."""
    assert vary(duet(), 1.0, keep=["violin"], seed=1).parts[0] == duet().parts[0]


def test_the_same_seed_rewrites_the_same_notes() -> None:
    """Every step can be had again."""
    assert infill(duet(), 3, 4, seed=9) == infill(duet(), 3, 4, seed=9)
    assert infill(duet(), 3, 4, seed=9) != infill(duet(), 3, 4, seed=10)


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: infill(duet(), 8, 9), "bars 8-9 are not in the piece, which has bars 1-8"),
        (lambda: infill(duet(), 5, 4), "bars 5-4"),
        (lambda: infill(duet(), 1, 2, ["Oboe"]), "no part 'Oboe'; the piece has Violin I, Cello"),
        (lambda: continue_piece(duet(), 0), "0 bars cannot be added"),
        (lambda: vary(duet(), 1.5), "strength 1.5"),
        (lambda: vary(duet(), 0.5, keep=["violin", "cello"]), "leave at least one"),
        (lambda: harmonize(duet(), ensemble="solo-piano"), "no other seat|no part"),
        (lambda: infill(_crowd(), 1, 1), "has 20 parts"),
    ],
)
def test_what_cannot_be_done_says_what_there_is(act, message: str) -> None:  # type: ignore[no-untyped-def]
    """One line, naming the bars or parts that exist."""
    with pytest.raises(RequestError, match=message):
        act()


def _crowd() -> Piece:
    violins = tuple(replace(duet().parts[0], name=f"Violin {n}") for n in range(20))
    return replace(duet(), parts=violins)


def test_bars_are_written_with_the_chords_that_were_given() -> None:
    """More notes are chord tones than in the bars as they were; the other bars do not change."""
    before = duet()
    after = infill(before, 3, 6, chords="Ebm | Abm", seed=2)
    own = ({3, 6, 10}, {8, 11, 3})

    def share(piece: Piece) -> float:
        inside = [
            note.pitch % 12 in own[(note.onset_tick // BAR) % 2]
            for part in piece.parts
            for note in part.notes
            if 2 * BAR <= note.onset_tick < 6 * BAR
        ]
        return sum(inside) / len(inside)

    assert share(after) > share(before) + 0.2
    for old, new in zip(before.parts, after.parts, strict=True):
        assert _outside(new, 3, 6) == _outside(old, 3, 6)
