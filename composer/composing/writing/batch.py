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
from dataclasses import dataclass
from functools import partial

import torch

from composer.composing.writing.sampling import Ask, Floats, Rows, Stream, Writer, quiet
from composer.model.transformer import KeyValueCache, RowTransformer
from composer.tokens.fields import COLUMNS, column_of
from composer.tokens.learned import as_learned

MOST_LINES = 16
"""Lines of a batch; with more of them it grows larger, but hardly faster."""


@torch.inference_mode()
def write_all(
    writers: Sequence[Writer],
    progress: Callable[[int, int], None] = quiet,
    watch: Callable[[int], None] | None = None,
) -> list[Rows]:
    """The rows of every writer, in order; all have one model.

    `progress(bars done, bars in all)` is called as bars are written, for all pieces together, and
    `watch(place of the writer)` as its own are.
    """

    def tell(place: int, done: int, total: int) -> None:
        bars = sum(writer.grammar.bar + 1 for writer in writers)
        progress(bars, sum(writer.grammar.until for writer in writers))
        if watch is not None:
            watch(place)

    waiting = deque(
        _Piece(writer.streams, writer.rows(partial(tell, place)), [])
        for place, writer in enumerate(writers)
    )
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

    def begin(self) -> None:
        try:
            self.ask = next(self.writing)
        except StopIteration as end:
            self.written = end.value

    def answer(self, logits: Floats) -> None:
        try:
            self.ask = self.writing.send(logits)
        except StopIteration as end:
            self.ask, self.written = None, end.value

    def asks(self, column: int) -> bool:
        """Whether a field of this column is asked for, all rows before being read."""
        return self.ask is not None and not self.ask.unread and len(self.ask.row) == column


class _Batch:
    def __init__(self, model: RowTransformer, lines: int) -> None:
        self.model = model
        self.cache = KeyValueCache(model.shape, lines, model.embedding.weight.dtype)
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
        """Every piece gets on by one row that is not given, or ends."""
        from_state = self._read()
        for column in range(COLUMNS):
            asking = [piece for piece in self.pieces if piece.asks(column)]
            if asking:
                for piece, logits in zip(asking, self._logits(asking, from_state), strict=True):
                    piece.answer(logits)
        for piece in [piece for piece in self.pieces if piece.ask is None]:
            self._remove(piece)

    def _remove(self, piece: _Piece) -> None:
        """The last lines move to where those of the piece were."""
        self.pieces.remove(piece)
        for hole in sorted(piece.lines, reverse=True):
            last = max([hole, *(line for other in self.pieces for line in other.lines)])
            for other in self.pieces:
                if last in other.lines:
                    other.lines[other.lines.index(last)] = hole
                    self.cache.move(last, hole)

    def _read(self) -> torch.Tensor:
        """Read what is unread; the heads' view of the last row, (lines, columns, hidden)."""
        latest = [[0] * COLUMNS] * self.used
        for piece in self.pieces:
            ask = piece.ask
            if ask is None:
                continue
            for line, stream in zip(piece.lines, piece.streams, strict=True):
                rows = _as_read(ask.unread, stream)
                latest[line] = rows[-1]
                if ask.afresh:
                    self.cache.lengths[line] = 0
                if len(rows) > 1:
                    self.model(torch.tensor([rows[:-1]]), cache=self.cache.lines(line, line + 1))
            piece.ask = ask._replace(unread=[])
        rows_of_all = torch.tensor(latest).unsqueeze(1)  # (lines, 1, columns)
        state = self.model(rows_of_all, cache=self.cache.lines(0, self.used))[:, -1]
        heads = self.model.heads
        from_state: torch.Tensor = heads.from_state(state).view(-1, heads.columns, heads.hidden)
        return from_state

    def _logits(self, pieces: Sequence[_Piece], from_state: torch.Tensor) -> list[Floats]:
        """(values of the field,) for each piece: the mixed logits of what it asks for."""
        rows = [piece.ask.row if piece.ask else [] for piece in pieces]
        column = len(rows[0])
        heads, tables = self.model.heads, self.model.tables
        padded = torch.tensor([[*row, *(0,) * (COLUMNS - column)] for row in rows])
        chosen = heads.chosen(self.model.input_indices(padded)[:, :column]).sum(1)
        lines = [line for piece in pieces for line in piece.lines]
        owner = [place for place, piece in enumerate(pieces) for _ in piece.lines]
        logits = heads.logits(
            column, from_state[lines, column], chosen[owner], padded[owner, 0]
        ).log_softmax(-1)
        of_line = iter(logits.double().numpy())
        mixed = []
        for piece, row in zip(pieces, rows, strict=True):
            start = tables.output_offset[row[0]][column] if row else 0
            size = tables.field_size[row[0]][column] if row else tables.output_sizes[0]
            own = [stream.weight * next(of_line)[start : start + size] for stream in piece.streams]
            mixed.append(sum(own[1:], own[0]))
        return mixed


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
