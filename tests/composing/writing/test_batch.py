"""Pieces that are written side by side are those that would be written alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import cache

import numpy as np
import torch

from composer.composing.asking.fields_asked import given_fields
from composer.composing.asking.request import make_request
from composer.composing.writing.batch import write_all
from composer.composing.writing.sampling import Chance, Writer
from composer.model.runtime import Runtime
from composer.model.sizes import RowTables, Shape
from composer.model.transformer import RowTransformer
from composer.tokens.fields import Kind, layout
from composer.tokens.grammar import Grammar

REQUESTS = (
    {"style": "pop", "instruments": ["piano"], "bars": 3},
    {"style": "bach:0.5,joplin:0.5", "instruments": ["violin", "cello"], "bars": 2},
    {"mood": "tense", "bars": 40, "guidance": 1.0, "instruments": ["flute"]},
    {"bars": 1, "instruments": ["piano"]},
    {"style": "folk", "bars": 8, "form": "ABAB", "instruments": ["violin"]},
)


@cache
def untrained_model() -> Runtime:
    torch.manual_seed(5)
    shape = Shape(width=32, layers=2, heads=2, head_hidden=32, chosen_width=16, context=64)
    tables = RowTables(**asdict(layout()))
    drawn = RowTransformer(shape, tables).state_dict()
    return Runtime({name: tensor.numpy() for name, tensor in drawn.items()}, shape, tables)


def writers(numbers: Sequence[int]) -> list[Writer]:
    found = []
    for number in numbers:
        request = make_request(**REQUESTS[number])  # type: ignore[arg-type]
        grammar = Grammar(request.bars)
        random = np.random.default_rng(number)
        given = given_fields(request)
        found.append(Writer(untrained_model(), grammar, given, Chance(1.0, 1.0, 0.2), random))
    return found


def test_company_changes_no_piece() -> None:
    """Alone, together, in another order: the same rows, of blends and sliding windows too."""
    numbers = list(range(len(REQUESTS)))
    together = write_all(writers(numbers))
    turned = write_all(writers(numbers[::-1]))[::-1]
    for number in numbers:
        (alone,) = write_all(writers([number]))
        assert np.array_equal(alone, together[number])
        assert np.array_equal(alone, turned[number])
    assert max(map(len, together)) > untrained_model().shape.context


def test_more_pieces_than_lines_are_all_written() -> None:
    """Who waits for a line gets one; the bars of all are counted."""
    seen: list[tuple[int, int]] = []
    some = writers([3] * 40)
    rows = write_all(some, lambda done, total: seen.append((done, total)))
    assert [(one[:, 0] == Kind.BAR).sum() for one in rows] == [1] * 40
    assert seen[-1] == (40, 40)
    assert seen == sorted(seen)
