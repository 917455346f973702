"""A decoder-only transformer over rows of small numbers.

A row has `columns` fields: its kind and what that kind has. The outer transformer reads one row a
step (the embeddings of its fields summed); small chained heads then write the fields of the next
row in order, each an MLP over the outer state and the fields already chosen. After the compound
decoders of Hsiao et al. (2021) and Dong et al. (2023); pre-norm blocks with RMSNorm, rotary
positions (Su et al. 2021), normalised queries and keys, and SwiGLU (Shazeer 2020).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

IGNORED = -100
"""A target of this value has no loss."""


@dataclass(frozen=True, slots=True)
class RowTables:
    """Where the values of each (kind, column) lie among embeddings and logits."""

    input_size: int
    input_offset: tuple[tuple[int, ...], ...]
    output_sizes: tuple[int, ...]
    output_offset: tuple[tuple[int, ...], ...]
    field_size: tuple[tuple[int, ...], ...]
    used: tuple[tuple[bool, ...], ...]

    @property
    def columns(self) -> int:
        return len(self.output_sizes)


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a model. `context` is how many rows it sees at once."""

    width: int = 256
    layers: int = 7
    heads: int = 4
    head_hidden: int = 256
    chosen_width: int = 128
    context: int = 1024


class KeyValueCache:
    """Keys and values of the rows read so far, allocated once; each line of a batch has its length.

    `store` has shape (layers, 2, batch, heads, context, head width), `lengths` (batch,).
    """

    def __init__(self, shape: Shape, batch: int, dtype: torch.dtype = torch.float32) -> None:
        size = (shape.layers, 2, batch, shape.heads, shape.context, shape.width // shape.heads)
        self.store = torch.zeros(size, dtype=dtype)
        self.lengths = torch.zeros(batch, dtype=torch.long)

    def lines(self, start: int, stop: int) -> KeyValueCache:
        """A view of some lines: what is read into it is read into the whole."""
        view = KeyValueCache.__new__(KeyValueCache)
        view.store, view.lengths = self.store[:, :, start:stop], self.lengths[start:stop]
        return view

    @property
    def room(self) -> int:
        """How many more rows fit into every line."""
        return self.store.shape[4] - int(self.lengths.max())

    def clear(self) -> None:
        self.lengths.zero_()

    def move(self, source: int, target: int) -> None:
        """Put one line in the place of another."""
        length = int(self.lengths[source])
        self.store[:, :, target, :, :length] = self.store[:, :, source, :, :length]
        self.lengths[target] = length


class Memory(NamedTuple):
    """One layer's part of a cache, (2, batch, heads, context, head width), and the `positions`
    (batch, time) of the rows that are new."""

    store: Tensor
    positions: Tensor
    stop: int

    def extend(self, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """All keys and values, each line's new ones written behind its old ones."""
        lines = torch.arange(len(self.positions)).unsqueeze(1)
        self.store[0][lines, :, self.positions] = key.transpose(1, 2)
        self.store[1][lines, :, self.positions] = value.transpose(1, 2)
        return self.store[0, :, :, : self.stop], self.store[1, :, :, : self.stop]


class RowTransformer(nn.Module):
    """Numbers in, logits out. Rows have shape (batch, time, columns)."""

    input_offset: Tensor
    output_offset: Tensor
    used: Tensor
    rotation: Tensor

    def __init__(self, shape: Shape, tables: RowTables) -> None:
        super().__init__()
        self.shape = shape
        self.tables = tables
        self.embedding = nn.Embedding(tables.input_size, shape.width)
        self.blocks = nn.ModuleList(Block(shape.width, shape.heads) for _ in range(shape.layers))
        self.heads = Heads(shape, tables)
        for name in ("input_offset", "output_offset", "used"):
            self.register_buffer(name, torch.tensor(getattr(tables, name)), persistent=False)
        rotation = rotary_angles(shape.context, shape.width // shape.heads)
        self.register_buffer("rotation", rotation, persistent=False)
        self.apply(_initialise)

    def input_indices(self, rows: Tensor) -> Tensor:
        """(…, columns) field values -> indices of embeddings, 0 where a kind has no field."""
        kind = rows[..., 0]
        return torch.where(self.used[kind], rows + self.input_offset[kind], 0)

    def forward(
        self, rows: Tensor, document: Tensor | None = None, cache: KeyValueCache | None = None
    ) -> Tensor:
        """Outer states (batch, time, width) of rows (batch, time, columns).

        `document` (batch, time) keeps rows of different pieces in one batch line apart. With a
        cache, `rows` go on from those it has read, and are read into it.
        """
        state: Tensor = self.embedding(self.input_indices(rows)).sum(2)  # (batch, time, width)
        time = rows.shape[1]
        if cache is None:
            rotation, bias = self.rotation[:time], causal_bias(time, document, state)
        else:
            positions = cache.lengths.unsqueeze(1) + torch.arange(time)
            stop = int(cache.lengths.max()) + time
            rotation, bias = self.rotation[positions].unsqueeze(1), bias_of(positions, stop, state)
        for index, block in enumerate(self.blocks):
            memory = None if cache is None else Memory(cache.store[index], positions, stop)
            state = block(state, rotation, bias, memory)
        if cache is not None:
            cache.lengths += time
        return _norm(state)

    def loss(
        self, rows: Tensor, targets: Tensor, document: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Summed negative log likelihood in nats of each column, and how many targets it had.

        `rows` and `targets` have shape (batch, time, columns); targets are the rows that follow,
        with `IGNORED` in fields without a loss.
        """
        state = self(rows, document)
        return self.heads.loss(state.flatten(0, 1), targets.flatten(0, 1), self)


class Heads(nn.Module):
    """Chained heads: column c sees the outer state and columns 0..c-1 of the row it writes."""

    bias: Tensor

    def __init__(self, shape: Shape, tables: RowTables) -> None:
        super().__init__()
        self.hidden = shape.head_hidden
        self.columns = tables.columns
        self.chosen = nn.Embedding(tables.input_size, shape.chosen_width)
        self.from_state = nn.Linear(shape.width, tables.columns * shape.head_hidden, bias=False)
        self.from_chosen = nn.ModuleList(
            nn.Linear(shape.chosen_width, shape.head_hidden, bias=False)
            for _ in range(tables.columns)
        )
        self.output = nn.ModuleList(
            nn.Linear(shape.head_hidden, size, bias=False) for size in tables.output_sizes
        )
        self.register_buffer("bias", _kind_bias(tables), persistent=False)
        self.sizes = tables.output_sizes

    def logits(self, column: int, from_state: Tensor, chosen: Tensor, kind: Tensor) -> Tensor:
        """(rows, output size) of one column; values of other kinds' fields are ruled out.

        `from_state` is (rows, hidden) of this column, `chosen` (rows, chosen width) the summed
        embeddings of the fields before it.
        """
        hidden = from_state + self.from_chosen[column](chosen)
        logits: Tensor = self.output[column](F.relu(hidden).square())
        if column == 0:
            return logits
        return logits + self.bias[column - 1, kind, : self.sizes[column]]

    def loss(self, state: Tensor, targets: Tensor, model: RowTransformer) -> tuple[Tensor, Tensor]:
        kind = targets[:, 0].clamp(min=0)
        embedded = self.chosen(model.input_indices(targets.clamp(min=0)))
        chosen = embedded.cumsum(1) - embedded  # (rows, columns, chosen width), those before
        from_state = self.from_state(state).view(-1, self.columns, self.hidden)
        local = torch.where(
            model.used[kind] & (targets != IGNORED), targets + model.output_offset[kind], IGNORED
        )
        losses, counts = [], []
        for column in range(self.columns):
            some = (local[:, column] != IGNORED).nonzero().squeeze(1)
            logits = self.logits(column, from_state[some, column], chosen[some, column], kind[some])
            losses.append(F.cross_entropy(logits.float(), local[some, column], reduction="sum"))
            counts.append(torch.tensor(len(some)))
        return torch.stack(losses), torch.stack(counts)


class ResidualLinear(nn.Linear):
    """Writes into the residual stream; starts at zero, so that a new block changes nothing."""


class Block(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attention = Attention(width, heads)
        self.feed = FeedForward(width)

    def forward(
        self, state: Tensor, rotation: Tensor, bias: Tensor, memory: Memory | None
    ) -> Tensor:
        state = state + self.attention(_norm(state), rotation, bias, memory)
        fed: Tensor = state + self.feed(_norm(state))
        return fed


class Attention(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.input = nn.Linear(width, 3 * width, bias=False)
        self.output = ResidualLinear(width, width, bias=False)

    def forward(
        self, state: Tensor, rotation: Tensor, bias: Tensor, memory: Memory | None
    ) -> Tensor:
        batch, time, width = state.shape
        three = self.input(state).view(batch, time, 3, self.heads, width // self.heads)
        query, key, value = three.permute(2, 0, 3, 1, 4)  # each (batch, heads, time, head width)
        query, key = (_rotate(_norm(x), rotation).to(value.dtype) for x in (query, key))
        if memory is not None:
            key, value = memory.extend(key, value)
        with torch.autocast(state.device.type, enabled=False):
            mixed = _biased_attention(query, key, value, bias.to(value.dtype))
        joined: Tensor = self.output(mixed.transpose(1, 2).flatten(2))
        return joined


class FeedForward(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        hidden = (width * 8 // 3 + 31) // 32 * 32
        self.input = nn.Linear(width, 2 * hidden, bias=False)
        self.output = ResidualLinear(hidden, width, bias=False)

    def forward(self, state: Tensor) -> Tensor:
        gate, value = self.input(state).chunk(2, dim=-1)
        fed: Tensor = self.output(F.silu(gate) * value)
        return fed


QUERY_BLOCK = 256


def _biased_attention(query: Tensor, key: Tensor, value: Tensor, bias: Tensor) -> Tensor:
    """Attention of the last rows of a sequence with a causal bias (batch or 1, 1, new, all).

    Long runs on a CPU are written out in blocks of queries: forward and backward take a third of
    the time of `scaled_dot_product_attention` at 1,024 rows (docs/experiments.md).
    """
    new, old = query.shape[2], key.shape[2] - query.shape[2]
    if query.is_cuda or new <= QUERY_BLOCK:
        return F.scaled_dot_product_attention(query, key, value, attn_mask=bias)
    blocks = []
    start = 0
    for some in (query * query.shape[-1] ** -0.5).split(QUERY_BLOCK, dim=2):
        stop = start + some.shape[2]
        seen = old + stop
        scores = some @ key[:, :, :seen].transpose(-1, -2)
        weights = (scores + bias[:, :, start:stop, :seen]).softmax(-1)
        blocks.append(weights @ value[:, :, :seen])
        start = stop
    return torch.cat(blocks, dim=2)


def causal_bias(time: int, document: Tensor | None, like: Tensor) -> Tensor:
    """(batch or 1, 1, time, time): 0 where a row may look, -inf elsewhere.

    `document` (batch, time) numbers the pieces of a line; a row sees its own piece only.
    """
    allowed = torch.ones(1, time, time, dtype=torch.bool, device=like.device).tril()
    if document is not None:
        allowed = allowed & (document[:, :, None] == document[:, None, :])
    return _as_bias(allowed, like)


def bias_of(positions: Tensor, stop: int, like: Tensor) -> Tensor:
    """(batch, 1, time, stop): 0 up to the position (batch, time) of a row, -inf behind it."""
    return _as_bias(torch.arange(stop) <= positions.unsqueeze(2), like)


def _as_bias(allowed: Tensor, like: Tensor) -> Tensor:
    bias = torch.zeros(allowed.shape, dtype=like.dtype, device=like.device)
    return bias.masked_fill(~allowed, float("-inf")).unsqueeze(1)


def _norm(state: Tensor) -> Tensor:
    return F.rms_norm(state, (state.shape[-1],))


def rotary_angles(context: int, head_width: int) -> Tensor:
    """(context, head width / 2, 2): cosine and sine of each position's rotations."""
    speeds = 1.0 / 10000 ** (torch.arange(0, head_width, 2) / head_width)
    angles = torch.arange(context).unsqueeze(1) * speeds
    return torch.stack([angles.cos(), angles.sin()], dim=-1)


def _rotate(vectors: Tensor, rotation: Tensor) -> Tensor:
    cosine, sine = rotation.to(vectors.dtype).unbind(-1)
    first, second = vectors.chunk(2, dim=-1)
    return torch.cat([first * cosine - second * sine, second * cosine + first * sine], dim=-1)


def _kind_bias(tables: RowTables) -> Tensor:
    """(columns - 1, kinds, widest output): 0 for values of the kind's own field, else -inf."""
    kinds = len(tables.used)
    bias = torch.full((tables.columns - 1, kinds, max(tables.output_sizes)), float("-inf"))
    for column in range(1, tables.columns):
        for kind in range(kinds):
            start = tables.output_offset[kind][column]
            bias[column - 1, kind, start : start + tables.field_size[kind][column]] = 0.0
    return bias


def _initialise(module: nn.Module) -> None:
    if isinstance(module, ResidualLinear):
        nn.init.zeros_(module.weight)
    elif isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, std=module.in_features**-0.5)
    elif isinstance(module, nn.Embedding):
        nn.init.normal_(module.weight, std=0.3)
