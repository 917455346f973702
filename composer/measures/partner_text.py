"""The table of the partner verbs as Markdown."""

from __future__ import annotations

from pathlib import Path

from composer.measures.evaluation_files import as_json, write_texts
from composer.measures.evaluation_text import table as as_table
from composer.measures.parallels import Parallels
from composer.measures.partner_trials import PartnerTable


def markdown(table: PartnerTable) -> str:
    sections = [
        f"# Composing together: weights {table.fingerprint}",
        _infilled(table),
        _obeyed(table),
        _chorales(table),
        _varied(table),
    ]
    return "\n\n".join(sections) + "\n"


def _infilled(table: PartnerTable) -> str:
    found = table.infilled
    names = ("pitch classes", "rhythm", "chords")
    rows = [
        (name, one, other)
        for name, one, other in zip(names, found.infilled, found.others, strict=True)
    ]
    bits = (
        f"The model's own bits a note, between the same bars: {found.true_bits:.2f} for the true "
        f"bars, {found.infilled_bits:.2f} for the infilled ones, {found.other_bits:.2f} for other "
        f"bars of the piece. The true bars have {found.true_notes} notes, the infilled ones "
        f"{found.infilled_notes}."
    )
    return (
        f"## Infilled bars\n\nFour bars of {found.pieces} held-out pieces by people written anew: "
        "how alike they are to the true bars (1 is the same), beside four other bars of the same "
        "piece.\n\n"
        + as_table(("alike in", "infilled and true", "other bars and true"), rows)
        + f"\n\n{bits}"
    )


def _obeyed(table: PartnerTable) -> str:
    infilled, harmonized, timed = table.infilled, table.harmonized, table.timed
    arranged = table.arranged
    rows = [
        ("infill: every other note as it was", infilled.untouched, infilled.pieces),
        ("harmonize: the melody as it was", harmonized.untouched, harmonized.pieces),
        ("harmonize: every new note in range", harmonized.in_range, harmonized.pieces),
        ("arrange: every note in range", arranged.in_range, arranged.pieces),
        ("vary: more strength, never nearer", table.varied.monotone, table.varied.pieces),
        ("compose: seconds and hit within 50 ms", timed.near, timed.pieces),
    ]
    return (
        "## What is promised\n\n"
        + as_table(("promise", "kept", "pieces"), rows)
        + f"\n\nThe farthest end of a MIDI file was {1000 * timed.farthest_end:.1f} ms from the "
        f"seconds asked for, the farthest hit {1000 * timed.farthest_hit:.1f} ms from a bar line. "
        f"Of the notes arranged, {arranged.left_out:.1%} are played by nobody in any octave."
    )


def _chorales(table: PartnerTable) -> str:
    found = table.chorales
    rows = [
        _of("Bach", found.bach),
        _of("Bach's bars shuffled part by part", found.bach_by_chance),
        _of("harmonize under Bach's sopranos", found.ours),
        _of("its bars shuffled part by part", found.ours_by_chance),
    ]
    columns = ("setting", "bars", "fifths", "octaves", "a bar", "of 100 moves")
    return (
        "## Parallel fifths and octaves\n\nBetween any two of four voices; a move is a moment "
        "where two voices go in one direction.\n\n" + as_table(columns, rows)
    )


def _of(name: str, found: Parallels) -> tuple[object, ...]:
    figures = (found.bars, found.fifths, found.octaves)
    return name, *figures, found.a_bar, f"{found.of_a_hundred_moves:.1f}"


def _varied(table: PartnerTable) -> str:
    found = table.varied
    rows = [
        (f"{strength:g}", *apart)
        for strength, *apart in zip(
            found.strengths,
            found.notes_changed,
            found.pitch_classes_apart,
            found.rhythm_apart,
            strict=True,
        )
    ]
    columns = ("strength", "notes changed", "pitch classes apart", "rhythm apart")
    return (
        f"## Vary\n\nMean distance of {found.pieces} pieces from themselves; 0 is the piece "
        "itself.\n\n" + as_table(columns, rows)
    )


def write_table(table: PartnerTable, folder: Path) -> list[Path]:
    """Write `partner.md` and `partner.json`. Raises FileError where the folder is closed."""
    return write_texts(folder, {"partner.md": markdown(table), "partner.json": as_json(table)})
