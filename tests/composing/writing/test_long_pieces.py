"""A piece of any length is read and kept in mind by the window, never as a whole."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from composer.cli.printing import context_line
from composer.composing.asking.request import MOST_BARS
from composer.composing.leans.lean import NAMED
from composer.composing.writing.sampling import Chance, Given, Writer
from composer.tokens.fields import FIELD_SIZES, Kind
from composer.tokens.grammar import Grammar

CONTEXT = 96


def written(bars: int) -> tuple[Writer, list[list[list[int]]]]:
    """A piece by chance alone, with a model of small context, and what is read at each question."""
    model: Any = SimpleNamespace(shape=SimpleNamespace(context=CONTEXT))
    writer = Writer(model, Grammar(bars), Given(), Chance(), np.random.default_rng(5))
    asking = writer.rows()
    reads = []
    ask = next(asking)
    while True:
        reads.append(ask.unread)
        name = NAMED[ask.row[0]][len(ask.row) - 1][1] if ask.row else "kind"
        logits = np.zeros(FIELD_SIZES[name])
        if name == "kind":
            logits[Kind.BAR] = -1.0  # few notes a bar, but some
        try:
            ask = asking.send(logits)
        except StopIteration:
            return writer, reads


def test_what_is_read_grows_with_the_bars_alone() -> None:
    """Each time the context is full, the header and some bars are read again: the same share of a
    long piece as of a longer one."""
    shares = []
    for bars in (60, 240):
        writer, reads = written(bars)
        shares.append(sum(map(len, reads)) / len(writer.written))
        assert max(map(len, reads)) < CONTEXT
    assert shares[1] < 1.3 * shares[0]


def test_where_the_model_began_afresh_is_known() -> None:
    """The bar in which it did, and the first of those that it has read since, whole."""
    writer, reads = written(150)
    afresh = [rows for rows in reads[1:] if rows[: len(writer.header)] == writer.header]
    assert len(writer.windows) == len(afresh) > 3
    starts = [place for place, row in enumerate(writer.body) if row[0] == Kind.BAR]
    for (bar, first_bar), rows in zip(writer.windows, afresh, strict=True):
        kept = rows[len(writer.header) :]
        assert 1 <= first_bar <= bar <= 150
        assert writer.body[starts[first_bar - 1] :][: len(kept)] == kept
    assert writer.windows == sorted(writer.windows)


def test_a_piece_of_a_thousand_bars_can_be_asked_for() -> None:
    """And the report says how it goes on."""
    assert MOST_BARS >= 1000
    line = context_line([{"bar": 42, "first_bar": 25}, {"bar": 70, "first_bar": 50}])
    assert line.startswith("beyond the context: 2 times, first in bar 42, ")
    assert "the latest 17 to 20 bars" in line


def test_a_piece_that_fits_has_no_such_places() -> None:
    """It is read once, row by row."""
    writer, reads = written(3)
    assert writer.windows == []
    assert sum(map(len, reads)) <= len(writer.header) + len(writer.written)
