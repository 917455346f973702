"""A piece of music as frozen values: notes, parts, meters, keys, tempi, tags.

A point in time is a tick, a span is a number of ticks; `Piece.ticks_per_quarter` says how many
make a quarter note. A piece from a file keeps its file's resolution and velocities; `normalise`
(in `composer.music.normalise`) brings it onto the grid that the model reads and writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from composer.music.source import Source

GRID_TICKS_PER_QUARTER = 24


class Note(NamedTuple):
    """One sounding note; a tuple because there are millions of them.

    `pitch` is a MIDI pitch 0..127, or a General MIDI drum sound in a drum part. `velocity` is
    1..127, or 0 where nobody has decided how loud it is (a score without dynamics).
    """

    onset_tick: int
    length_ticks: int
    pitch: int
    velocity: int = 0

    @property
    def end_tick(self) -> int:
        return self.onset_tick + self.length_ticks


def notes_of(rows: Iterable[Sequence[int]]) -> tuple[Note, ...]:
    """Notes from rows of (onset, length, pitch, velocity), a million in a third of the time that
    `Note._make` takes."""
    return tuple(map(tuple.__new__, repeat(Note), rows))


class MeterChange(NamedTuple):
    tick: int
    numerator: int
    denominator: int

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"


class KeyChange(NamedTuple):
    """A key signature: `fifths` sharps (negative: flats) and a mode, "major" or "minor"."""

    tick: int
    fifths: int
    mode: str


class TempoChange(NamedTuple):
    tick: int
    quarters_per_minute: float


@dataclass(frozen=True, slots=True)
class Part:
    """One player's or singer's line (or a pianist's two hands), notes in order of onset, pitch.

    `instrument` is a name of `composer.music.instruments`, `program` a General MIDI program
    0..127 (the drum kit number for drums), `name` what the score prints, `role` one of
    `ROLES` or "" where nobody has said. `track` and `channel` are where the part stands in the file
    that it was read from (`Piece.source`), -1 where it was not.
    """

    instrument: str
    program: int
    notes: tuple[Note, ...]
    name: str = ""
    role: str = ""
    track: int = field(default=-1, compare=False, repr=False)
    channel: int = field(default=-1, compare=False, repr=False)

    @property
    def is_drums(self) -> bool:
        return self.instrument == "drums"

    def until(self, end_tick: int) -> Part:
        """The part with no note that begins or sounds behind a tick."""
        notes = (
            note._replace(length_ticks=min(note.length_ticks, end_tick - note.onset_tick))
            for note in self.notes
            if note.onset_tick < end_tick
        )
        return replace(self, notes=tuple(notes))


ROLES = ("melody", "chords", "bass", "drums", "arpeggio", "harmony")


@dataclass(frozen=True, slots=True)
class Tags:
    """What people say about a piece; "" where nobody has said."""

    style: str = ""
    composer: str = ""
    ensemble: str = ""
    mood: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A whole piece. `meters` always starts at tick 0; `keys` and `tempi` may be empty (unknown).

    `end_tick` is where the last bar ends, so a piece may close with rests. `source` is what else
    the file said that the piece was read from; it is no part of what the piece is.
    """

    parts: tuple[Part, ...]
    meters: tuple[MeterChange, ...]
    end_tick: int
    keys: tuple[KeyChange, ...] = ()
    tempi: tuple[TempoChange, ...] = ()
    ticks_per_quarter: int = GRID_TICKS_PER_QUARTER
    title: str = ""
    tags: Tags = field(default_factory=Tags)
    source: Source | None = field(default=None, compare=False, repr=False)

    @property
    def note_count(self) -> int:
        return sum(len(part.notes) for part in self.parts)
