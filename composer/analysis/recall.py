"""Which earlier bar each bar resembles, and how: the thread from which form is woven."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from composer.analysis.table import Bools, Floats, Ints, NoteTable
from composer.music.facts import Recall

REACH_BARS = 64
"""How far back a bar may be recalled."""

VARIED_SIMILARITY = 0.4
"""Least share of common notes (intersection over union) of a varied bar and its model."""

_SLOTS_PER_QUARTER = 8  # triplets and sixteenths fall apart, a player's jitter falls together
_MOST_SLOTS = 4096
_MOST_PARTS = 64
_TRANSPOSED_QUALITY = 0.75
_LEAST_NOTES_TRANSPOSED = 3
_LONGEST_RUN_BARS = 16
_RUN_WEIGHT = 0.25

Hashes = npt.NDArray[np.uint64]


def recalls(table: NoteTable) -> tuple[Recall, ...]:
    """For each bar, the earlier bar at most `REACH_BARS` back that it resembles most.

    Exact: the same onsets, pitches, parts and lengths; transposed: the same after one shift of
    1..11 semitones; varied: two notes in five (onset, pitch and part) in common. Exact
    beats the others. Of bars that resemble equally, the one wins whose neighbours also resemble
    this bar's neighbours at the same distance (so a repeated section keeps one distance), then
    the nearest. A bar in which nothing begins is new.
    """
    bars = len(table.bars)
    if table.count == 0:
        return (Recall(0, "new"),) * bars
    by_bar = table.select(np.argsort(table.bar, kind="stable"))
    filled = np.bincount(by_bar.bar, minlength=bars) > 0
    exact = _pairs_equal(_bar_hashes(by_bar, by_bar.pitch))
    lowest, relative = _relative_pitches(by_bar)
    shift = _shifts(lowest)
    transposed = _pairs_equal(_bar_hashes(by_bar, relative)) & _is_shift(shift)
    transposed &= _enough_to_transpose(by_bar)[None, :]
    similarity = _similarities(by_bar)
    varied = similarity >= VARIED_SIMILARITY
    alike = exact | transposed | varied
    quality = np.where(varied, similarity, 0.0)
    quality = np.where(transposed, np.maximum(quality, _TRANSPOSED_QUALITY), quality)
    quality = np.where(exact, 2.0, quality)
    both_empty = ~filled[None, :] & ~_earlier(filled, fill=1)
    runs = _run_lengths(alike | both_empty)
    score = np.where(
        alike & filled,
        quality + _RUN_WEIGHT * np.minimum(runs, _LONGEST_RUN_BARS) / _LONGEST_RUN_BARS,
        0.0,
    )
    best = np.argmax(score, axis=0)
    found = []
    for bar, row in enumerate(best.tolist()):
        if score[row, bar] == 0.0:
            found.append(Recall(0, "new"))
        elif exact[row, bar]:
            found.append(Recall(row + 1, "exact"))
        elif transposed[row, bar] and similarity[row, bar] <= _TRANSPOSED_QUALITY:
            found.append(Recall(row + 1, "transposed", int(shift[row, bar])))
        else:
            found.append(Recall(row + 1, "varied"))
    return tuple(found)


# In what follows, an array of shape (distances, bars) says in row d, column b something about
# bar b and the bar d + 1 before it.


ScalarT = TypeVar("ScalarT", np.uint64, np.int64, np.bool_)


def _earlier(values: npt.NDArray[ScalarT], fill: int) -> npt.NDArray[ScalarT]:
    """`values` (bars,) of the bar that lies 1, 2, ... before each bar: (distances, bars)."""
    bars = len(values)
    padded = np.concatenate([np.full(REACH_BARS, fill, dtype=values.dtype), values])
    rows = REACH_BARS - 1 - np.arange(min(REACH_BARS, max(1, bars - 1)))
    return np.asarray(padded[rows[:, None] + np.arange(bars)[None, :]])


def _pairs_equal(hashes: Hashes) -> Bools:
    return np.asarray((_earlier(hashes, fill=0) == hashes[None, :]) & (hashes != 0)[None, :])


def _bar_hashes(table: NoteTable, pitch: Ints) -> Hashes:
    """A hash of each bar's notes (the order does not matter) and its length; 0: no notes."""
    ticks = table.ticks_per_quarter
    onset = np.rint(table.onset_in_bar * 24 / ticks).astype(np.int64)
    length = np.rint(table.length * 24 / ticks).astype(np.int64)
    keys = ((onset * 1024 + pitch + 256) * 64 + table.part) * 8192 + np.minimum(length, 8191)
    present, first = np.unique(table.bar, return_index=True)
    hashes = np.zeros(len(table.bars), dtype=np.uint64)
    hashes[present] = np.add.reduceat(_mixed(keys), first)
    hashes[present] += _mixed(table.bar_lengths[present])
    return hashes


def _mixed(keys: Ints) -> Hashes:
    """The finaliser of splitmix64: sums of mixed keys collide as rarely as random numbers."""
    mixed = keys.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)), dtype=np.uint64)


_NO_PITCH = 1000


def _relative_pitches(table: NoteTable) -> tuple[Ints, Ints]:
    """The lowest pitch of each bar (drums aside; `_NO_PITCH`: none), and pitches above it."""
    lowest = np.full(len(table.bars), _NO_PITCH, dtype=np.int64)
    pitched = ~table.is_drum
    np.minimum.at(lowest, table.bar[pitched], table.pitch[pitched])
    return lowest, np.where(table.is_drum, table.pitch + 256, table.pitch - lowest[table.bar])


def _shifts(lowest: Ints) -> Ints:
    return np.asarray(lowest[None, :] - _earlier(lowest, fill=-_NO_PITCH), dtype=np.int64)


def _is_shift(shift: Ints) -> Bools:
    return np.asarray((shift != 0) & (np.abs(shift) <= 11))


def _enough_to_transpose(table: NoteTable) -> Bools:
    """Bars of a note or two are transpositions of each other by chance."""
    counts = np.bincount(table.bar[~table.is_drum], minlength=len(table.bars))
    return np.asarray(counts >= _LEAST_NOTES_TRANSPOSED, dtype=np.bool_)


def _similarities(table: NoteTable) -> Floats:
    """Notes in common over all notes of the two bars, a note being (slot, pitch, part)."""
    bars = len(table.bars)
    slot = table.onset_in_bar * _SLOTS_PER_QUARTER * 2 // table.ticks_per_quarter
    slot = np.minimum((slot + 1) // 2, _MOST_SLOTS - 1)
    key = (slot * 128 + table.pitch) * _MOST_PARTS + table.part % _MOST_PARTS
    keys_per_bar = _MOST_SLOTS * 128 * _MOST_PARTS
    bar, key = np.divmod(np.unique(table.bar * keys_per_bar + key), keys_per_bar)
    distances = min(REACH_BARS, max(1, bars - 1))
    result = np.zeros((distances, bars))
    for start in range(0, bars, REACH_BARS):
        low = max(0, start - distances)
        high = min(bars, start + REACH_BARS)
        inside = slice(*np.searchsorted(bar, (low, high)))
        _, column = np.unique(key[inside], return_inverse=True)
        present = np.zeros((high - low, int(column.max(initial=0)) + 1), dtype=np.float32)
        present[bar[inside] - low, column] = 1.0
        common = present[start - low :] @ present.T
        sizes = present.sum(axis=1)
        union = sizes[start - low :, None] + sizes[None, :] - common
        jaccard = common / np.maximum(union, 1.0)
        distance, later = np.mgrid[1 : distances + 1, start:high]
        valid = later - distance >= 0
        result[distance[valid] - 1, later[valid]] = jaccard[
            later[valid] - start, later[valid] - distance[valid] - low
        ]
    return result


def _run_lengths(alike: Bools) -> Ints:
    """For each entry, how many bars in a row around it are alike at the same distance."""
    distances, bars = alike.shape
    edges = np.zeros((distances, bars + 2), dtype=np.int8)
    edges[:, 1:-1] = alike
    change = np.diff(edges, axis=1)
    begin = np.nonzero(change == 1)[1]
    end = np.nonzero(change == -1)[1]
    lengths = np.zeros((distances, bars), dtype=np.int64)
    lengths[alike] = np.repeat(end - begin, end - begin)
    return lengths
