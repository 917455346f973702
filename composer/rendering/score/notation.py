"""A score as it is written: frozen measures, voices, values and spelled pitches.

Sounding pitches and ticks of the piece stay beside what is written, so a score can be checked
against its piece.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias, TypeVar

from composer.music.bars import Bar
from composer.music.instruments import Instrument
from composer.music.piece import KeyChange, MeterChange, Note, Piece
from composer.music.source import Lyric
from composer.music.source import Symbol as StatedChord
from composer.rendering.score.rhythm import Value
from composer.rendering.score.spelling import Spelling

Place: TypeAlias = tuple[int, int]
"""Onset and pitch, which no two notes of a part share."""
ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True)
class Head:
    """One note head: the note it belongs to (an index in the part), its pitch and its ties.

    `pitch` is the sounding MIDI pitch, `spelling` what is written (transposed, if the part is).
    """

    note: int
    pitch: int
    spelling: Spelling
    is_tied_from: bool = False
    is_tied_to: bool = False
    shows_accidental: bool = False
    is_courtesy: bool = False


@dataclass(frozen=True, slots=True)
class Symbol:
    """A chord, a note or (without heads) a rest, of one written value.

    `tuplet` is "start", "stop" or ""; `beams` holds for each beam "begin", "continue", "end",
    "forward hook" or "backward hook"; a hidden rest only takes up room; `rolled` is "up" or "down"
    where an arpeggio sign stands before a chord.
    """

    start_tick: int
    length_ticks: int
    value: Value
    heads: tuple[Head, ...] = ()
    tuplet: str = ""
    beams: tuple[str, ...] = ()
    is_hidden: bool = False
    fills_measure: bool = False
    is_accented: bool = False
    is_staccato: bool = False
    rolled: str = ""

    @property
    def is_rest(self) -> bool:
        return not self.heads


@dataclass(frozen=True, slots=True)
class VoiceLine:
    """What one voice (0 upper, 1 lower) of one staff (from 1) has in one measure."""

    staff: int
    voice: int
    symbols: tuple[Symbol, ...]


@dataclass(frozen=True, slots=True)
class ClefChange:
    """A clef of a staff from the beginning of a measure on."""

    staff: int
    clef: str


@dataclass(frozen=True, slots=True)
class Dynamic:
    """A level such as "mf", or a hairpin's "crescendo", "diminuendo" or "stop"."""

    tick: int
    mark: str


class OctaveMark(NamedTuple):
    """Where a line over (`octaves` 1, "8va") or under (-1, "8vb") a staff begins or ends (0)."""

    staff: int
    tick: int
    octaves: int


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of one part; `key` (as written), `meter` and clefs only where they change."""

    bar: Bar
    voices: tuple[VoiceLine, ...]
    key: KeyChange | None = None
    meter: MeterChange | None = None
    clefs: tuple[ClefChange, ...] = ()
    dynamics: tuple[Dynamic, ...] = ()
    octaves: tuple[OctaveMark, ...] = ()


@dataclass(frozen=True, slots=True)
class StaffPart:
    """One part of the score; `clefs` are those its staves begin with, `lyrics` the words under it
    by the tick of their note."""

    name: str
    instrument: Instrument
    program: int
    clefs: tuple[str, ...]
    measures: tuple[Measure, ...]
    lyrics: tuple[tuple[int, tuple[Lyric, ...]], ...] = ()

    @property
    def staves(self) -> int:
        return len(self.clefs)

    def drum_pitches(self) -> list[int]:
        """The General MIDI sounds of a drummer, in order; none of another player."""
        if not self.instrument.is_drums:
            return []
        symbols = (s for m in self.measures for line in m.voices for s in line.symbols)
        return sorted({head.pitch for symbol in symbols for head in symbol.heads})


class BarSigns(NamedTuple):
    """The signs at the lines of one printed bar; `ending` is 1 or 2 inside an ending."""

    begins_repeat: bool = False
    ends_repeat: bool = False
    ending: int = 0
    begins_ending: bool = False
    ends_ending: bool = False


class Cut(NamedTuple):
    """A stretch of a piece that is not printed, because a repeat sign stands for it."""

    start_tick: int
    end_tick: int


def printed_tick(cuts: Sequence[Cut], tick: int) -> int | None:
    """Where a tick of the whole piece is printed; none inside a cut. `cuts` in order."""
    moved = tick
    for cut in cuts:
        if tick >= cut.end_tick:
            moved -= cut.end_tick - cut.start_tick
        elif tick >= cut.start_tick:
            return None
    return moved


def place_of(note: Note) -> Place:
    """Where a note of a part is found again."""
    return note.onset_tick, note.pitch


def printed_places(
    cuts: Sequence[Cut], by_place: Mapping[Place, ValueT], silence_ticks: int = 0
) -> dict[Place, ValueT]:
    """What is said of places of the piece, by place of the printed piece, without the passages left
    out; a piece with a pickup is printed without its first `silence_ticks`."""
    moved = (
        (printed_tick(cuts, tick - silence_ticks), pitch, value)
        for (tick, pitch), value in by_place.items()
    )
    return {(tick, pitch): value for tick, pitch, value in moved if tick is not None}


@dataclass(frozen=True, slots=True)
class Score:
    """A whole score, beside the piece (on the grid) that it writes down.

    `piece` is what is printed, each repeated passage once; `signs` are those of its bars, and
    `cuts` say what is left out of the whole piece. `symbols` are chord symbols that the piece's
    file states, at ticks of the whole piece, of which the first `silence_ticks` are not printed.
    """

    piece: Piece
    parts: tuple[StaffPart, ...]
    has_pickup: bool
    signs: tuple[BarSigns, ...]
    cuts: tuple[Cut, ...] = ()
    symbols: tuple[StatedChord, ...] = ()
    silence_ticks: int = 0
