"""What somebody played, as it comes in: a phrase that ends when nothing has sounded for a while."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil

from composer.live.ports import NOTE_OFF, NOTE_ON, Message
from composer.music.bars import meter_ticks
from composer.music.instruments import BY_NAME
from composer.music.piece import GRID_TICKS_PER_QUARTER, MeterChange, Note, Part, Piece, TempoChange

_FINER = 20
"""Ticks of a played note in one of the grid: about a millisecond."""
TICKS_PER_QUARTER = GRID_TICKS_PER_QUARTER * _FINER


@dataclass(frozen=True, slots=True)
class Beats:
    """The beats that both sides keep to: bar 1 begins with the first note."""

    quarters_per_minute: float
    numerator: int = 4
    denominator: int = 4

    @property
    def quarter_seconds(self) -> float:
        return 60 / self.quarters_per_minute

    @property
    def bar_seconds(self) -> float:
        return 4 * self.numerator / self.denominator * self.quarter_seconds


@dataclass
class Phrase:
    """Notes as they come in; `begun_seconds` is the first bar line, a time of the clock."""

    beats: Beats
    instrument: str
    begun_seconds: float = 0.0
    notes: list[tuple[float, float, int, int]] = field(default_factory=list)
    held: dict[int, tuple[float, int]] = field(default_factory=dict)
    last_seconds: float = 0.0

    @property
    def is_empty(self) -> bool:
        return not (self.notes or self.held)

    def hear(self, seconds: float, message: Message) -> bool:
        """Take in a message; whether it began a note."""
        kind = message[0] & 0xF0
        if kind not in (NOTE_ON, NOTE_OFF) or len(message) < 3:
            return False
        pitch, velocity = message[1], message[2] if kind == NOTE_ON else 0
        if velocity and self.is_empty:
            self.begun_seconds = seconds
        if pitch in self.held:
            start, loudness = self.held.pop(pitch)
            self.notes.append((start, seconds, pitch, loudness))
        if velocity:
            self.held[pitch] = seconds, velocity
        self.last_seconds = seconds
        return velocity > 0

    def is_over(self, seconds: float, pause_seconds: float) -> bool:
        """Whether somebody has played and has been silent for so long."""
        return bool(self.notes) and not self.held and seconds - self.last_seconds >= pause_seconds

    @property
    def bars(self) -> int:
        """How many bars it takes up, the last one whole."""
        length = self.last_seconds - self.begun_seconds
        return max(1, ceil(round(length / self.beats.bar_seconds, 2)))

    def piece(self) -> Piece:
        """The phrase as a piece of whole bars, as it was played."""
        ticks = TICKS_PER_QUARTER / self.beats.quarter_seconds
        notes = sorted(
            Note(
                max(0, round((start - self.begun_seconds) * ticks)),
                max(1, round((end - start) * ticks)),
                pitch,
                velocity,
            )
            for start, end, pitch, velocity in self.notes
        )
        meter = self.beats.numerator, self.beats.denominator
        instrument = BY_NAME[self.instrument]
        program = 0 if instrument.is_drums else instrument.program
        return Piece(
            (Part(self.instrument, program, tuple(notes)),),
            (MeterChange(0, *meter),),
            self.bars * meter_ticks(*meter, TICKS_PER_QUARTER),
            tempi=(TempoChange(0, self.beats.quarters_per_minute),),
            ticks_per_quarter=TICKS_PER_QUARTER,
        )
