"""Many pieces, one model: what their writers ask is answered together.

A matrix of weights is read from memory once for all lines of a batch. A piece alone is a batch of
one; its companions change nothing in it (`composer.model.runtime`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from composer.composing.writing.sampling import Ask, Floats, Rows, Stream, Writer, quiet
from composer.model.runtime import Memory
from composer.model.sizes import EARLY_COLUMNS
from composer.tokens.fields import COLUMNS, column_of
from composer.tokens.learned import as_learned

RowList = list[list[int]]

Hidden = NDArray[np.float32]
"""(lines, head hidden) of one column, or with all columns between them."""

NOTHING = [0] * COLUMNS

MOST_LINES = 16
"""Lines of a batch; with more of them it grows larger, but hardly faster."""


def write_all(
    writers: Sequence[Writer],
    progress: Callable[[int, int], None] = quiet,
    watch: Callable[[int], None] | None = None,
) -> list[Rows]:
    """The rows of every writer, in order; all have one model.

    `progress(bars done, bars in all)` is called as bars are written, for all pieces together, and
    `watch(place of the writer)` as its own are.
    """

    done = [writer.grammar.bar + 1 for writer in writers]
    bars_in_all = sum(writer.grammar.until for writer in writers)

    def tell(place: int, bars_done: int, total: int) -> None:
        done[place] = bars_done
        progress(sum(done), bars_in_all)
        if watch is not None:
            watch(place)

    waiting = deque(
        _Piece(writer.streams, writer.rows(partial(tell, place)), [])
        for place, writer in enumerate(writers)
    )
    pieces = list(waiting)
    needed = [len(piece.streams) for piece in pieces]
    lines = min(max(MOST_LINES, *needed), sum(needed))
    batch = _Batch(Memory(writers[0].model, lines), lines)
    while waiting or batch.pieces:
        while waiting and len(waiting[0].streams) <= batch.room:
            batch.add(waiting.popleft())
        batch.write_a_row()
    return [piece.written for piece in pieces if piece.written is not None]


@dataclass(slots=True, eq=False)
class _Piece:
    """A piece that is being written, each of its streams in a line of the batch."""

    streams: Sequence[Stream]
    writing: Generator[Ask, Floats, Rows]
    lines: list[int]
    ask: Ask | None = None
    written: Rows | None = None
    unread: RowList = field(default_factory=list)
    """Complete rows that are not read yet; each is read with the early fields of its successor."""
    begins_afresh: bool = False

    def begin(self) -> None:
        self._go_on(lambda: next(self.writing))

    def answer(self, logits: Floats) -> None:
        self._go_on(lambda: self.writing.send(logits))

    def _go_on(self, until_it_asks: Callable[[], Ask]) -> None:
        try:
            self.ask = until_it_asks()
        except StopIteration as end:
            self.ask, self.written, self.unread = None, end.value, []
            return
        if self.ask.afresh:
            self.unread, self.begins_afresh = [], True
        self.unread += self.ask.unread

    @property
    def waiting(self) -> int:
        """How many complete rows cannot be read yet: the last one, while the early fields of its
        successor are asked for."""
        return int(self.ask is not None and len(self.ask.row) < EARLY_COLUMNS)

    def asks(self) -> int | None:
        """The column that is asked for, if all is read that it depends on."""
        if self.ask is None or len(self.unread) != self.waiting:
            return None
        return len(self.ask.row)

    @property
    def asks_early(self) -> bool:
        column = self.asks()
        return column is not None and column < EARLY_COLUMNS

    def take(self) -> list[tuple[list[int], list[int]]]:
        """The rows that can be read, each with its successor."""
        if self.ask is None:
            return []
        count = len(self.unread) - self.waiting
        begun = [*self.ask.row, *(0,) * (COLUMNS - len(self.ask.row))]
        following = [*self.unread[1:], begun]
        steps = list(zip(self.unread[:count], following[:count], strict=True))
        self.unread = self.unread[count:]
        return steps


class _Batch:
    """Lines of rows that are read together. `state` (lines, width) and `hidden` (lines, late
    columns, head hidden) are of each line's last step."""

    def __init__(self, memory: Memory, lines: int) -> None:
        self.memory, self.model, self.lines = memory, memory.model, lines
        shape = self.model.shape
        self.state = np.zeros((lines, shape.width), np.float32)
        self.hidden = np.zeros((lines, COLUMNS - EARLY_COLUMNS, shape.head_hidden), np.float32)
        self.pieces: list[_Piece] = []

    @property
    def used(self) -> int:
        return sum(len(piece.lines) for piece in self.pieces)

    @property
    def room(self) -> int:
        return self.lines - self.used

    def add(self, piece: _Piece) -> None:
        piece.begin()
        if piece.ask is not None:
            piece.lines = list(range(self.used, self.used + len(piece.streams)))
            self.memory.lengths[piece.lines] = 0
            self.pieces.append(piece)

    def write_a_row(self) -> None:
        """Every piece gets on by about one row that is not given, or ends."""
        if any(len(piece.unread) > piece.waiting for piece in self.pieces):
            self._read()
        if any(piece.asks_early for piece in self.pieces):
            self._answer(range(EARLY_COLUMNS), self._later())
        self._read()
        self._answer(range(EARLY_COLUMNS, COLUMNS), self.hidden)
        if any(piece.ask is None for piece in self.pieces):
            for piece in [piece for piece in self.pieces if piece.ask is None]:
                self._remove(piece)

    def _answer(self, columns: range, hidden: Hidden) -> None:
        """As many fields of these columns as every piece can choose without reading on."""
        for piece in self.pieces:
            while (column := piece.asks()) is not None and column in columns:
                piece.answer(self._logits(piece, column, hidden[:, column - columns.start]))

    def _remove(self, piece: _Piece) -> None:
        """The last lines move to where those of the piece were."""
        self.pieces.remove(piece)
        for hole in sorted(piece.lines, reverse=True):
            last = max([hole, *(line for other in self.pieces for line in other.lines)])
            for other in self.pieces:
                if last in other.lines:
                    other.lines[other.lines.index(last)] = hole
                    self.memory.copy(last, hole)
                    self.state[hole], self.hidden[hole] = self.state[last], self.hidden[last]

    def _read(self) -> None:
        """Read what can be read; lines without anything new stay where they are."""
        latest = [(NOTHING, NOTHING)] * self.used
        read_already: dict[str, int] = {}
        for piece in self.pieces:
            steps = piece.take()
            for line, stream in zip(piece.lines, piece.streams, strict=True):
                if piece.begins_afresh:
                    self.memory.lengths[line] = 0
                if steps:
                    rows = _as_read([row for row, _ in steps], stream)
                    following = _as_read([row for _, row in steps], stream)
                    self._read_all_but_last(line, rows, following, read_already)
                    latest[line] = rows[-1], following[-1]
            piece.begins_afresh = False
        new = [line for line, (row, _) in enumerate(latest) if row is not NOTHING]
        if new:
            self._read_last(new, latest)

    def _read_all_but_last(
        self, line: int, rows: RowList, following: RowList, read_already: dict[str, int]
    ) -> None:
        """Several rows of one line at once, or copied from a line that has begun with the same."""
        if len(rows) == 1:
            return
        what = str((rows[:-1], following[:-1]))
        if self.memory.lengths[line]:
            what += str(line)
        if what in read_already:
            self.memory.copy(read_already[what], line)
            return
        memory = self.memory.lines(line, line + 1)
        self.model.read([rows[:-1]], [following[:-1]], memory)
        read_already[what] = line

    def _read_last(self, new: Sequence[int], latest: Sequence[tuple[list[int], list[int]]]) -> None:
        """One row of every line; what is read into lines without a new one is forgotten."""
        rows, following = zip(*latest, strict=True)
        before = self.memory.lengths[: self.used].copy()
        lines = self.memory.lines(0, self.used)
        state = self.model.read(np.array(rows)[:, None], np.array(following)[:, None], lines)
        self.memory.lengths[: self.used] = before
        self.memory.lengths[new] += 1
        self.state[new], self.hidden[new] = state.out[new, 0], state.hidden[new, 0]

    def _later(self) -> Hidden:
        """(lines, early columns, head hidden): of the states that have read the late columns of
        each line's last row."""
        last = [NOTHING] * self.used
        for piece in self.pieces:
            for line, stream in zip(piece.lines, piece.streams, strict=True):
                if piece.unread:
                    last[line] = _as_read(piece.unread[-1:], stream)[0]
        later = self.model.with_late(self.state[: self.used, None], np.array(last)[:, None])
        return later.hidden[:, 0]

    def _logits(self, piece: _Piece, column: int, hidden: Hidden) -> Floats:
        """(values of the field,): the mixed logits of what a piece asks for."""
        assert piece.ask is not None
        row = as_learned(piece.ask.row)
        if len(piece.lines) == 1 and piece.streams[0].weight == 1.0:
            return self.model.logits(hidden[piece.lines[0]], row).astype(np.float64)
        own = [
            stream.weight * _log_softmax(self.model.logits(hidden[line], row).astype(np.float64))
            for line, stream in zip(piece.lines, piece.streams, strict=True)
        ]
        return sum(own[1:], own[0])


def _log_softmax(logits: Floats) -> Floats:
    shifted: Floats = logits - logits.max()
    shifted -= np.log(np.exp(shifted).sum())
    return shifted


def _as_read(rows: list[list[int]], stream: Stream) -> list[list[int]]:
    """The rows as the network has learned them, with the fields that a stream reads otherwise."""
    rows = [as_learned(row) for row in rows]
    if not stream.fields:
        return rows
    changed = [list(row) for row in rows]
    for row in changed:
        for (kind, name), value in stream.fields.items():
            if row[0] == kind:
                row[column_of(kind, name)] = value
    return changed
