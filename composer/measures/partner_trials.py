"""How well the partner verbs do on held-out music by people.

Half as many pieces are arranged as infilled and a fifth as many varied and timed; half as many of
Bach's chorales (they come with music21) are harmonised anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from composer.composing.partner import arrange, harmonize, infill, vary
from composer.composing.verbs.arranging import left_out
from composer.composing.verbs.draft import draft_of
from composer.composing.verbs.varying import share_changed
from composer.composing.writing.weights import load_weights
from composer.corpus.shards import Shard
from composer.measures import exact_seconds, parallels, span_bits
from composer.measures.bars_alike import Alike, bars_to_compare
from composer.measures.bars_alike import evaluate as compare
from composer.measures.exact_seconds import Timed
from composer.measures.parallels import Parallels
from composer.measures.partner_music import (
    SPAN_BARS,
    chorales,
    is_playable,
    melody_of,
    outside,
    samples_of,
    spans,
    until,
    with_bars_of,
)
from composer.measures.samples import Sample
from composer.music.bars import bars_of
from composer.music.piece import Piece

VARIED_BARS = ARRANGED_BARS = 8
ENSEMBLES = ("string-quartet", "orchestra", "solo-piano", "band")
STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
CHORALE_STYLE = "hymn"


@dataclass(frozen=True, slots=True)
class Infilled:
    """Bars written anew beside the true ones, and other bars of the piece in their place.

    `untouched` counts the pieces whose other notes all came back; `true_notes` and `infilled_notes`
    are those of the bars in all pieces. Bits are the model's own, a note.
    """

    pieces: int
    untouched: int
    true_notes: int
    infilled_notes: int
    infilled: Alike
    others: Alike
    true_bits: float
    infilled_bits: float
    other_bits: float


@dataclass(frozen=True, slots=True)
class Harmonized:
    """Melodies with parts written under them: how many stayed as they were, and in how many every
    new note can be sung or played."""

    pieces: int
    untouched: int
    in_range: int


@dataclass(frozen=True, slots=True)
class Arranged:
    """Pieces for other players, each of `ENSEMBLES` in turn: in how many every note can be played,
    and the share of pitched notes that nobody plays, in any octave."""

    pieces: int
    in_range: int
    left_out: float


@dataclass(frozen=True, slots=True)
class Chorales:
    """Parallels of Bach's own settings, of ours under his sopranos, and of both by chance."""

    bach: Parallels
    bach_by_chance: Parallels
    ours: Parallels
    ours_by_chance: Parallels


@dataclass(frozen=True, slots=True)
class Varied:
    """Mean distance from the piece at each strength; pieces where it never falls."""

    pieces: int
    monotone: int
    strengths: tuple[float, ...]
    notes_changed: tuple[float, ...]
    pitch_classes_apart: tuple[float, ...]
    rhythm_apart: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PartnerTable:
    fingerprint: str
    infilled: Infilled
    harmonized: Harmonized
    arranged: Arranged
    chorales: Chorales
    varied: Varied
    timed: Timed


Progress = Callable[[str, int, int], None]


def evaluate(
    weights: Path | None,
    shards: Sequence[Shard],
    pieces: int = 50,
    seed: int = 0,
    progress: Progress = lambda stage, done, total: None,
) -> PartnerTable:
    """Every part of the table. Raises RequestError where too few works are held out."""
    samples = samples_of(shards, pieces, seed)
    some = [sample.piece for sample in samples]
    fewer = max(1, pieces // 5)
    return PartnerTable(
        load_weights(weights).fingerprint,
        _infilled(some, weights, seed, progress),
        _harmonized(samples, weights, seed, progress),
        _arranged(some[: max(1, pieces // 2)], weights, seed, progress),
        _chorales(max(1, pieces // 2), weights, seed, progress),
        _varied(some[:fewer], weights, seed, progress),
        exact_seconds.evaluate(fewer, weights, seed, lambda done: progress("seconds", done, fewer)),
    )


def _infilled(
    pieces: Sequence[Piece], weights: Path | None, seed: int, progress: Progress
) -> Infilled:
    random = np.random.default_rng(seed)
    model = load_weights(weights).model
    untouched, new, other, bits = 0, [], [], []
    notes = np.zeros(2, dtype=np.int64)
    for number, piece in enumerate(pieces):
        places = spans(piece)
        first, elsewhere = places[int(random.integers(len(places)))]
        last = first + SPAN_BARS - 1
        written = infill(piece, first + 1, last + 1, seed=seed + number, weights=weights)
        swapped = with_bars_of(piece, first, elsewhere)
        untouched += outside(written, first, last) == outside(piece, first, last)
        notes += [_notes_in(version, first, last) for version in (piece, written)]
        before = bars_to_compare(piece)
        places = [(bar, bar) for bar in range(first, last + 1)]
        new.append(compare(before, bars_to_compare(written), places))
        other.append(compare(before, bars_to_compare(swapped), places))
        semitones = draft_of(piece).semitones
        bits.append(
            [
                span_bits.evaluate(model, draft_of(version, semitones), first, last)
                if _notes_in(version, first, last)
                else np.nan
                for version in (piece, written, swapped)
            ]
        )
        progress("infill", number + 1, len(pieces))
    means = np.nanmean(np.array(bits), axis=0).tolist()
    true_notes, new_notes = notes.tolist()
    alike = _mean_alike(new), _mean_alike(other)
    return Infilled(len(pieces), untouched, true_notes, new_notes, *alike, *means)


def _notes_in(piece: Piece, first: int, last: int) -> int:
    return piece.note_count - sum(len(part.notes) for part in outside(piece, first, last))


def _mean_alike(found: Sequence[Alike]) -> Alike:
    return Alike(*np.nanmean(np.array(found), axis=0).tolist())


def _harmonized(
    samples: Sequence[Sample], weights: Path | None, seed: int, progress: Progress
) -> Harmonized:
    untouched = in_range = 0
    for number, sample in enumerate(samples):
        melody = melody_of(sample.piece)
        style = sample.style
        written = harmonize(melody, style=style, seed=seed + number, weights=weights)
        untouched += written.parts[0].notes == melody.parts[0].notes
        in_range += all(map(is_playable, written.parts[1:]))
        progress("harmonize", number + 1, len(samples))
    return Harmonized(len(samples), untouched, in_range)


def _arranged(
    pieces: Sequence[Piece], weights: Path | None, seed: int, progress: Progress
) -> Arranged:
    in_range, lost, notes = 0, 0, 0
    for number, whole in enumerate(pieces):
        piece = until(whole, bars_of(whole)[ARRANGED_BARS - 1].end_tick)
        ensemble = ENSEMBLES[number % len(ENSEMBLES)]
        written = arrange(piece, ensemble=ensemble, seed=seed + number, weights=weights)
        in_range += all(map(is_playable, written.parts))
        lost += left_out(piece, written)
        notes += sum(len(part.notes) for part in piece.parts if not part.is_drums)
        progress("arrange", number + 1, len(pieces))
    return Arranged(len(pieces), in_range, lost / max(1, notes))


def _chorales(count: int, weights: Path | None, seed: int, progress: Progress) -> Chorales:
    random = np.random.default_rng(seed)
    bach = chorales(count, random)
    ours = []
    for number, piece in enumerate(bach):
        soprano = replace(piece, parts=piece.parts[:1])
        ours.append(
            harmonize(
                soprano, style=CHORALE_STYLE, ensemble="choir", seed=seed + number, weights=weights
            )
        )
        progress("chorales", number + 1, len(bach))
    return Chorales(
        parallels.evaluate(bach),
        parallels.evaluate(parallels.shuffled(piece, random) for piece in bach),
        parallels.evaluate(ours),
        parallels.evaluate(parallels.shuffled(piece, random) for piece in ours),
    )


def _varied(pieces: Sequence[Piece], weights: Path | None, seed: int, progress: Progress) -> Varied:
    changed, pitch, rhythm = [], [], []
    for number, whole in enumerate(pieces):
        piece = until(whole, bars_of(whole)[VARIED_BARS - 1].end_tick)
        versions = [
            vary(piece, strength, seed=seed + number, weights=weights) for strength in STRENGTHS
        ]
        places = [(bar, bar) for bar in range(VARIED_BARS)]
        alike = [
            compare(bars_to_compare(piece), bars_to_compare(other), places) for other in versions
        ]
        changed.append([share_changed(piece, other) for other in versions])
        pitch.append([1 - one.pitch_classes for one in alike])
        rhythm.append([1 - one.rhythm for one in alike])
        progress("vary", number + 1, len(pieces))
    return Varied(
        len(pieces),
        sum(list(values) == sorted(values) for values in changed),
        STRENGTHS,
        *(
            tuple(np.nanmean(np.array(table), axis=0).tolist())
            for table in (changed, pitch, rhythm)
        ),
    )
