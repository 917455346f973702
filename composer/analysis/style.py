"""Which style a piece is in: a plain logistic regression over what the notes show.

It looks at rhythm, harmony, melody and instruments; never at velocities or at whether a tempo is
written, which tell where a file comes from and not what it sounds like. Its weights
(`style_weights.json`) are fitted to the training corpora by
`python -m benchmarks.style_agreement fit`; how often it is right is in
`docs/experiments/analysis.md`. Styles whose corpora are machine-made accompaniment are recognised
as that accompaniment.
"""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from composer.analysis.analyse import analyse
from composer.analysis.table import Floats, NoteTable, note_table
from composer.analysis.texture import beat_ticks
from composer.music.bars import prevailing_meter, prevailing_tempo
from composer.music.chords import PLAIN_QUALITIES
from composer.music.facts import CHORD_QUALITIES, Chord, Facts
from composer.music.instruments import BY_NAME, SECTIONS
from composer.music.keys import scale
from composer.music.piece import Piece

WEIGHTS_PATH = Path(__file__).with_name("style_weights.json")

_METERS = ((2, 4), (3, 4), (4, 4), (2, 2), (3, 8), (6, 8), (9, 8), (12, 8))
_STEPS = (0, 1, 2, 4, 7, 12, 128)  # unison, semitone, tone, thirds, to a fifth, to an octave, more
_SLOTS_PER_BEAT = 12


class _Weights(NamedTuple):
    styles: tuple[str, ...]
    centre: Floats
    scale: Floats
    weights: Floats  # (features + 1, styles), the last row a bias


def estimate_style(piece: Piece, most: int = 5, facts: Facts | None = None) -> dict[str, float]:
    """Styles and their probabilities, the likeliest first, at most `most`; {} without notes.

    `facts` saves analysing the piece again.
    """
    if piece.note_count == 0:
        return {}
    fitted = load_weights()
    features = np.clip((style_features(piece, facts) - fitted.centre) / fitted.scale, -4.0, 4.0)
    logits = np.append(features, 1.0) @ fitted.weights
    chances = np.exp(logits - logits.max())
    chances /= chances.sum()
    order = np.argsort(-chances)[:most]
    return {fitted.styles[i]: round(float(chances[i]), 4) for i in order}


@cache
def load_weights() -> _Weights:
    stored = json.loads(WEIGHTS_PATH.read_text(encoding="utf-8"))
    return _Weights(
        tuple(stored["styles"]),
        np.array(stored["centre"]),
        np.array(stored["scale"]),
        np.array(stored["weights"]),
    )


def style_features(piece: Piece, facts: Facts | None = None) -> Floats:
    """What the classifier looks at, of a piece with notes: (features,)."""
    table = note_table(piece)
    known = facts or analyse(piece)
    groups = [
        _texture(piece, table, known),
        _instruments(piece),
        _meter(piece),
        _beat_positions(table),
        _harmony(table, piece, known),
        _melody(table),
        _repetition(known),
    ]
    return np.nan_to_num(np.concatenate(groups))


def _texture(piece: Piece, table: NoteTable, facts: Facts) -> Floats:
    tempo = prevailing_tempo(piece)
    length = np.log2(np.maximum(table.length, 1) / table.ticks_per_quarter)
    return np.array(
        [
            np.log2(max(facts.onsets_per_quarter, 0.05)),
            np.log2(table.count / max(1, len(np.unique(table.onset)))),
            float(length.mean()),
            float(length.std()),
            facts.mean_pitch or 62.0,
            1.0 if facts.legato is None else facts.legato,
            facts.extra.get("polyphony", 1.0),
            facts.extra.get("dissonance", -0.5),
            facts.extra.get("syncopation", 0.0),
            facts.extra.get("pitch_range", 24.0),
            np.log2(tempo.quarters_per_minute / 100) if tempo else 0.0,
            np.log2(max(1, len(table.bars))),
            float(facts.key is not None and facts.key.mode == "minor"),
        ]
    )


def _instruments(piece: Piece) -> Floats:
    notes = dict.fromkeys(SECTIONS, 0)
    for part in piece.parts:
        notes[BY_NAME[part.instrument].section] += len(part.notes)
    shares = np.array([notes[section] for section in SECTIONS]) / max(1, piece.note_count)
    played = [part.instrument for part in piece.parts if part.notes]
    families = ("piano", "organ", "harpsichord", "distorted-guitar", "guitar", "fiddle")
    return np.concatenate(
        [
            np.sqrt(shares),
            [float(family in played) for family in families],
            [float(any("bass" in name for name in played)), np.log2(max(1, len(played)))],
        ]
    )


def _meter(piece: Piece) -> Floats:
    prevailing = prevailing_meter(piece)
    found = (prevailing.numerator, prevailing.denominator)
    return np.array([*(float(found == meter) for meter in _METERS), float(found not in _METERS)])


def _beat_positions(table: NoteTable) -> Floats:
    """Shares of the onsets at each twelfth of a beat, and on each beat of the bar (first four)."""
    beats = np.array([beat_ticks(bar.meter, table.ticks_per_quarter) for bar in table.bars])
    beat = beats[table.bar]
    inside = table.onset_in_bar % beat
    slot = np.rint(inside * _SLOTS_PER_BEAT / beat).astype(np.int64) % _SLOTS_PER_BEAT
    number = np.minimum(table.onset_in_bar // beat, 3)
    slots = np.bincount(slot, minlength=_SLOTS_PER_BEAT)[:_SLOTS_PER_BEAT]
    return np.sqrt(np.concatenate([slots, np.bincount(number, minlength=4)]) / table.count)


def _harmony(table: NoteTable, piece: Piece, facts: Facts) -> Floats:
    chords = facts.chords
    ends = [*(chord.tick for chord in chords), piece.end_tick][1:]
    qualities = [quality for quality in CHORD_QUALITIES if quality not in PLAIN_QUALITIES]
    quality = np.zeros(len(qualities))
    motion = np.zeros(12)
    inverted = 0.0
    for chord, end in zip(chords, ends, strict=True):
        quality[qualities.index(PLAIN_QUALITIES.get(chord.quality, chord.quality))] += (
            end - chord.tick
        )
        inverted += (end - chord.tick) * (chord.bass != chord.root)
    for chord, following in pairwise(chords):
        if "none" not in (chord.quality, following.quality):
            motion[(following.root - chord.root) % 12] += 1
    quarters = max(1.0, piece.end_tick / piece.ticks_per_quarter)
    return np.concatenate(
        [
            np.sqrt(quality / max(1.0, quality.sum())),
            np.sqrt(motion / max(1.0, motion.sum())),
            [inverted / max(1.0, quality.sum()), len(chords) / quarters],
            _pitch_classes(table, facts, chords),
        ]
    )


def _pitch_classes(table: NoteTable, facts: Facts, chords: tuple[Chord, ...]) -> Floats:
    """Share of notes outside the scale, entropy of the pitch classes in bits, chords at all."""
    pitched = table.pitched()
    if pitched.count == 0 or facts.key is None:
        return np.zeros(3)
    counts = np.bincount(pitched.pitch % 12, minlength=12) / pitched.count
    inside = counts[list(scale(facts.key))].sum()
    entropy = -(counts[counts > 0] * np.log2(counts[counts > 0])).sum()
    return np.array([1 - inside, entropy, float(bool(chords))])


def _melody(table: NoteTable) -> Floats:
    """Shares of the steps of the highest line by size, and of those that go up."""
    pitched = table.pitched()
    if pitched.count < 2:
        return np.zeros(len(_STEPS) + 1)
    order = np.lexsort((-pitched.pitch, pitched.onset))
    onset, pitch = pitched.onset[order], pitched.pitch[order]
    top = pitch[np.append(True, np.diff(onset) > 0)]
    steps = np.diff(top)
    size = np.searchsorted(_STEPS, np.abs(steps), side="left")
    counts = np.bincount(np.minimum(size, len(_STEPS) - 1), minlength=len(_STEPS))
    total = max(1, len(steps))
    return np.append(np.sqrt(counts / total), (steps > 0).sum() / total)


def _repetition(facts: Facts) -> Floats:
    kinds = [bar.recall.kind for bar in facts.bars if bar.recall]
    bars = max(1, len(kinds))
    return np.array([kinds.count(kind) / bars for kind in ("exact", "varied", "transposed")])
