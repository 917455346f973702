"""A decoder-only transformer over rows of small numbers.

A row has `columns` fields: its kind and what that kind has. One step of the trunk reads a row
together with the first `EARLY_COLUMNS` fields of the next one (delayed fields). Its state gives
the late fields of that next row; the state and a small layer that reads those late fields give the
early fields of the row after. So a pitch is chosen by a trunk that knows where and by whom it is
played, at one pass a row. Within a row the fields are chained: each is an MLP over the state and
the fields already chosen, after the compound decoders of Hsiao et al. (2021) and Dong et al.
(2023). Pre-norm blocks with RMSNorm, rotary positions (Su et al. 2021), normalised queries and
keys, squared ReLU (So et al. 2021); all but every third layer see only the last `window` rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from composer.model.sizes import EARLY_COLUMNS, IGNORED, RowTables, Shape


class KeyValueCache:
    """Keys and values of the rows read so far, allocated once; each line of a batch has its length.
    The oracle of `composer.model.runtime.Memory` in tests, and what it is timed beside.

    `store` has shape (layers, 2, batch, heads, context, head width), `lengths` (batch,).
    """

    def __init__(self, shape: Shape, batch: int, dtype: torch.dtype = torch.float32) -> None:
        size = (shape.layers, 2, batch, shape.heads, shape.context, shape.width // shape.heads)
        self.store = torch.zeros(size, dtype=dtype)
        self.lengths = torch.zeros(batch, dtype=torch.long)

    @property
    def room(self) -> int:
        """How many more rows fit into every line."""
        return self.store.shape[4] - int(self.lengths.max())


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
    used: Tensor
    rotation: Tensor

    def __init__(self, shape: Shape, tables: RowTables) -> None:
        super().__init__()
        self.shape = shape
        self.tables = tables
        self.embedding = nn.Embedding(tables.input_size, shape.width)
        self.early_embedding = nn.Embedding(tables.input_size, shape.width)
        self.late_embedding = nn.Embedding(tables.input_size, shape.width)
        self.blocks = nn.ModuleList(
            Block(shape.width, shape.heads, shape.window_of(layer)) for layer in range(shape.layers)
        )
        self.late = ResidualLinear(shape.width, shape.width, bias=False)
        self.heads = Heads(shape, tables)
        for name in ("input_offset", "used"):
            self.register_buffer(name, torch.tensor(getattr(tables, name)), persistent=False)
        rotation = rotary_angles(shape.context, shape.width // shape.heads)
        self.register_buffer("rotation", rotation, persistent=False)
        self.apply(_initialise)

    def input_indices(self, rows: Tensor) -> Tensor:
        """(…, columns) field values -> indices of embeddings, 0 where a kind has no field."""
        kind = rows[..., 0]
        return torch.where(self.used[kind], rows + self.input_offset[kind], 0)

    def forward(
        self,
        rows: Tensor,
        following: Tensor,
        document: Tensor | None = None,
        cache: KeyValueCache | None = None,
    ) -> Tensor:
        """Outer states (batch, time, width) of rows (batch, time, columns).

        `following` are the rows behind each, of which the early columns are read. `document`
        (batch, time) keeps rows of different pieces in one batch line apart. With a cache, `rows`
        go on from those it has read, and are read into it.
        """
        early = self.input_indices(following)[..., :EARLY_COLUMNS]
        state = _summed(self.embedding, self.input_indices(rows))  # (batch, time, width)
        state = state + _summed(self.early_embedding, early)
        time = rows.shape[1]
        if cache is None:
            rotation = self.rotation[:time]
            for block in self.blocks:
                state = block(state, rotation, document)
            return _norm(state)
        positions = cache.lengths.unsqueeze(1) + torch.arange(time)
        stop = int(cache.lengths.max()) + time
        rotation = self.rotation[positions].unsqueeze(1)
        for index, block in enumerate(self.blocks):
            assert isinstance(block, Block)
            state = block.go_on(state, rotation, Memory(cache.store[index], positions, stop))
        cache.lengths += time
        return _norm(state)

    def with_late(self, state: Tensor, following: Tensor) -> Tensor:
        """The states (…, width) that have read the late columns of the rows that follow."""
        late = _summed(self.late_embedding, self.input_indices(following)[..., EARLY_COLUMNS:])
        return _norm(state + self.late(F.relu(_norm(state) + late).square()))

    def loss(
        self, rows: Tensor, targets: Tensor, document: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Summed negative log likelihood in nats of each column, and how many targets it had.

        `rows` (batch, time + 2, columns) are all rows of a line; `targets` (batch, time, columns)
        have the late columns of the row behind each step, and the early ones of the row after
        that, with `IGNORED` in fields without a loss; `document` is (batch, time).
        """
        time = targets.shape[1]
        following = rows[:, 1 : time + 1]
        state = self(rows[:, :time], following, document)
        later = self.with_late(state, following)
        return self.heads.loss(
            state.flatten(0, 1),
            later.flatten(0, 1),
            following.flatten(0, 1),
            rows[:, 2:].flatten(0, 1),
            targets.flatten(0, 1),
            self,
        )


class Heads(nn.Module):
    """Chained heads: column c sees a state and columns 0..c-1 of the row it writes."""

    def __init__(self, shape: Shape, tables: RowTables) -> None:
        super().__init__()
        self.columns = tables.columns
        self.tables = tables
        self.chosen = nn.Embedding(tables.input_size, shape.chosen_width)
        self.from_state = nn.ModuleList(
            nn.Linear(shape.width, shape.head_hidden, bias=False) for _ in range(tables.columns)
        )
        self.from_chosen = nn.ModuleList(
            nn.Linear(shape.chosen_width, shape.head_hidden, bias=False)
            for _ in range(tables.columns)
        )
        self.output = nn.ModuleList(
            nn.Linear(shape.head_hidden, size, bias=False) for size in tables.output_sizes
        )

    def logits(
        self, column: int, state: Tensor, chosen: Tensor, where: slice | None = None
    ) -> Tensor:
        """(rows, output size) of one column, or of those of its values that lie in `where`.

        `state` is (rows, width), `chosen` (rows, chosen width) the summed embeddings of the
        fields before it.
        """
        hidden = self.from_state[column](state)
        if column:
            hidden = hidden + self.from_chosen[column](chosen)
        weight: Tensor = self.output[column].get_parameter("weight")  # (output size, hidden)
        return F.linear(F.relu(hidden).square(), weight if where is None else weight[where])

    def loss(
        self,
        state: Tensor,
        later: Tensor,
        following: Tensor,
        after: Tensor,
        targets: Tensor,
        model: RowTransformer,
    ) -> tuple[Tensor, Tensor]:
        """Losses and counts (columns,): late columns of `following` from `state`, then the kind and
        the other early columns of the rows `after` from `later`; all are (steps, ...)."""
        losses = [state.new_zeros((), dtype=torch.float32)] * self.columns
        logits = self.logits(0, later, later)
        losses[0] = F.cross_entropy(
            logits.float(), targets[:, 0], ignore_index=IGNORED, reduction="sum"
        )
        early, late = range(1, EARLY_COLUMNS), range(EARLY_COLUMNS, self.columns)
        for column, loss in self._by_kind(later, after, targets, early, model):
            losses[column] = losses[column] + loss
        for column, loss in self._by_kind(state, following, targets, late, model):
            losses[column] = losses[column] + loss
        return torch.stack(losses), (targets != IGNORED).sum(0)

    def _by_kind(
        self, state: Tensor, rows: Tensor, targets: Tensor, columns: range, model: RowTransformer
    ) -> Iterator[tuple[int, Tensor]]:
        """Each column's loss for the steps of one kind of row after another: what a kind does not
        have is never computed. Sorted and split, so that gradients are joined, not filled."""
        has_loss = (targets[:, columns.start : columns.stop] != IGNORED).any(1)
        kinds = torch.where(has_loss, rows[:, 0], 0)
        order = kinds.argsort()
        sizes = kinds.bincount(minlength=len(self.tables.used)).tolist()
        chunks = zip(
            torch.split(state.index_select(0, order), sizes),
            torch.split(model.input_indices(rows.index_select(0, order)), sizes),
            torch.split(targets.index_select(0, order), sizes),
            strict=True,
        )
        for kind, (of_kind, indices, wanted) in enumerate(chunks):
            if not kind or not len(of_kind):
                continue
            embedded = self.chosen(indices[:, : columns.stop - 1])
            for column in columns:
                if not self.tables.used[kind][column]:
                    break
                chosen = embedded[:, :column].sum(1)
                logits = self.logits(column, of_kind, chosen, self.tables.logits_of(kind, column))
                yield (
                    column,
                    F.cross_entropy(
                        logits.float(), wanted[:, column], ignore_index=IGNORED, reduction="sum"
                    ),
                )


def _summed(table: nn.Embedding, indices: Tensor) -> Tensor:
    """(…, width): the embeddings of indices (…, fields) added up; one that is 0 adds none.

    In one step, for the gradient of each row's sum would be copied for each of its fields.
    """
    flat = F.embedding_bag(indices.flatten(0, -2), table.weight, mode="sum", padding_idx=0)
    return flat.view(*indices.shape[:-1], -1)


class ResidualLinear(nn.Linear):
    """Writes into the residual stream; starts at zero, so that a new block changes nothing."""


class Block(nn.Module):
    """Attention over the last `window` rows, then a feed-forward layer."""

    def __init__(self, width: int, heads: int, window: int) -> None:
        super().__init__()
        self.attention = Attention(width, heads, window)
        self.feed = FeedForward(width)

    def forward(self, state: Tensor, rotation: Tensor, document: Tensor | None) -> Tensor:
        state = state + self.attention(_norm(state), rotation, document)
        fed: Tensor = state + self.feed(_norm(state))
        return fed

    def go_on(self, state: Tensor, rotation: Tensor, memory: Memory) -> Tensor:
        """New rows behind those that the memory holds."""
        state = state + self.attention.go_on(_norm(state), rotation, memory)
        fed: Tensor = state + self.feed(_norm(state))
        return fed


class Attention(nn.Module):
    def __init__(self, width: int, heads: int, window: int) -> None:
        super().__init__()
        self.heads, self.window = heads, window
        self.input = nn.Linear(width, 3 * width, bias=False)
        self.output = ResidualLinear(width, width, bias=False)

    def forward(self, state: Tensor, rotation: Tensor, document: Tensor | None) -> Tensor:
        query, key, value = self._heads(state, rotation)
        if document is None:
            document = torch.zeros(state.shape[:2], dtype=torch.long, device=state.device)
        with torch.autocast(state.device.type, enabled=False):
            mixed = windowed_attention(query, key, value, document, self.window)
        joined: Tensor = self.output(mixed.transpose(1, 2).flatten(2))
        return joined

    def go_on(self, state: Tensor, rotation: Tensor, memory: Memory) -> Tensor:
        query, key, value = self._heads(state, rotation)
        key, value = memory.extend(key, value)
        back = memory.positions.unsqueeze(2) - torch.arange(memory.stop)  # (batch, time, stop)
        bias = _as_bias((back >= 0) & (back < self.window), query)
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        joined: Tensor = self.output(mixed.transpose(1, 2).flatten(2))
        return joined

    def _heads(self, state: Tensor, rotation: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values, each (batch, heads, time, head width)."""
        batch, time, width = state.shape
        three = self.input(state).view(batch, time, 3, self.heads, width // self.heads)
        query, key, value = three.permute(2, 0, 3, 1, 4)
        query, key = (_rotate(_norm(x), rotation).to(value.dtype) for x in (query, key))
        return query, key, value


class FeedForward(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.input = nn.Linear(width, 4 * width, bias=False)
        self.output = ResidualLinear(4 * width, width, bias=False)

    def forward(self, state: Tensor) -> Tensor:
        fed: Tensor = self.output(F.relu(self.input(state)).square())
        return fed


QUERY_BLOCK = 256


def windowed_attention(
    query: Tensor, key: Tensor, value: Tensor, document: Tensor, window: int
) -> Tensor:
    """Causal attention (batch, heads, time, head width) over the last `window` rows of the same
    document (batch, time).

    Written out in blocks of queries, each over the keys that it can see: forward and backward take
    a third of the time of `scaled_dot_product_attention` at 1,024 rows (docs/experiments.md).
    """
    time = query.shape[2]
    places = torch.arange(time, device=query.device)
    query = query * query.shape[-1] ** -0.5
    blocks = []
    for start in range(0, time, QUERY_BLOCK):
        stop = min(start + QUERY_BLOCK, time)
        first = max(0, start - window + 1) // QUERY_BLOCK * QUERY_BLOCK
        back = places[start:stop, None] - places[None, first:stop]
        seen = (back >= 0) & (back < window)
        seen = seen & (document[:, start:stop, None] == document[:, None, first:stop])
        scores = query[:, :, start:stop] @ key[:, :, first:stop].transpose(-1, -2)
        weights = (scores + _as_bias(seen, query)).softmax(-1)
        blocks.append(weights @ value[:, :, first:stop])
    return torch.cat(blocks, dim=2)


def _as_bias(allowed: Tensor, like: Tensor) -> Tensor:
    """(batch, 1, queries, keys): 0 where a row may look, -inf elsewhere."""
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


def _initialise(module: nn.Module) -> None:
    if isinstance(module, ResidualLinear):
        nn.init.zeros_(module.weight)
    elif isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, std=module.in_features**-0.5)
    elif isinstance(module, nn.Embedding):
        nn.init.normal_(module.weight, std=0.3)
