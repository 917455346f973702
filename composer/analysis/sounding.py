"""What sounds together: the pitch classes present at each moment something begins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from composer.analysis.table import Bools, Ints, NoteTable

_MOMENTS_PER_QUARTER = 12  # notes this close begin together, as a player's chord does


@dataclass(frozen=True, slots=True)
class Sounding:
    """Moments in order of time. `tick` and `bar` have shape (moments,); `present` (moments, 12)
    says which pitch classes sound; `voices` (moments,) counts sounding notes."""

    tick: Ints
    bar: Ints
    present: Bools
    voices: Ints


def sounding(table: NoteTable) -> Sounding:
    """What sounds at each distinct onset of a table of pitched notes."""
    grain = max(1, table.ticks_per_quarter // _MOMENTS_PER_QUARTER)
    moments, first, begin = np.unique(table.onset // grain, return_index=True, return_inverse=True)
    end = np.searchsorted((moments + 1) * grain, table.onset + table.length, side="left")
    end = np.maximum(end, begin + 1)
    size = (len(moments) + 1) * 12
    pitch_class = table.pitch % 12
    changes = np.bincount(begin * 12 + pitch_class, minlength=size) - np.bincount(
        end * 12 + pitch_class, minlength=size
    )
    counts = changes.reshape(-1, 12)[:-1].cumsum(axis=0)
    return Sounding(table.onset[first], table.bar[first], counts > 0, counts.sum(axis=1))
