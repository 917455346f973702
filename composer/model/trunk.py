"""The layers of a row transformer as graphs for onnxruntime.

The same network as `composer.model.transformer`, which is the oracle of the tests. Matrices are
kept in eight bits, in blocks of `BLOCK` numbers with a scale each, and the rows that they multiply
are rounded to eight bits likewise: reading the weights from memory is most of what a step costs. A
step of one row takes a seventh of the time of torch's, one of four rows a quarter, and held-out
bits stay within .005 (docs/experiments/speed.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.model.onnx_writer import MICROSOFT, Graph, Size
from composer.model.sizes import EARLY_COLUMNS, RowTables, Shape
from composer.model.weights_file import Weights

BLOCK = 64
BITS, MIDDLE = 8, 128
_INTEGERS = 4
"""The accuracy level at which onnxruntime multiplies whole numbers."""
EPSILON = float(np.finfo(np.float32).eps)
"""What torch's norm adds to the mean square."""
_FORGOTTEN = -1
"""The window of a layer that sees all."""


def cache_names(layers: int) -> list[str]:
    """Of the keys and values of each layer; what goes in as `name` comes out as `name.new`."""
    return [f"{name}{layer}" for layer in range(layers) for name in ("key", "value")]


def trunk(weights: Weights, shape: Shape, tables: RowTables, exact: bool) -> bytes:
    """From `state` (lines, rows, width), summed embeddings of new rows, to their outer states
    `out` and `hidden` (lines, rows, late columns × head hidden) of the late heads.

    `last` (lines,) is the position of each line's last new row, `total` (1,) one more than the
    largest. Keys and values (lines, heads, context, head width) are written in place.
    """
    graph = _Layers(Graph(), weights, exact)
    state = graph.graph.input("state", ("lines", "rows", shape.width))
    for name in ("last", "total"):
        graph.graph.input(name, ("lines",) if name == "last" else (1,), "int32")
    of_line: tuple[Size, ...] = ("lines", shape.heads, "context", shape.head_width)
    for name in cache_names(shape.layers):
        graph.graph.input(name, of_line)
        graph.graph.output(f"{name}.new", of_line)
    graph.constants(shape)
    for layer in range(shape.layers):
        state = graph.block(state, layer, shape)
    graph.norm(state, "out", "width")
    graph.multiply("out", _first_of_heads(weights, range(EARLY_COLUMNS, tables.columns)), "hidden")
    _give(graph.graph, shape, tables.columns - EARLY_COLUMNS)
    return graph.graph.file()


def late(weights: Weights, shape: Shape, exact: bool) -> bytes:
    """From `state` (lines, rows, width) and `late`, the summed embeddings of the late columns of
    the rows that follow, to `out`, the states that have read them, and `hidden` (lines, rows,
    early columns × head hidden) of the early heads."""
    graph = _Layers(Graph(), weights, exact)
    for name in ("state", "late"):
        graph.graph.input(name, ("lines", "rows", shape.width))
    graph.constants(shape)
    graph.norm("state", "normal", "width")
    graph.graph.add("Add", ["normal", "late"], ["heard"])
    graph.squared_relu("heard", "fed")
    graph.multiply("fed", weights["late.weight"], "read")
    graph.graph.add("Add", ["state", "read"], ["sum"])
    graph.norm("sum", "out", "width")
    graph.multiply("out", _first_of_heads(weights, range(EARLY_COLUMNS)), "hidden")
    _give(graph.graph, shape, EARLY_COLUMNS)
    return graph.graph.file()


def _give(graph: Graph, shape: Shape, columns: int) -> None:
    graph.output("out", ("lines", "rows", shape.width))
    graph.output("hidden", ("lines", "rows", columns * shape.head_hidden))


def _first_of_heads(weights: Weights, columns: range) -> NDArray[np.float32]:
    """(columns × head hidden, width): what the heads make of a state, below each other."""
    return np.concatenate([weights[f"heads.from_state.{column}.weight"] for column in columns])


@dataclass(slots=True)
class _Layers:
    """Adds layers to a graph; each returns the name of what it makes."""

    graph: Graph
    weights: Weights
    exact: bool

    def constants(self, shape: Shape) -> None:
        add = self.graph.constant
        add("width", np.ones(shape.width, np.float32))
        add("head width", np.ones(shape.head_width, np.float32))
        add("by head", np.array([0, 0, shape.heads, shape.head_width]))
        add("joined", np.array([0, 0, shape.width]))
        add("thirds", np.array([shape.width] * 3))
        speeds = 1.0 / 10000 ** (np.arange(0, shape.head_width, 2) / shape.head_width)
        angles = np.arange(shape.context)[:, None] * speeds
        add("cosine", np.cos(angles).astype(np.float32))
        add("sine", np.sin(angles).astype(np.float32))

    def norm(self, name: str, out: str, ones: str) -> str:
        return self.graph.add(
            "SimplifiedLayerNormalization", [name, ones], [out], axis=-1, epsilon=EPSILON
        )

    def squared_relu(self, name: str, out: str) -> str:
        above = self.graph.add("Relu", [name], [f"{out}.above"])
        return self.graph.add("Mul", [above, above], [out])

    def multiply(self, name: str, weight: NDArray[np.float32], out: str) -> str:
        """Rows times the transpose of a matrix (outputs, inputs)."""
        if self.exact:
            matrix = self.graph.constant(f"{out}.weight", weight.T)
            return self.graph.add("MatMul", [name, matrix], [out])
        block = min(BLOCK, weight.shape[1])
        numbers, scales = in_eight_bits(weight, block)
        return self.graph.add(
            "MatMulNBits",
            [
                name,
                self.graph.constant(f"{out}.weight", numbers),
                self.graph.constant(f"{out}.scales", scales),
            ],
            [out],
            MICROSOFT,
            N=weight.shape[0],
            K=weight.shape[1],
            bits=BITS,
            block_size=block,
            accuracy_level=_INTEGERS,
        )

    def block(self, state: str, layer: int, shape: Shape) -> str:
        """Attention over the last rows, then a feed-forward layer."""
        here = f"blocks.{layer}"
        normal = self.norm(state, f"{here}.normal", "width")
        mixed = self._attention(normal, layer, shape)
        heard = self._times(mixed, f"{here}.attention.output", f"{here}.mixed")
        state = self.graph.add("Add", [state, heard], [f"{here}.heard"])
        normal = self.norm(state, f"{here}.normal2", "width")
        wide = self._times(normal, f"{here}.feed.input", f"{here}.wide")
        fed = self.squared_relu(wide, f"{here}.squared")
        fed = self._times(fed, f"{here}.feed.output", f"{here}.fed")
        return self.graph.add("Add", [state, fed], [f"{here}.state"])

    def _times(self, name: str, weight: str, out: str) -> str:
        return self.multiply(name, self.weights[f"{weight}.weight"], out)

    def _attention(self, normal: str, layer: int, shape: Shape) -> str:
        here = f"blocks.{layer}"
        three = self._times(normal, f"{here}.attention.input", f"{here}.three")
        query, key, value = f"{here}.query", f"{here}.key", f"{here}.value"
        self.graph.add("Split", [three, "thirds"], [query, key, value], axis=-1)
        query, key = (self._normal_heads(name) for name in (query, key))
        cache = [f"key{layer}", f"value{layer}"]
        window = shape.window_of(layer)
        return self.graph.add(
            "GroupQueryAttention",
            [query, key, value, *cache, "last", "total", "cosine", "sine"],
            [f"{here}.seen", *(f"{name}.new" for name in cache)],
            MICROSOFT,
            num_heads=shape.heads,
            kv_num_heads=shape.heads,
            do_rotary=1,
            local_window_size=_FORGOTTEN if window == shape.context else window,
        )

    def _normal_heads(self, name: str) -> str:
        """Each head's part normalised by itself."""
        parted = self.graph.add("Reshape", [name, "by head"], [f"{name}.parted"])
        normal = self.norm(parted, f"{name}.normal", "head width")
        return self.graph.add("Reshape", [normal, "joined"], [f"{name}.joined"])


def in_eight_bits(
    weight: NDArray[np.float32], block: int
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """A matrix (outputs, inputs) in whole numbers (outputs, blocks, block) around 128, and the
    scale of each block (outputs × blocks,)."""
    outputs, inputs = weight.shape
    blocks = weight.reshape(outputs, inputs // block, block)
    scales = np.abs(blocks).max(2) / np.float32(MIDDLE - 1)
    scales[scales == 0.0] = 1.0
    numbers = np.rint(blocks / scales[:, :, None]) + np.float32(MIDDLE)
    return numbers.astype(np.uint8), scales.ravel()
