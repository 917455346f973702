"""How large a model is, and where the values of each field lie in its tables."""

from __future__ import annotations

from dataclasses import dataclass

IGNORED = -100
"""A target of this value has no loss."""

EARLY_COLUMNS = 4
"""Fields of a row, its kind first, that are read one step ahead of the others."""


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

    def logits_of(self, kind: int, column: int) -> slice:
        """Where the values of a field are among the logits of its column."""
        start = self.output_offset[kind][column]
        return slice(start, start + self.field_size[kind][column])


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a model. `context` is how many rows it sees at once, `window` how many of them
    the layers see that do not see all."""

    width: int = 384
    layers: int = 6
    heads: int = 6
    head_hidden: int = 256
    chosen_width: int = 128
    window: int = 256
    context: int = 1024

    def window_of(self, layer: int) -> int:
        """How many rows back a layer sees, itself included; every third sees all."""
        return self.context if layer % 3 == 2 else min(self.window, self.context)

    @property
    def head_width(self) -> int:
        return self.width // self.heads
