"""Single measures of texture: density, register, loudness, articulation, each in its own unit."""

from __future__ import annotations

import numpy as np

from composer.analysis.table import Floats, NoteTable


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
