"""Measures of texture mean what their names say, and no piece is too odd to be analysed."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from composer.analysis.analyse import analyse
from composer.analysis.describe import describe
from composer.analysis.sounding import sounding
from composer.analysis.table import note_table
from composer.analysis.texture import dissonance, pitch_range, polyphony, syncopation
from composer.music.facts import RECALL_KINDS
from composer.music.piece import KeyChange, MeterChange, Note, Part, Piece, TempoChange


def piece_of(*notes: tuple[int, int, int], meter: tuple[int, int] = (4, 4)) -> Piece:
    """One part of (onset, length, pitch) in a bar or more of a meter."""
    part = Part("piano", 0, tuple(Note(*note) for note in sorted(notes)))
    end = max((note[0] + note[1] for note in notes), default=0)
    bar = meter[0] * 96 // meter[1]
    return Piece((part,), (MeterChange(0, *meter),), max(1, -(-end // bar)) * bar)


def chord(*pitches: int) -> float:
    found = dissonance(sounding(note_table(piece_of(*((0, 96, pitch) for pitch in pitches)))))
    assert found is not None
    return found


def test_a_cluster_is_more_dissonant_than_a_seventh_than_a_triad() -> None:
    """And one pitch class alone is neither."""
    assert chord(60, 61, 62) > chord(60, 64, 67, 70) > chord(60, 64, 67)
    assert dissonance(sounding(note_table(piece_of((0, 96, 60), (0, 96, 72))))) is None


def test_notes_across_the_beat_are_syncopated() -> None:
    """Off the beat alone is not enough: the next beat has to be skipped."""
    straight = [(tick, 12, 60) for tick in range(0, 96, 12)]
    held = [(0, 12, 60), (12, 24, 62), (36, 24, 64), (60, 36, 65)]
    assert syncopation(note_table(piece_of(*straight))) == 0
    assert syncopation(note_table(piece_of(*held))) == 0.5


def test_eighths_of_compound_meters_are_not_syncopated() -> None:
    """The beat of 6/8 is dotted."""
    lilt = [(0, 24, 60), (24, 12, 62), (36, 24, 64), (60, 12, 65)]
    assert syncopation(note_table(piece_of(*lilt, meter=(6, 8)))) == 0


def test_polyphony_counts_what_sounds_not_what_begins() -> None:
    """A held bass counts under each note of a tune."""
    tune = [(tick, 24, 72) for tick in range(0, 96, 24)]
    assert polyphony(sounding(note_table(piece_of((0, 96, 48), *tune)))) == 2


def test_the_range_forgets_a_single_outlier() -> None:
    """One high note in a hundred does not widen it."""
    notes = [(24 * i, 24, 60 + i % 3) for i in range(99)]
    assert pitch_range(note_table(piece_of(*notes, (99 * 24, 24, 108)))) == 2


METERS = st.sampled_from([(4, 4), (3, 4), (7, 8), (5, 16), (1, 64), (17, 1), (2, 2), (12, 8)])
PARTS = st.lists(
    st.tuples(
        st.sampled_from(["piano", "violin", "drums", "soprano", "guitar"]), st.integers(0, 50)
    ),
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    meters=st.tuples(METERS, METERS),
    parts=PARTS,
    ticks=st.sampled_from([1, 24, 480]),
)
def test_any_piece_is_described(
    seed: int, meters: tuple[tuple[int, int], ...], parts: list[tuple[str, int]], ticks: int
) -> None:
    """Odd meters, changes in the middle of bars, coarse grids: facts for every bar, no error."""
    rng = random.Random(seed)
    end = 40 * ticks

    def note() -> Note:
        return Note(
            rng.randrange(end), rng.randint(1, 4 * ticks), rng.randrange(128), rng.randrange(128)
        )

    piece = Piece(
        tuple(Part(name, 0, tuple(sorted(note() for _ in range(count)))) for name, count in parts),
        (MeterChange(0, *meters[0]), MeterChange(end // 3, *meters[1])),
        end,
        keys=(KeyChange(0, rng.randint(-7, 7), "minor"),),
        tempi=(TempoChange(0, 100.0), TempoChange(end // 2, 30.0)) if seed % 2 else (),
        ticks_per_quarter=ticks,
    )
    facts = analyse(piece)
    told = describe(piece, facts)
    assert len(facts.bars) == told["bars"]
    for index, bar in enumerate(facts.bars):
        assert bar.recall is not None
        assert bar.recall.kind in RECALL_KINDS
        assert 0 <= bar.recall.distance <= min(64, index)
        assert (bar.recall.kind == "new") == (bar.recall.distance == 0)
    assert list(facts.chords) == sorted(facts.chords)
