"""A trained row transformer where pieces are written: numbers in, logits out, without torch.

The layers run in onnxruntime (`composer.model.trunk`); embeddings and the last matrix of a head,
of which only a field's own rows are needed, in numpy. Every line of a batch is computed as if it
were alone, to the last bit, as long as rows are read one by one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from composer.model.sizes import EARLY_COLUMNS, RowTables, Shape
from composer.model.trunk import cache_names, late, trunk
from composer.model.weights_file import Weights

if TYPE_CHECKING:
    from onnxruntime import InferenceSession, IOBinding

Array = NDArray[np.float32]
Indices = NDArray[np.intp]

FIRST_ROWS = 128
"""Room of a memory at first: twelve kilobytes a row and line at the size that is shipped."""


class State(NamedTuple):
    """`out` (lines, rows, width) are outer states, `hidden` (lines, rows, columns, head hidden)
    what the heads of some columns make of them: the late ones of states that have read rows, the
    early ones of states that have read late fields too."""

    out: Array
    hidden: Array


class Runtime:
    """One model for any number of memories.

    With `exact`, matrices are float32 as in torch, at three to five times the time a step.
    """

    def __init__(
        self, weights: Weights, shape: Shape, tables: RowTables, exact: bool = False
    ) -> None:
        self.shape, self.tables = shape, tables
        self.input_offset = np.array(tables.input_offset)
        self.used = np.array(tables.used)
        self.embedding = _without_first(weights["embedding.weight"])
        self.early_embedding = _without_first(weights["early_embedding.weight"])
        self.late_embedding = _without_first(weights["late_embedding.weight"])
        self.chosen = weights["heads.chosen.weight"]
        columns = range(tables.columns)
        self.from_chosen = [weights[f"heads.from_chosen.{c}.weight"] for c in columns]
        self.output = [weights[f"heads.output.{c}.weight"] for c in columns]
        self.trunk = _session(trunk(weights, shape, tables, exact))
        self.late = _session(late(weights, shape, exact))

    def input_indices(self, rows: ArrayLike) -> Indices:
        """(…, columns) field values -> indices of embeddings, 0 where a kind has no field."""
        rows = np.asarray(rows)
        kind = rows[..., 0]
        return np.where(self.used[kind], rows + self.input_offset[kind], 0)

    def read(self, rows: ArrayLike, following: ArrayLike, memory: Memory) -> State:
        """Read rows (lines, rows, columns) behind those that the lines of a memory hold.

        `following` are the rows behind each, of which the early columns are read. The late heads'
        `hidden` is that of the fields of `following`.
        """
        state = self.embedding[self.input_indices(rows)].sum(2)
        early = self.input_indices(following)[..., :EARLY_COLUMNS]
        state += self.early_embedding[early].sum(2)
        out = np.empty(state.shape, np.float32)
        hidden = np.empty((*state.shape[:2], self._late_columns * self.shape.head_hidden), "f4")
        memory.run(state, out, hidden)
        return State(out, self._by_column(hidden))

    def with_late(self, out: Array, following: ArrayLike) -> State:
        """States (lines, rows, width) that have read the late columns of the rows that follow; the
        early heads' `hidden` is that of the rows after those."""
        late = self.input_indices(following)[..., EARLY_COLUMNS:]
        summed = self.late_embedding[late].sum(-2)
        out, hidden = self.late.run(["out", "hidden"], {"state": out, "late": summed})
        return State(out, self._by_column(hidden))

    def logits(self, hidden: Array, row: list[int]) -> Array:
        """(values,) of the field behind those of `row`; `hidden` (head hidden,) is its column's."""
        column = len(row)
        if not row:
            return self.output[0] @ _squared_relu(hidden)
        offsets = self.tables.input_offset[row[0]]
        places = [value + offset for value, offset in zip(row, offsets, strict=False)]
        chosen = self.chosen.take(places, axis=0)
        hidden = hidden + self.from_chosen[column] @ chosen.sum(0)
        where = self.tables.logits_of(row[0], column)
        found: Array = self.output[column][where] @ _squared_relu(hidden)
        return found

    @property
    def _late_columns(self) -> int:
        return self.tables.columns - EARLY_COLUMNS

    def _by_column(self, hidden: Array) -> Array:
        return hidden.reshape(*hidden.shape[:2], -1, self.shape.head_hidden)


@dataclass(slots=True)
class _Store:
    """Keys and values, shape (layers × 2, lines, heads, rows, head width), and by first and last
    line what ties some lines to the graph's."""

    array: Array
    bindings: dict[tuple[int, int], IOBinding] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """For how many rows there is room."""
        rows: int = self.array.shape[3]
        return rows


class Memory:
    """Keys and values of the rows read so far; each line of a batch has its length, and `lengths`
    is (lines,). There is room for `FIRST_ROWS` rows at first, for twice as many when they are full.
    """

    def __init__(self, model: Runtime, lines: int) -> None:
        self.model = model
        self.store = _Store(_laid_out(model.shape, lines, FIRST_ROWS))
        self.lengths = np.zeros(lines, dtype=np.int64)
        self.first = 0

    def lines(self, start: int, stop: int) -> Memory:
        """A view of some lines: what is read into it is read into the whole."""
        view = Memory.__new__(Memory)
        view.model, view.store, view.lengths = self.model, self.store, self.lengths[start:stop]
        view.first = self.first + start
        return view

    def copy(self, source: int, target: int) -> None:
        """Let a line hold what another one holds."""
        length = self.lengths[source]
        self.store.array[:, target, :, :length] = self.store.array[:, source, :, :length]
        self.lengths[target] = length

    def run(self, state: Array, out: Array, hidden: Array) -> None:
        """Read summed embeddings (lines, rows, width) into the lines."""
        from onnxruntime import OrtValue

        last = (self.lengths + state.shape[1] - 1).astype(np.int32)
        total = last.max(keepdims=True) + np.int32(1)
        self._make_room(int(total[0]))
        binding = self._binding()
        binding.bind_cpu_input("state", state)
        binding.bind_cpu_input("last", last)
        binding.bind_cpu_input("total", total)
        binding.bind_ortvalue_output("out", OrtValue.ortvalue_from_numpy(out))
        binding.bind_ortvalue_output("hidden", OrtValue.ortvalue_from_numpy(hidden))
        self.model.trunk.run_with_iobinding(binding)
        self.lengths += state.shape[1]

    def _make_room(self, rows: int) -> None:
        """Move what is there into a store of twice the rows, until so many have room."""
        had = self.store.rows
        if rows <= had:
            return
        room = had
        while room < rows:
            room *= 2
        found = self.store.array
        larger = _laid_out(self.model.shape, found.shape[1], room)
        larger[:, :, :, :had] = found
        self.store.array = larger
        self.store.bindings.clear()

    def _binding(self) -> IOBinding:
        """What ties the keys and values of these lines to the graph's, in place."""
        from onnxruntime import OrtValue

        lines = self.first, self.first + len(self.lengths)
        bindings = self.store.bindings
        if lines not in bindings:
            binding = self.model.trunk.io_binding()
            names = cache_names(self.model.shape.layers)
            for name, layer in zip(names, self.store.array, strict=True):
                value = OrtValue.ortvalue_from_numpy(layer[slice(*lines)])
                binding.bind_ortvalue_input(name, value)
                binding.bind_ortvalue_output(f"{name}.new", value)
            bindings[lines] = binding
        return bindings[lines]


def _laid_out(shape: Shape, lines: int, rows: int) -> Array:
    """(layers × 2, lines, heads, rows, head width); no more rows than the context."""
    rows = min(rows, shape.context)
    return np.zeros((2 * shape.layers, lines, shape.heads, rows, shape.head_width), np.float32)


def _session(graph: bytes) -> InferenceSession:
    """One thread: a few rows are too little work for several, they wait for each other."""
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _without_first(table: Array) -> Array:
    """Embedding 0, of fields that are not there, adds nothing."""
    found = table.copy()
    found[0] = 0.0
    return found


def _squared_relu(hidden: Array) -> Array:
    above = np.maximum(hidden, np.float32(0.0))
    return above * above
