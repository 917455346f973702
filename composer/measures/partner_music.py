"""The music that the partner verbs are measured on: stretches, spans, melodies, chorales."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from composer.analysis.melody import melody_place, top_line
from composer.analysis.table import note_table
from composer.corpus.corpus import packaged_corpus
from composer.corpus.shards import Shard
from composer.errors import RequestError
from composer.measures.samples import Sample, held_out_music
from composer.music.bars import bars_of
from composer.music.instruments import BY_NAME
from composer.music.normalise import normalise
from composer.music.piece import Part, Piece

STRETCH_BARS, FEWEST_BARS, SPAN_BARS = 24, 16, 4
"""Of each piece up to so many bars are read, and so many written anew."""
MELODY_BARS = 8


def validate(samples: Sequence[Sample], pieces: int) -> None:
    """Raises RequestError where there are fewer pieces than wanted, or none are."""
    if pieces < 1 or len(samples) < pieces:
        raise RequestError(
            f"{pieces} pieces are wanted and {len(samples)} held-out ones are long enough; "
            f"give --pieces 1 to {len(samples)}"
        )


def samples_of(shards: Sequence[Shard], pieces: int, seed: int) -> list[Sample]:
    """So many held-out stretches by people, all styles in turn."""
    found = [
        sample
        for sample in held_out_music(shards, STRETCH_BARS, pieces, seed)
        if len(bars_of(sample.piece)) >= FEWEST_BARS and spans(sample.piece)
    ]
    validate(found, pieces)
    styles = [sample.style for sample in found]
    turn = [styles[:place].count(style) for place, style in enumerate(styles)]
    return [found[place] for place in np.argsort(turn, kind="stable")[:pieces]]


def spans(piece: Piece) -> list[tuple[int, int]]:
    """(first bar of a span, first bar of another as long, bar by bar) from 0, apart, both with
    notes; the first has bars before and behind."""
    lengths = [bar.length_ticks for bar in bars_of(piece)]
    sounding = {*note_table(piece).bar.tolist()}

    def usable(start: int) -> bool:
        return all(bar in sounding for bar in range(start, start + SPAN_BARS))

    starts = [start for start in range(len(lengths) - SPAN_BARS) if start and usable(start)]
    return [
        (one, other)
        for one in starts
        for other in starts
        if abs(one - other) >= SPAN_BARS
        and lengths[one : one + SPAN_BARS] == lengths[other : other + SPAN_BARS]
    ]


def outside(piece: Piece, first: int, last: int) -> tuple[Part, ...]:
    """The parts without the notes that begin in bars first..last (from 0)."""
    bars = bars_of(piece)
    start, end = bars[first].start_tick, bars[last].end_tick
    return tuple(
        replace(part, notes=tuple(n for n in part.notes if not start <= n.onset_tick < end))
        for part in piece.parts
    )


def with_bars_of(piece: Piece, first: int, elsewhere: int) -> Piece:
    """The piece with bars from `elsewhere` in the place of those from `first` (from 0)."""
    bars = bars_of(piece)
    source, target = bars[elsewhere].start_tick, bars[first].start_tick
    source_end = bars[elsewhere + SPAN_BARS - 1].end_tick
    kept = outside(piece, first, first + SPAN_BARS - 1)
    parts = [
        replace(
            rest,
            notes=tuple(
                sorted(
                    [
                        *rest.notes,
                        *(
                            note._replace(onset_tick=note.onset_tick - source + target)
                            for note in part.notes
                            if source <= note.onset_tick < source_end
                        ),
                    ]
                )
            ),
        )
        for rest, part in zip(kept, piece.parts, strict=True)
    ]
    return replace(piece, parts=tuple(parts))


def melody_of(piece: Piece) -> Piece:
    """The top line of the part that has the melody, its first bars with notes."""
    part = piece.parts[melody_place(piece)]
    line = replace(part, notes=tuple(top_line(part.notes)), role="melody")
    bars = bars_of(piece)
    begun = next(b for b in bars if b.end_tick > line.notes[0].onset_tick)
    end = bars[min(begun.number - 1 + MELODY_BARS, len(bars)) - 1].end_tick
    return until(replace(piece, parts=(line,)), end)


def until(piece: Piece, end_tick: int) -> Piece:
    """The piece up to a bar line."""
    parts = (
        replace(
            part,
            notes=tuple(
                note._replace(length_ticks=min(note.length_ticks, end_tick - note.onset_tick))
                for note in part.notes
                if note.onset_tick < end_tick
            ),
        )
        for part in piece.parts
    )
    return replace(
        piece,
        end_tick=end_tick,
        parts=tuple(part for part in parts if part.notes),
        meters=tuple(change for change in piece.meters if change.tick < end_tick),
        keys=tuple(change for change in piece.keys if change.tick < end_tick),
        tempi=tuple(change for change in piece.tempi if change.tick < end_tick),
    )


def is_playable(part: Part) -> bool:
    instrument = BY_NAME[part.instrument]
    return all(instrument.low <= note.pitch <= instrument.high for note in part.notes)


def chorales(count: int, random: np.random.Generator) -> list[Piece]:
    """So many of Bach's chorales for four voices, as they come with music21."""
    works = [w for w in packaged_corpus("music21_corpus").works() if w.path.startswith("bach/")]
    found: list[Piece] = []
    for place in random.permutation(len(works)).tolist():
        piece = normalise(works[place].read())
        if len(piece.parts) == 4 and len(found) < count:
            found.append(piece)
        if len(found) == count:
            break
    return found
