"""Notes drawn, moved and deleted by hand, as values that a session keeps and can do again.

A change is a row: a word and what it needs, parts by place (from 0), ticks those of the piece.

    ("add", part, onset, length, pitch, velocity)
    ("remove", part, onset, pitch)
    ("move", part, onset, pitch, new onset, new length, new pitch, new velocity)
    ("repeat", first bar, last bar) appends these bars (from 1) at the end
    ("instrument", part, name)      also the name that the score prints
    ("tempo", quarters a minute)    of the whole piece
    ("title", text)
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from composer.composing.session.locks import Cells
from composer.errors import RequestError
from composer.music.bars import bars_of
from composer.music.instruments import BY_NAME
from composer.music.lengths import TEMPI
from composer.music.names import on_one_line
from composer.music.piece import MeterChange, Note, Part, Piece, TempoChange

MOST_CHANGES = 5_000
"""In one step."""


def edited(piece: Piece, changes: Sequence[Sequence[Any]], cells: Cells | None = None) -> Piece:
    """The piece with changes made in their order; `cells` are locked (see `locked_cells`).

    Raises RequestError for a change that is none, for a note that is not there or would lie outside
    the piece, and for one that is locked; then nothing is changed.
    """
    if not 1 <= len(changes) <= MOST_CHANGES:
        raise RequestError(f"{len(changes)} changes are not possible; give 1 to {MOST_CHANGES}")
    editor = _Editor(piece, cells or [])
    for change in changes:
        editor.change(change)
    return editor.result()


class _Editor:
    """A piece while it is changed: the notes of each part by onset and pitch."""

    def __init__(self, piece: Piece, cells: Cells) -> None:
        self.piece = piece
        self.parts = list(piece.parts)
        self.notes = [{(n.onset_tick, n.pitch): n for n in part.notes} for part in piece.parts]
        self.touched: set[int] = set()
        self.cells = cells
        self.starts = [bar.start_tick for bar in bars_of(piece)]

    def change(self, change: Sequence[Any]) -> None:
        kinds: dict[str, tuple[int, Callable[..., None]]] = {
            "add": (5, self.add),
            "remove": (3, self.remove),
            "move": (7, self.move),
            "repeat": (2, self.repeat),
            "instrument": (2, self.instrument),
            "tempo": (1, self.tempo),
            "title": (1, self.title),
        }
        word, *values = change or ("",)
        count, act = kinds.get(str(word), (-1, self.title))
        if len(values) != count:
            raise RequestError(f"change {list(change)!r} is not possible; see the list of changes")
        if word in ("add", "remove", "move", "repeat") and not all(
            type(value) is int for value in values
        ):
            raise RequestError(f"change {list(change)!r} is not possible; give whole numbers")
        act(*values)

    def add(self, place: int, onset: int, length: int, pitch: int, velocity: int) -> None:
        self._check(place, onset)
        is_note = length >= 1 and 0 <= pitch <= 127 and 0 <= velocity <= 127
        if not (0 <= onset < self.piece.end_tick and is_note):
            raise RequestError(f"a note of pitch {pitch} at tick {onset} is outside of the piece")
        length = min(length, self.piece.end_tick - onset)
        self.notes[place][onset, pitch] = Note(onset, length, pitch, velocity)

    def remove(self, place: int, onset: int, pitch: int) -> None:
        self._check(place, onset)
        if self.notes[place].pop((onset, pitch), None) is None:
            raise RequestError(f"there is no note of pitch {pitch} at tick {onset} in this part")

    def move(
        self, place: int, onset: int, pitch: int, to: int, length: int, to_pitch: int, velocity: int
    ) -> None:
        self.remove(place, onset, pitch)
        self.add(place, to, length, to_pitch, velocity)

    def repeat(self, first: int, last: int) -> None:
        bars = bars_of(self.piece)
        if not 1 <= first <= last <= len(bars):
            raise RequestError(f"there are no bars {first}-{last}; there are 1-{len(bars)}")
        start, end = bars[first - 1].start_tick, bars[last - 1].end_tick
        later = self.piece.end_tick - start
        for place, notes in enumerate(self.notes):
            self.touched.add(place)
            for note in [note for note in notes.values() if start <= note.onset_tick < end]:
                length = min(note.length_ticks, end - note.onset_tick)
                moved = note._replace(onset_tick=note.onset_tick + later, length_ticks=length)
                notes[moved.onset_tick, moved.pitch] = moved
        self.piece = replace(
            self.piece,
            end_tick=self.piece.end_tick + end - start,
            meters=(*self.piece.meters, *_moved_meters(self.piece, first, last, later)),
        )

    def instrument(self, place: int, name: str) -> None:
        self._check(place, None)
        chosen, part = BY_NAME.get(name), self.parts[place]
        if chosen is None or chosen.is_drums != part.is_drums:
            raise RequestError(f"{name!r} cannot play this part; `composer styles` lists names")
        self.parts[place] = replace(
            part, instrument=chosen.name, program=chosen.program, name=chosen.label
        )

    def tempo(self, quarters_per_minute: float) -> None:
        is_number = isinstance(quarters_per_minute, int | float)
        if not is_number or not TEMPI[0] <= quarters_per_minute <= TEMPI[-1]:
            raise RequestError(f"give a tempo of {TEMPI[0]} to {TEMPI[-1]} quarters a minute")
        self.piece = replace(self.piece, tempi=(TempoChange(0, float(quarters_per_minute)),))

    def title(self, text: str) -> None:
        self.piece = replace(self.piece, title=on_one_line(str(text))[:200])

    def result(self) -> Piece:
        parts = [
            replace(part, notes=tuple(notes[key] for key in sorted(notes)))
            if place in self.touched
            else part
            for place, (part, notes) in enumerate(zip(self.parts, self.notes, strict=True))
        ]
        return replace(self.piece, parts=tuple(parts))

    def _check(self, place: int, onset: int | None) -> None:
        """That the part is there, and that what lies at `onset` (all of it, if None) is free."""
        if type(place) is not int or not 0 <= place < len(self.parts):
            raise RequestError(f"there is no part {place}; there are {len(self.parts)}")
        if onset is None:
            locked = any(place in cell for cell in self.cells)
        else:
            bar = max(0, bisect_right(self.starts, onset) - 1)
            locked = bar < len(self.cells) and place in self.cells[bar]
            self.touched.add(place)
        if locked:
            part: Part = self.parts[place]
            raise RequestError(f"{part.name or part.instrument} is locked there; unlock it first")


def _moved_meters(piece: Piece, first: int, last: int, later: int) -> list[MeterChange]:
    """The meters of bars first..last (from 1), `later` ticks on, where they change there."""
    moved: list[MeterChange] = []
    before = piece.meters[-1]
    for bar in bars_of(piece)[first - 1 : last]:
        if bar.meter[1:] != before[1:]:
            before = MeterChange(bar.start_tick + later, *bar.meter[1:])
            moved.append(before)
    return moved
