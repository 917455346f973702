"""What the leans of composing are for, in pieces of each style beside real ones.

    python -m benchmarks.leans SHARDS [--pieces 6] [--without ending | --without weak]

Of each style with held-out pieces enough: bits of the distances between onsets and of the lengths
of notes, and how many bars that the plan calls varied are heard as a return. Of all styles: in how
many pieces the leading part sounds in the last bar, how many onsets that bar has beside real last
bars (and how many are on neither sixteenths nor triplets), and how far a lone keyboard lies from
the register that its header names. `--without` leaves leans out. Seven
styles and six pieces take half a minute of CPU.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from composer.analysis.recall import recalls
from composer.analysis.table import note_table
from composer.composing.candidates import Candidate
from composer.composing.leans.all_leans import WEAK
from composer.corpus.shards import load_shards
from composer.measures.requests import compose_all, style_requests
from composer.measures.samples import FEWEST_OF_A_STYLE, by_style, held_out_music
from composer.music.bars import bars_of
from composer.music.facts import RECALL_KINDS
from composer.music.instruments import BY_NAME
from composer.music.piece import GRID_TICKS_PER_QUARTER, Part, Piece
from composer.tokens.fields import DRUM_PITCH_OFFSET, Kind, column_of
from composer.tokens.values import pitch_of_register

BARS, MOST_REAL = 16, 64
LONGEST_TICKS = 4 * GRID_TICKS_PER_QUARTER
VARIED = 1 + RECALL_KINDS.index("varied")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shards", type=Path)
    parser.add_argument("--pieces", type=int, default=6)
    parser.add_argument("--without", default="", help="names of `LEANS` with commas, or weak")
    flags = parser.parse_args()
    without = WEAK if flags.without == "weak" else {*filter(None, flags.without.split(","))}
    real = by_style(held_out_music(load_shards(flags.shards), BARS, MOST_REAL), FEWEST_OF_A_STYLE)
    made: dict[str, list[Candidate]] = defaultdict(list)
    requests = style_requests(list(real), flags.pieces, BARS)
    for one in compose_all([request | {"without": without} for request in requests]):
        choice = one.composition.choice
        assert choice is not None  # nothing is composed around a melody
        made[one.request["style"]].append(choice.best)
    print("style: bits of onset distances, of lengths (made / real); varied plans heard")
    for style, found in made.items():
        bits = rhythm([candidate.piece for candidate in found])
        truth = rhythm([sample.piece for sample in real[style]])
        print(
            f"  {style:14s} {bits[0]:.2f} / {truth[0]:.2f}   {bits[1]:.2f} / {truth[1]:.2f}   "
            f"{returns(found):.2f}"
        )
    everything = [candidate for found in made.values() for candidate in found]
    pieces = [candidate.piece for candidate in everything]
    print(f"the leading part sounds in the last bar: {np.mean([*map(leads_out, pieces)]):.2f}")
    endings = held_out_music(load_shards(flags.shards), BARS, MOST_REAL, at_the_end=True)
    last, truth = last_bar(pieces), last_bar([sample.piece for sample in endings])
    print("last bar: onsets, and those on neither sixteenths nor triplets (made / real)")
    print(f"  {last[0]:.2f} / {truth[0]:.2f}   {last[1]:.2f} / {truth[1]:.2f}")
    off = [above for one in everything if (above := above_register(one)) is not None]
    if off:
        print(f"keyboards above their register: {np.mean(off):.1f} semitones, sd {np.std(off):.1f}")


def rhythm(pieces: list[Piece]) -> tuple[float, float]:
    """Bits of the distances between onsets, and of the lengths of notes, averaged over pieces."""
    found = []
    for piece in pieces:
        table = note_table(piece).pitched()
        gaps, lengths = np.diff(np.unique(table.onset)), np.minimum(table.length, LONGEST_TICKS)
        if len(gaps):
            found.append((_bits(gaps.tolist()), _bits(lengths.tolist())))
    distances, lengths = np.mean(found, axis=0).tolist()
    return distances, lengths


def _bits(values: list[int]) -> float:
    shares = np.array([*Counter(values).values()]) / len(values)
    return float(-(shares * np.log2(shares)).sum())


def returns(found: list[Candidate]) -> float:
    """The share of bars planned as varied that are heard as any return."""
    heard = []
    for candidate in found:
        plans = candidate.rows[candidate.rows[:, 0] == Kind.PLAN]
        kinds = plans[:, column_of(Kind.PLAN, "recall_kind")].tolist()
        of_bars = recalls(note_table(candidate.piece))
        heard += [r.kind != "new" for k, r in zip(kinds, of_bars, strict=True) if k == VARIED]
    return float(np.mean(heard)) if heard else float("nan")


def leads_out(piece: Piece) -> bool:
    """Whether the leading part sounds in the last bar."""
    start = bars_of(piece)[-1].start_tick
    return any(note.end_tick > start for note in _lead(piece).notes)


def last_bar(pieces: list[Piece]) -> tuple[float, float]:
    """Onsets of the last bar, and those on neither sixteenths nor triplets: means over pieces."""
    found = []
    for piece in pieces:
        start, quarter = bars_of(piece)[-1].start_tick, piece.ticks_per_quarter
        table = note_table(piece).pitched()
        onsets = np.unique(table.onset[table.onset >= start]) - start
        is_fine = (onsets % (quarter // 4) > 0) & (onsets % (quarter // 3) > 0)
        found.append((float(len(onsets)), float(is_fine.sum())))
    every, fine = np.mean(found, axis=0).tolist()
    return every, fine


def _lead(piece: Piece) -> Part:
    pitched = [part for part in piece.parts if not part.is_drums] or list(piece.parts)
    return next((part for part in pitched if part.role == "melody"), pitched[0])


def above_register(candidate: Candidate) -> float | None:
    """How far a lone keyboard lies above its register in semitones; None for others."""
    parts, rows = candidate.piece.parts, candidate.rows
    if len(parts) != 1 or not BY_NAME[parts[0].instrument].has_two_hands:
        return None
    header = rows[rows[:, 0] == Kind.MOOD][0]
    level = int(header[column_of(Kind.MOOD, "register")])
    pitch = rows[rows[:, 0] == Kind.NOTE][:, column_of(Kind.NOTE, "pitch")]
    return float(pitch[pitch < DRUM_PITCH_OFFSET].mean()) - pitch_of_register(level)


if __name__ == "__main__":
    main()
