"""Single measures of texture: density, register, loudness, articulation, each in its own unit."""

from __future__ import annotations

import numpy as np

from composer.analysis.sounding import Sounding, sounding
from composer.analysis.table import Floats, NoteTable
from composer.music.piece import MeterChange


def onsets_per_quarter(table: NoteTable) -> Floats:
    """Distinct onsets in each bar over the bar's length in quarters: (bars,)."""
    first = np.unique(table.onset, return_index=True)[1]
    counts = np.bincount(table.bar[first], minlength=len(table.bars))
    quarters = np.maximum(table.bar_lengths, 1) / table.ticks_per_quarter
    return np.asarray(counts / quarters, dtype=np.float64)


def mean_density(table: NoteTable) -> float:
    quarters = float(table.bar_lengths.sum()) / table.ticks_per_quarter
    return len(np.unique(table.onset)) / quarters if quarters else 0.0


def mean_pitch(table: NoteTable) -> float | None:
    """The mean MIDI pitch weighted by length; None without notes."""
    if table.count == 0 or not table.length.sum():
        return None
    return float(np.average(table.pitch, weights=table.length))


def loudness(table: NoteTable) -> float | None:
    """The mean velocity 1..127; None where velocities are flat (two values at the most)."""
    velocities = table.velocity[table.velocity > 0]
    if len(np.unique(velocities)) <= 2:
        return None
    return float(velocities.mean())


def legato(table: NoteTable) -> float | None:
    """The mean, over onsets, of sounding length over the time to the part's next onset.

    Of notes that begin together in a part the longest counts. At most 1: overlap is legato too.
    A wait of more than a bar is a rest between phrases and tells nothing about articulation.
    """
    if table.count < 2:
        return None
    order = np.lexsort((table.onset, table.part))
    part, onset, length = table.part[order], table.onset[order], table.length[order]
    changed = (np.diff(part) != 0) | (np.diff(onset) != 0)
    first = np.concatenate([[0], np.nonzero(changed)[0] + 1])
    longest = np.maximum.reduceat(length, first)[:-1]
    wait = np.diff(onset[first])
    bar_length = table.bar_lengths[table.bar[order][first]][:-1]
    usable = (np.diff(part[first]) == 0) & (wait > 0) & (wait <= bar_length)
    if not usable.any():
        return None
    return float(np.minimum(longest[usable] / wait[usable], 1.0).mean())


# Huron, "Interval-class content in equally tempered pitch-class sets", Music Perception 11 (1994):
# consonance of interval classes 1..6, averaged over experiments.
_CONSONANCE = (-1.428, -0.582, 0.594, 0.386, 1.240, -0.453)


def polyphony(moments: Sounding) -> float:
    """The mean number of notes that sound when something begins."""
    return float(moments.voices.mean())


def dissonance(moments: Sounding) -> float | None:
    """Huron's consonance, negated, of the mean pair of pitch classes that sound together.

    About -.6 for triads; None where never two sound.
    """
    total, pairs = 0.0, 0.0
    for interval, consonance in enumerate(_CONSONANCE, 1):
        count = float((moments.present & np.roll(moments.present, interval, axis=1)).sum())
        count /= 2.0 if interval == 6 else 1.0  # a tritone is found from both its ends
        total -= consonance * count
        pairs += count
    return total / pairs if pairs else None


def syncopation(table: NoteTable) -> float:
    """The share of the parts' onsets between beats that the part answers by none on the next beat.

    Longuet-Higgins and Lee ("The rhythmic interpretation of monophonic music", Music Perception
    1, 1984) call a note syncopated that holds through a stronger position than its own; the beats
    are quarters, dotted in compound meters.
    """
    order = np.lexsort((table.onset, table.part))
    part, onset, bar = table.part[order], table.onset[order], table.bar[order]
    fresh = np.append(True, (np.diff(part) != 0) | (np.diff(onset) != 0))[: table.count]
    part, onset, bar = part[fresh], onset[fresh], bar[fresh]
    if len(onset) < 2:
        return 0.0
    beats = np.array([beat_ticks(bar.meter, table.ticks_per_quarter) for bar in table.bars])
    into_beat = (onset - table.bar_starts[bar]) % beats[bar]
    next_beat = onset - into_beat + beats[bar]
    skipped = (np.diff(part) == 0) & (onset[1:] > next_beat[:-1])
    return float(((into_beat[:-1] > 0) & skipped).sum() / len(onset))


def pitch_range(table: NoteTable) -> float:
    """Semitones between the pitches that a twentieth of the notes lies below and above."""
    low, high = np.percentile(table.pitch, [5, 95])
    return float(high - low)


def beat_ticks(meter: MeterChange, ticks_per_quarter: int) -> int:
    """The length of a beat: dotted in compound meters, at least a quarter elsewhere."""
    written = 4 * ticks_per_quarter / meter.denominator
    if meter.numerator % 3 == 0 and meter.numerator > 3 and meter.denominator >= 8:
        return max(1, int(written * 3))
    return max(1, int(max(written, ticks_per_quarter)))


def further_measures(table: NoteTable) -> dict[str, float]:
    """Polyphony, dissonance, syncopation and pitch range, those that can be known."""
    pitched = table.pitched()
    measures: dict[str, float | None] = {"syncopation": syncopation(table)}
    if pitched.count:
        moments = sounding(pitched)
        measures["polyphony"] = polyphony(moments)
        measures["dissonance"] = dissonance(moments)
        measures["pitch_range"] = pitch_range(pitched)
    return {name: round(value, 4) for name, value in measures.items() if value is not None}
