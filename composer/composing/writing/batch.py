"""Many pieces, one model: what their writers ask is answered together.

A matrix of weights is read from memory once for all lines of a batch, and reading it is most of
what one line costs. A piece alone is a batch of one. Its companions may change the last bits of a
piece's logits, since sums are added up in another order, and so once in many thousands of choices
the choice: alone, or beside the same companions, it is always the same.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import torch

from composer.composing.writing.sampling import Ask, Floats, Rows, Stream, Writer, quiet
from composer.model.sizes import EARLY_COLUMNS
from composer.model.transformer import KeyValueCache, RowTransformer
from composer.tokens.fields import COLUMNS, column_of

RowList = list[list[int]]

MOST_LINES = 16
"""Lines of a batch; with more of them it grows larger, but hardly faster."""


@torch.inference_mode()
def write_all(
    writers: Sequence[Writer], progress: Callable[[int, int], None] = quiet
) -> list[Rows]:
    """The rows of every writer, in order; all have one model.

    `progress(bars done, bars in all)` is called as bars are written, for all pieces together.
    """

    def tell(done: int, total: int) -> None:
        bars = sum(writer.grammar.bar + 1 for writer in writers)
        progress(bars, sum(writer.grammar.until for writer in writers))

    waiting = deque(_Piece(writer.streams, writer.rows(tell), []) for writer in writers)
    pieces = list(waiting)
    needed = [len(piece.streams) for piece in pieces]
    batch = _Batch(writers[0].model, min(max(MOST_LINES, *needed), sum(needed)))
    with one_thread():
        while waiting or batch.pieces:
            while waiting and len(waiting[0].streams) <= batch.room:
                batch.add(waiting.popleft())
            batch.write_a_row()
    return [piece.written for piece in pieces if piece.written is not None]


@contextmanager
def one_thread() -> Iterator[None]:
    """A few rows at a time are too little work for several threads; they wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


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

    def asks(self, column: int) -> bool:
        """Whether a field of this column is asked for, and all is read that it depends on."""
        is_asked = self.ask is not None and len(self.ask.row) == column
        return is_asked and len(self.unread) == self.waiting

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
    """Lines of rows that are read together. `state` (lines, width) is that of each line's last
    step."""

    def __init__(self, model: RowTransformer, lines: int) -> None:
        self.model = model
        weight = model.embedding.weight
        self.cache = KeyValueCache(model.shape, lines, weight.dtype)
        self.state = torch.zeros(lines, model.shape.width, dtype=weight.dtype)
        self.lines = lines
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
            self.cache.lengths[piece.lines] = 0
            self.pieces.append(piece)

    def write_a_row(self) -> None:
        """Every piece gets on by about one row that is not given, or ends."""
        if any(len(piece.unread) > piece.waiting for piece in self.pieces):
            self._read()
        self._answer(range(EARLY_COLUMNS), self._later())
        self._read()
        self._answer(range(EARLY_COLUMNS, COLUMNS), self.state)
        for piece in [piece for piece in self.pieces if piece.ask is None]:
            self._remove(piece)

    def _answer(self, columns: range, state: torch.Tensor) -> None:
        for column in columns:
            asking = [piece for piece in self.pieces if piece.asks(column)]
            if asking:
                for piece, logits in zip(asking, self._logits(asking, state), strict=True):
                    piece.answer(logits)

    def _remove(self, piece: _Piece) -> None:
        """The last lines move to where those of the piece were."""
        self.pieces.remove(piece)
        for hole in sorted(piece.lines, reverse=True):
            last = max([hole, *(line for other in self.pieces for line in other.lines)])
            for other in self.pieces:
                if last in other.lines:
                    other.lines[other.lines.index(last)] = hole
                    self.cache.move(last, hole)
                    self.state[hole] = self.state[last]

    def _read(self) -> None:
        """Read what can be read; lines without anything new stay where they are."""
        nothing = [0] * COLUMNS
        latest = [(nothing, nothing)] * self.used
        lengths = self.cache.lengths[: self.used].clone()
        for piece in self.pieces:
            steps = piece.take()
            for line, stream in zip(piece.lines, piece.streams, strict=True):
                if piece.begins_afresh:
                    lengths[line] = 0
                rows = _as_read([row for row, _ in steps], stream)
                following = _as_read([row for _, row in steps], stream)
                if len(rows) > 1:
                    self.cache.lengths[line] = lengths[line]
                    self.model(
                        torch.tensor([rows[:-1]]),
                        torch.tensor([following[:-1]]),
                        cache=self.cache.lines(line, line + 1),
                    )
                    lengths[line] += len(rows) - 1
                if rows:
                    latest[line] = rows[-1], following[-1]
            piece.begins_afresh = False
        is_new = torch.tensor([row is not nothing for row, _ in latest])
        if not is_new.any():
            return
        self.cache.lengths[: self.used] = lengths
        rows = torch.tensor([[row] for row, _ in latest])  # (lines, 1, columns)
        following = torch.tensor([[row] for _, row in latest])
        state = self.model(rows, following, cache=self.cache.lines(0, self.used))[:, -1]
        self.cache.lengths[: self.used] = lengths + is_new
        self.state[: self.used] = torch.where(is_new.unsqueeze(1), state, self.state[: self.used])

    def _later(self) -> torch.Tensor:
        """(lines, width): the states that have read the late columns of each line's last row."""
        last = [[0] * COLUMNS] * self.used
        for piece in self.pieces:
            for line, stream in zip(piece.lines, piece.streams, strict=True):
                if piece.unread:
                    last[line] = _as_read(piece.unread[-1:], stream)[0]
        return self.model.with_late(self.state[: self.used], torch.tensor(last))

    def _logits(self, pieces: Sequence[_Piece], state: torch.Tensor) -> list[Floats]:
        """(values of the field,) for each piece: the mixed logits of what it asks for."""
        rows = [piece.ask.row if piece.ask else [] for piece in pieces]
        column = len(rows[0])
        heads, tables = self.model.heads, self.model.tables
        padded = torch.tensor([[*row, *(0,) * (COLUMNS - column)] for row in rows])
        chosen = heads.chosen(self.model.input_indices(padded)[:, :column]).sum(1)
        lines = [line for piece in pieces for line in piece.lines]
        owner = [place for place, piece in enumerate(pieces) for _ in piece.lines]
        logits = iter(heads.logits(column, state[lines], chosen[owner]).double().numpy())
        mixed = []
        for piece, row in zip(pieces, rows, strict=True):
            where = tables.logits_of(row[0], column) if row else slice(0, tables.output_sizes[0])
            own = [stream.weight * _log_softmax(next(logits)[where]) for stream in piece.streams]
            mixed.append(sum(own[1:], own[0]))
        return mixed


def _log_softmax(logits: Floats) -> Floats:
    shifted: Floats = logits - logits.max()
    return shifted - np.log(np.exp(shifted).sum())


def _as_read(rows: list[list[int]], stream: Stream) -> list[list[int]]:
    """The rows with the fields that a stream reads otherwise."""
    if not stream.fields:
        return rows
    changed = [list(row) for row in rows]
    for row in changed:
        for (kind, name), value in stream.fields.items():
            if row[0] == kind:
                row[column_of(kind, name)] = value
    return changed
