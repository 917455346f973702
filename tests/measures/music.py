"""Small pieces whose measures are known by hand, and built corpora of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from composer.analysis.analyse import analyse
from composer.corpus.shards import PIECE, SPLITS, Shard
from composer.music.normalise import normalise
from composer.music.piece import KeyChange, MeterChange, Note, Part, Piece, Tags
from composer.tokens.encode import encode

OCTAVE = (60, 62, 64, 65, 67, 69, 71, 72)


def melody(
    pitches: Sequence[int], ticks: int = 24, instrument: str = "piano", program: int = 0
) -> Piece:
    """One note after another, each of `ticks` (24 a quarter), in bars of 4/4."""
    notes = tuple(Note(place * ticks, ticks, pitch) for place, pitch in enumerate(pitches))
    end = -(-len(pitches) * ticks // 96) * 96
    return Piece((Part(instrument, program, notes),), (MeterChange(0, 4, 4),), max(end, 96))


def in_bars(*bars: Iterable[tuple[int, int]]) -> Piece:
    """Bars of 4/4 given as (onset in the bar, pitch), every note an eighth."""
    notes = sorted(
        Note(96 * number + onset, 12, pitch)
        for number, bar in enumerate(bars)
        for onset, pitch in bar
    )
    return Piece((Part("piano", 0, tuple(notes)),), (MeterChange(0, 4, 4),), 96 * len(bars))


def tune_in_style(style: str, seed: int, bars: int = 6) -> Piece:
    """A hymn in four parts on the beat, or a folk tune of eighths: easily told apart."""
    random = np.random.default_rng(seed)
    if style == "folk":
        pitches = [62 + int(step) for step in random.choice([0, 2, 4, 5, 7, 9], 8 * bars)]
        piece = melody(pitches, 12, "violin", 40)
    else:
        chords = random.choice([0, 5, 7, 9], 4 * bars)
        notes = [
            Note(24 * place, 24, 48 + int(root) + above)
            for place, root in enumerate(chords)
            for above in (0, 7, 12, 16)
        ]
        parts = (Part("organ", 19, tuple(notes)),)
        piece = Piece(parts, (MeterChange(0, 4, 4),), 96 * bars)
    return replace(piece, keys=(KeyChange(0, 0, "major"),), tags=Tags(style=style))


def shard_of(name: str, pieces: Sequence[tuple[Piece, str]], origin: str = "human") -> Shard:
    """Pieces with their splits as a built corpus; the path of each is its number."""
    encoded = [
        encode(on_grid, analyse(on_grid), origin)
        for on_grid in (normalise(piece) for piece, _ in pieces)
    ]
    records = np.zeros(len(encoded), dtype=PIECE)
    row = bar = 0
    for number, (record, item) in enumerate(zip(records, encoded, strict=True)):
        record["row_start"], record["row_stop"] = row, row + len(item.rows)
        record["bar_start"], record["bar_stop"] = bar, bar + len(item.bar_rows)
        record["notes"], record["split"] = item.notes, SPLITS.index(pieces[number][1])
        record["path"] = f"{number}.mid"
        row, bar = row + len(item.rows), bar + len(item.bar_rows)
    return Shard(
        name,
        np.concatenate([item.rows for item in encoded]),
        records,
        np.concatenate([item.bar_rows for item in encoded]),
    )
