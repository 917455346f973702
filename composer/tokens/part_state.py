"""What a part sounds while its rows are written, and which pitches it may begin at a tick."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from composer.music.instruments import Instrument
from composer.music.playable import PITCHES, pitches_beside
from composer.tokens.fields import DRUM_PITCH_OFFSET, FIELD_SIZES, PART_VALUES

Allowed = NDArray[np.bool_]
"""Shape (values of the field,)."""


@dataclass(slots=True)
class PartState:
    """What a part sounds; its pitches are field values, which sound `above_field` higher.

    `semitones` is how much higher it will sound than it is written.
    """

    value: int
    instrument: Instrument
    semitones: int
    one_voice: bool = False
    """Whether no two notes of it begin together."""
    sounding_until: NDArray[np.int64] = field(
        default_factory=lambda: np.zeros(FIELD_SIZES["pitch"], dtype=np.int64)
    )
    """(pitch values,): the tick at which the last note of each pitch ends."""
    pitches: Allowed = field(default_factory=lambda: np.zeros(FIELD_SIZES["pitch"], dtype=bool))
    """(pitch values,): the playable ones."""
    silent_from: int = 0
    """The tick at which the last note of all ends."""
    last_onset_tick: int = -1
    struck: list[int] = field(default_factory=list)
    """What it struck at its last onset, as pitch values, upwards."""
    above_field: int = field(init=False)
    values: slice = field(init=False)
    """The pitch values that lie in the range of the instrument."""

    def __post_init__(self) -> None:
        if self.value >= PART_VALUES:
            self.take_one_hand()
        first = DRUM_PITCH_OFFSET if self.instrument.is_drums else 0
        self.above_field = -first if self.instrument.is_drums else self.semitones
        low, high = self.instrument.low - self.above_field, self.instrument.high - self.above_field
        self.values = slice(max(first, low), min(first + PITCHES, high + 1))
        self.pitches[self.values] = True

    def take_one_hand(self) -> None:
        """The other hand of the player has a part of its own, and this one may strike chords."""
        self.instrument = self.instrument.one_hand()
        self.one_voice = False

    def begin(self, pitch: int, tick: int, end_tick: int) -> None:
        """Take a note that is there."""
        if tick != self.last_onset_tick:
            self.last_onset_tick, self.struck = tick, []
        self.struck.append(pitch)
        self.sounding_until[pitch] = end_tick
        self.silent_from = max(self.silent_from, end_tick)

    def free(self, tick: int) -> Allowed:
        """The pitches that one player can begin at a tick beside what sounds then, higher than
        what the part has begun there already."""
        if self.one_voice and tick == self.last_onset_tick:
            return np.zeros_like(self.pitches)
        if self.silent_from <= tick:
            return self.pitches.copy()
        free = self.pitches & (self.sounding_until <= tick)
        struck, held = self.heard(tick)
        up = self.above_field
        beside = pitches_beside(self.instrument, struck, held)
        free[self.values] &= beside[self.values.start + up : self.values.stop + up]
        if struck:
            free[: struck[-1] - up + 1] = False
        return free

    def heard(self, tick: int) -> tuple[list[int], list[int]]:
        """The sounding pitches that begin at a tick, upwards, and those that sound on there."""
        sounding = (self.sounding_until > tick).nonzero()[0].tolist()
        struck = self.struck if tick == self.last_onset_tick else []
        up = self.above_field
        held = [pitch + up for pitch in sounding if pitch not in struck]
        return [pitch + up for pitch in struck], held

    def free_from(self, tick: int) -> int:
        """The first tick from `tick` on at which some pitch is free, if nothing more is begun."""
        if self.free(tick).any():
            return tick
        ends: list[int] = self.sounding_until[self.sounding_until > tick].tolist()
        return next(end for end in sorted(ends) if self.free(end).any())
