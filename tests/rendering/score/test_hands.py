"""What the hands are measured by: staves that velocities tell (`benchmarks/hand_labels.py`)."""

from __future__ import annotations

from benchmarks.hand_labels import LOWER, UPPER, labelled_works, staves_of
from composer.corpus.corpus import find_corpora
from composer.music.hands import assign_staves
from composer.music.piece import Note, Part
from tests.shared import CORPORA, needs_corpora

QUARTER = 24


def two_hands(upper_velocity: int, lower_velocity: int) -> tuple[list[Note], list[int]]:
    """Melody over chords, and a beat of each hand alone now and then; with the true staves."""
    rows = []
    for beat in range(40):
        if beat % 10 != 9:
            rows.append((Note(QUARTER * beat, 24, 72 + beat % 5, upper_velocity), UPPER))
        if beat % 10 != 7:
            rows += [(Note(QUARTER * beat, 24, p, lower_velocity), LOWER) for p in (48, 55)]
    rows.sort(key=lambda row: (row[0].onset_tick, row[0].pitch))
    return [note for note, _ in rows], [staff for _, staff in rows]


def labels(notes: list[Note]) -> list[int]:
    return staves_of(Part("piano", 0, tuple(notes)), QUARTER)


def test_staves_with_a_dynamic_each_are_told_apart() -> None:
    """Where one hand rests too."""
    notes, staves = two_hands(88, 72)
    assert labels(notes) == staves


def test_one_dynamic_for_both_tells_nothing() -> None:
    """As in most files."""
    assert labels(two_hands(72, 72)[0]) == []


def test_a_louder_inner_voice_is_no_staff() -> None:
    """Two velocities that lie tangled."""
    notes, _ = two_hands(88, 72)
    assert labels([n._replace(velocity=88) if n.pitch == 48 else n for n in notes]) == []


@needs_corpora
def test_first_editions_of_chopin_keep_their_hands() -> None:
    """Nine of ten notes that tell their staff stand on it."""
    corpora = [c for c in find_corpora(CORPORA) if c.name == "chopin_first_editions"]
    works = [work for split in ("train", "valid") for work in labelled_works(corpora, split)]
    assert works
    for work in works:
        pairs = zip(assign_staves(work.notes), work.staves, strict=True)
        known = [ours == theirs for ours, theirs in pairs if theirs]
        assert sum(known) > 0.9 * len(known)
