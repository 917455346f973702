"""What a reader of pages hears, counted: composed pieces beside held-out real ones, class by class.

    python -m benchmarks.listening CORPORA [--pieces 12]

Of the line that leads: the share of its moves (repeated notes left out) that are steps, and that
are leaps of eight semitones or more. Of the harmony as it is heard: whether bar 8 closes (on the
tonic from its dominant, or on the dominant), whether the piece ends on the tonic from its dominant,
and the share of changes of root that go by fifth. Of the lead: bars in which it is silent. Real
ones are the last 16 bars of held-out works. Standard errors are those of the mean over pieces.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from composer.analysis.analyse import analyse
from composer.analysis.phrases import close_at, tonic_of
from composer.analysis.table import NoteTable, note_table
from composer.analysis.tune import tune_place
from composer.composing.compose import compose_all
from composer.corpus.corpus import find_corpora
from composer.music.bars import bars_of
from composer.music.normalise import normalise
from composer.music.piece import Piece

BARS = 16
MOST_OF_A_STEP, LEAST_LEAP = 2, 8
"""In semitones."""
CLASSES = {
    "classical piano": ("mutopia", {"style": "classical", "ensemble": "solo-piano"}),
    "quartet": ("openscore_quartets", {"style": "classical", "ensemble": "string-quartet"}),
    "hymn": ("open_hymnal", {"style": "hymn", "ensemble": "choir"}),
    "lied": ("openscore_lieder", {"style": "romantic", "ensemble": "voice-and-piano"}),
    "pop": ("pop909", {"style": "pop", "ensemble": "melody-bridge-piano"}),
}
FIGURES = ("steps", "leaps", "close at 8", "ends V-I", "fifths", "silent lead")


class Lead(NamedTuple):
    """Of the line that leads: shares of its moves that are steps and leaps (nan where it never
    moves), and of the bars in which it is silent."""

    steps: float
    leaps: float
    silent: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--pieces", type=int, default=12)
    flags = parser.parse_args()
    print("class: " + ", ".join(f"{name} real -> composed" for name in FIGURES))
    for name, (corpus, request) in CLASSES.items():
        real = [figures(piece) for piece in real_ends(flags.corpora, corpus, request, flags.pieces)]
        asked = [request | {"bars": BARS, "seed": seed} for seed in range(flags.pieces)]
        made = [figures(one.piece) for one in compose_all(asked)]
        told = [
            f"{np.nanmean(r):.2f} -> {np.nanmean(m):.2f} ({np.nanstd(m) / len(m) ** 0.5:.2f})"
            for r, m in zip(zip(*real, strict=True), zip(*made, strict=True), strict=True)
        ]
        print(f"{name}: " + ", ".join(told), flush=True)


def figures(piece: Piece) -> tuple[float, ...]:
    """One number for each of `FIGURES`."""
    table, facts = note_table(piece), analyse(piece)
    lead = lead_of(piece, table)
    assert lead is not None
    chords = [chord for chord in facts.chords if chord.quality != "none"]
    roots = np.array([chord.root for chord in chords])
    changes = (np.diff(roots) % 12)[np.diff(roots) % 12 != 0]
    tonic = tonic_of(facts.key.fifths, facts.key.mode) if facts.key else 0
    bars = bars_of(piece)
    at_8 = close_at(chords, bars[min(7, len(bars) - 1)].end_tick, tonic)
    end = close_at(chords, piece.end_tick, tonic)
    return (
        lead.steps,
        lead.leaps,
        float(at_8 in ("authentic", "half")),
        float(end == "authentic"),
        float(np.isin(changes, (5, 7)).mean()) if len(changes) else np.nan,
        lead.silent,
    )


def lead_of(piece: Piece, table: NoteTable) -> Lead | None:
    """How the line that leads moves; None where no part leads."""
    place = tune_place(piece, table)
    if place is None:
        return None
    own = table.select(table.part == place)
    moves = np.abs(np.diff(own.pitch[np.append(own.onset[1:] != own.onset[:-1], True)]))
    moves = moves[moves > 0]
    return Lead(
        float((moves <= MOST_OF_A_STEP).mean()) if len(moves) else np.nan,
        float((moves >= LEAST_LEAP).mean()) if len(moves) else np.nan,
        1 - len(np.unique(own.bar)) / len(bars_of(piece)),
    )


def real_ends(folder: Path, name: str, request: dict[str, str], count: int) -> Iterator[Piece]:
    """The last bars of held-out works of a class."""
    corpus = next(one for one in find_corpora(folder) if one.name == name)
    found = 0
    for work in corpus.works():
        if work.split != "valid" or work.tags.ensemble != request["ensemble"]:
            continue
        piece = normalise(work.read())
        bars = bars_of(piece)
        if len(bars) >= BARS and found < count:
            found += 1
            yield _from(piece, bars[-BARS].start_tick)


def _from(piece: Piece, start: int) -> Piece:
    """The piece from a tick on."""
    meter = max((m for m in piece.meters if m.tick <= start), key=lambda m: m.tick)
    parts = tuple(
        replace(
            part,
            notes=tuple(
                note._replace(onset_tick=note.onset_tick - start)
                for note in part.notes
                if note.onset_tick >= start
            ),
        )
        for part in piece.parts
    )
    later = tuple(m._replace(tick=m.tick - start) for m in piece.meters if m.tick > start)
    keys = [k for k in piece.keys if k.tick <= start][-1:] or list(piece.keys[:1])
    return replace(
        piece,
        parts=tuple(part for part in parts if part.notes),
        meters=(meter._replace(tick=0), *later),
        keys=tuple(k._replace(tick=0) for k in keys),
        tempi=(),
        end_tick=piece.end_tick - start,
    )


if __name__ == "__main__":
    main()
