"""Facts are in their own units, whatever the resolution of the piece."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from composer.analysis.analyse import analyse
from composer.music.facts import Recall
from composer.music.piece import MeterChange, Note, Part, Piece


def piece_of(*bars: str, shift: int = 0) -> Piece:
    """A melody in 4/4, a bar a word, a letter (c d e f g a b; "-": rest) each quarter."""
    steps = {"c": 60, "d": 62, "e": 64, "f": 65, "g": 67, "a": 69, "b": 71}
    notes = [
        Note(index * 96 + beat * 24, 24, steps[letter] + shift)
        for index, bar in enumerate(bars)
        for beat, letter in enumerate(bar)
        if letter != "-"
    ]
    part = Part("piano", 0, tuple(notes))
    return Piece((part,), (MeterChange(0, 4, 4),), 96 * len(bars))


def recalls_of(*bars: str) -> list[Recall | None]:
    return [bar.recall for bar in analyse(piece_of(*bars)).bars]


def test_a_repeated_bar_is_recalled_exactly() -> None:
    """The distance counts bars back; the first time is new."""
    assert recalls_of("cdef", "gaga", "cdef") == [
        Recall(0, "new"),
        Recall(0, "new"),
        Recall(2, "exact"),
    ]


def test_a_bar_with_one_other_note_is_varied() -> None:
    """Most notes in common, not all."""
    assert recalls_of("cdef", "cdeg")[1] == Recall(1, "varied")


def test_a_shifted_bar_is_transposed_by_so_many_semitones() -> None:
    """Up is positive."""
    assert recalls_of("cdec", "gagb", "fgaf")[2] == Recall(2, "transposed", 5)


def test_a_silent_bar_recalls_nothing() -> None:
    """Rests are not a resemblance."""
    assert recalls_of("cdef", "----", "----")[2] == Recall(0, "new")


def test_a_repeated_section_keeps_one_distance() -> None:
    """In AABA the last A recalls the section, not a nearer bar that happens to be equal."""
    section = ("cegc", "cegc", "dfad", "gbdg")
    bridge = ("aeca", "cegc", "fgfg", "edcd")
    recalled = recalls_of(*section, *section, *bridge, *section)
    assert [r.distance for r in recalled[12:] if r] == [8, 8, 8, 8]


def test_recall_looks_no_further_than_its_reach() -> None:
    """A bar 65 bars back is forgotten."""
    filler = [a + b + c + d for a in "defg" for b in "defg" for c in "defg" for d in "ab"]
    assert recalls_of("cccc", *filler[:63], "cccc")[-1] == Recall(64, "exact")
    assert recalls_of("cccc", *filler[:64], "cccc")[-1] != Recall(65, "exact")


def test_flat_velocities_have_no_loudness() -> None:
    """An undecided or flat dynamic is unknown, not soft."""
    piece = piece_of("cdef")
    assert analyse(piece).loudness is None
    louder = tuple(
        note._replace(velocity=60 + 10 * i) for i, note in enumerate(piece.parts[0].notes)
    )
    assert analyse(replace(piece, parts=(replace(piece.parts[0], notes=louder),))).loudness == 75


def test_short_notes_are_less_legato() -> None:
    """Half the time sounding is .5."""
    piece = piece_of("cdef")
    short = tuple(note._replace(length_ticks=12) for note in piece.parts[0].notes)
    assert analyse(piece).legato == 1.0
    assert analyse(replace(piece, parts=(replace(piece.parts[0], notes=short),))).legato == 0.5


def test_drums_count_as_onsets_only() -> None:
    """A kick drum is no bass note."""
    piece = piece_of("c---")
    drums = Part("drums", 0, (Note(0, 6, 36), Note(24, 6, 38)))
    facts = analyse(replace(piece, parts=(*piece.parts, drums)))
    assert facts.onsets_per_quarter == 0.5
    assert facts.mean_pitch == 60


def test_no_notes_no_facts() -> None:
    """An empty piece is analysed, not refused."""
    facts = analyse(Piece((), (MeterChange(0, 4, 4),), 96))
    assert len(facts.bars) == 1
    assert facts.mean_pitch is None


NOTES = st.lists(
    st.builds(
        Note, st.integers(0, 900), st.integers(1, 200), st.integers(0, 127), st.integers(0, 127)
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(notes=NOTES, drums=NOTES, factor=st.sampled_from([2, 5, 20]))
def test_facts_do_not_depend_on_the_resolution(
    notes: list[Note], drums: list[Note], factor: int
) -> None:
    """The same music written in finer ticks has the same facts; any notes are analysed."""

    def piece(scale: int) -> Piece:
        def part(name: str, notes: list[Note]) -> Part:
            scaled = [Note(n[0] * scale, n[1] * scale, n[2], n[3]) for n in sorted(notes)]
            return Part(name, 0, tuple(scaled))

        parts = (part("violin", notes), part("drums", drums))
        return Piece(parts, (MeterChange(0, 3, 4),), 1080 * scale, ticks_per_quarter=24 * scale)

    coarse, fine = analyse(piece(1)), analyse(piece(factor))
    chords = tuple(chord._replace(tick=chord.tick // factor) for chord in fine.chords)
    assert replace(fine, chords=chords) == coarse
