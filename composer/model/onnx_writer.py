"""A graph of operators as an ONNX file in memory, which onnxruntime reads.

Only what our graphs need of the format (github.com/onnx/onnx, onnx.proto3), in its wire form: the
`onnx` package would add 33 MB and an eighth of a second to every start.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

IR_VERSION, OPSET = 8, 18
MICROSOFT = "com.microsoft"
"""The domain of onnxruntime's own operators."""
_TYPES = {"float32": 1, "uint8": 2, "int32": 6, "int64": 7}
_ATTRIBUTE_FLOAT, _ATTRIBUTE_INT = 1, 2

Size = int | str
"""Of a dimension: a number, or a name where it is free."""


@dataclass(slots=True)
class Graph:
    """Operators in the order they are added; every value has a name."""

    _nodes: list[bytes] = field(default_factory=list)
    _constants: dict[str, bytes] = field(default_factory=dict)
    _inputs: list[bytes] = field(default_factory=list)
    _outputs: list[bytes] = field(default_factory=list)

    def constant(self, name: str, array: NDArray[np.generic]) -> str:
        """An array that belongs to the graph."""
        contents = b"".join(_number(1, size) for size in array.shape)
        contents += _number(2, _TYPES[array.dtype.name]) + _text(8, name)
        contents += _bytes(9, np.ascontiguousarray(array).tobytes())
        self._constants[name] = contents
        return name

    def input(self, name: str, sizes: Sequence[Size], kind: str = "float32") -> str:
        self._inputs.append(_value(name, sizes, kind))
        return name

    def output(self, name: str, sizes: Sequence[Size], kind: str = "float32") -> str:
        self._outputs.append(_value(name, sizes, kind))
        return name

    def add(
        self,
        operator: str,
        inputs: Sequence[str],
        outputs: Sequence[str],
        domain: str = "",
        **attributes: float,
    ) -> str:
        """An operator; returns the name of its first output."""
        contents = b"".join(_text(1, name) for name in inputs)
        contents += b"".join(_text(2, name) for name in outputs)
        contents += _text(4, operator) + _text(7, domain)
        contents += b"".join(_bytes(5, _attribute(*item)) for item in attributes.items())
        self._nodes.append(contents)
        return outputs[0]

    def file(self) -> bytes:
        """A ModelProto."""
        graph = b"".join(_bytes(1, node) for node in self._nodes) + _text(2, "graph")
        graph += b"".join(_bytes(5, constant) for constant in self._constants.values())
        graph += b"".join(_bytes(11, value) for value in self._inputs)
        graph += b"".join(_bytes(12, value) for value in self._outputs)
        opsets = [_text(1, "") + _number(2, OPSET), _text(1, MICROSOFT) + _number(2, 1)]
        versions = b"".join(_bytes(8, opset) for opset in opsets)
        return _number(1, IR_VERSION) + _bytes(7, graph) + versions


def _value(name: str, sizes: Sequence[Size], kind: str) -> bytes:
    dimensions = [_number(1, size) if isinstance(size, int) else _text(2, size) for size in sizes]
    shape = b"".join(_bytes(1, dimension) for dimension in dimensions)
    tensor = _number(1, _TYPES[kind]) + _bytes(2, shape)
    return _text(1, name) + _bytes(2, _bytes(1, tensor))


def _attribute(name: str, value: float) -> bytes:
    if isinstance(value, int):
        return _text(1, name) + _number(3, value) + _number(20, _ATTRIBUTE_INT)
    packed = _varint(2 << 3 | 5) + struct.pack("<f", value)
    return _text(1, name) + packed + _number(20, _ATTRIBUTE_FLOAT)


def _varint(number: int) -> bytes:
    number &= 2**64 - 1  # a negative number is written as its two's complement
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def _number(tag: int, value: int) -> bytes:
    return _varint(tag << 3) + _varint(value)


def _bytes(tag: int, contents: bytes) -> bytes:
    return _varint(tag << 3 | 2) + _varint(len(contents)) + contents


def _text(tag: int, contents: str) -> bytes:
    return _bytes(tag, contents.encode())
