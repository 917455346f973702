"""The runtime answers as the model of torch that it was trained as."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache

import numpy as np
import pytest
import torch

from composer.model.runtime import Memory, Runtime
from composer.model.sizes import EARLY_COLUMNS, IGNORED, RowTables, Shape
from composer.model.surprise import nats
from composer.model.transformer import RowTransformer
from composer.tokens.fields import COLUMNS, FIELD_SIZES, ROW_FIELDS, Kind, layout

SHAPE = Shape(width=64, layers=4, heads=2, head_hidden=64, chosen_width=32, window=24, context=96)


@cache
def torch_model() -> RowTransformer:
    """Weights drawn so that every part counts."""
    torch.manual_seed(3)
    model = RowTransformer(SHAPE, RowTables(**asdict(layout())))
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    return model.eval()


@cache
def runtime(exact: bool) -> Runtime:
    weights = {name: found.numpy() for name, found in torch_model().state_dict().items()}
    return Runtime(weights, SHAPE, RowTables(**asdict(layout())), exact)


def random_rows(lines: int, time: int, seed: int) -> np.ndarray:
    """(lines, time, columns): every kind, every value."""
    random = np.random.default_rng(seed)
    rows = np.zeros((lines, time, COLUMNS), dtype=np.int64)
    rows[..., 0] = random.integers(1, int(max(Kind)) + 1, (lines, time))
    for kind, names in ROW_FIELDS.items():
        for column, name in enumerate(names, 1):
            drawn = random.integers(0, FIELD_SIZES[name], (lines, time))
            rows[..., column] = np.where(rows[..., 0] == kind, drawn, rows[..., column])
    return rows


@torch.inference_mode()
def torch_states(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """States of all rows but the last one, and those that have read the late fields behind."""
    ahead = torch.from_numpy(rows[:, 1:])
    state = torch_model()(torch.from_numpy(rows[:, :-1]), ahead)
    return state.numpy(), torch_model().with_late(state, ahead).numpy()


def in_pieces(model: Runtime, rows: np.ndarray, sizes: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """The same, read so many rows at once."""
    memory = Memory(model, len(rows))
    states, laters, start = [], [], 0
    for size in sizes:
        stop = start + size
        for line in range(len(rows)):
            ahead = rows[line : line + 1, start + 1 : stop + 1]
            state = model.read(
                rows[line : line + 1, start:stop], ahead, memory.lines(line, line + 1)
            )
            states.append(state.out[0])
            laters.append(model.with_late(state.out, ahead).out[0])
        start = stop
    return tuple(
        np.stack([np.concatenate(found[line :: len(rows)]) for line in range(len(rows))])
        for found in (states, laters)
    )  # type: ignore[return-value]


@pytest.mark.parametrize("sizes", [[90], [1] * 90, [40, 1, 1, 30, 18]])
def test_states_are_those_of_torch(sizes: list[int]) -> None:
    """With whole matrices to a ten-thousandth, whatever is read at once, beyond the window too."""
    rows = random_rows(2, 91, seed=1)
    for own, expected in zip(
        in_pieces(runtime(exact=True), rows, sizes), torch_states(rows), strict=True
    ):
        assert np.abs(own - expected).max() < 1e-4


def test_eight_bits_are_close() -> None:
    """States, whose numbers are about 1, are off by a few hundredths."""
    rows = random_rows(2, 91, seed=2)
    for own, expected in zip(
        in_pieces(runtime(exact=False), rows, [1] * 90), torch_states(rows), strict=True
    ):
        assert np.sqrt(np.square(own - expected).mean()) < 0.05


@torch.inference_mode()
def test_logits_are_those_of_torch() -> None:
    """Of every field of every kind, from the state that it hangs on."""
    rows = random_rows(1, 40, seed=3)
    model, oracle = runtime(exact=True), torch_model()
    state = model.read(rows[:, :-1], rows[:, 1:], Memory(model, 1))
    later = model.with_late(state.out, rows[:, 1:])
    states, laters = torch_states(rows)
    for place in range(38):
        for is_late, row in ((True, rows[0, place + 1]), (False, rows[0, place + 2])):
            fields = 1 + len(ROW_FIELDS[Kind(row[0])])
            columns = range(EARLY_COLUMNS, fields) if is_late else range(min(fields, EARLY_COLUMNS))
            for column in columns:
                begun = row[:column].tolist()
                hidden = (state if is_late else later).hidden[0, place]
                own = model.logits(hidden[column - EARLY_COLUMNS * is_late], begun)
                indices = oracle.input_indices(torch.from_numpy(row))[:column]
                chosen = oracle.heads.chosen(indices).sum(0, keepdim=True)
                outer = torch.from_numpy((states if is_late else laters)[0, place : place + 1])
                where = oracle.tables.logits_of(begun[0], column) if begun else None
                expected = oracle.heads.logits(column, outer, chosen, where)[0].numpy()
                assert np.abs(own - expected).max() < 1e-4 * max(1.0, np.abs(expected).max())


@pytest.mark.parametrize("exact", [False, True])
def test_company_changes_nothing(exact: bool) -> None:
    """A line is read to the last bit as it would be alone, at any length of its own."""
    model, rows = runtime(exact), random_rows(16, 60, seed=4)
    begun = np.arange(16)  # rows that a line has read before
    memory = Memory(model, 16)
    for line, start in enumerate(begun.tolist()):
        if start:
            one = slice(line, line + 1)
            model.read(rows[one, :start], rows[one, 1 : start + 1], memory.lines(line, line + 1))
    for step in range(20):
        places = begun + step
        now, ahead = (rows[np.arange(16), places + more][:, None] for more in (0, 1))
        state = model.read(now, ahead, memory)
    for line, start in enumerate(begun.tolist()):
        own, one = Memory(model, 1), slice(line, line + 1)
        if start:
            model.read(rows[one, :start], rows[one, 1 : start + 1], own)
        for place in range(start, start + 20):
            alone = model.read(rows[one, place : place + 1], rows[one, place + 1 : place + 2], own)
        assert np.array_equal(alone.out[0], state.out[line])
        assert np.array_equal(alone.hidden[0], state.hidden[line])


@torch.inference_mode()
def test_rows_surprise_as_they_do_torch() -> None:
    """Nats of every column, unknown targets left out; in eight bits to one in a hundred."""
    rows = random_rows(1, 92, seed=6)[0]
    used = np.array(layout().used)[rows[:, 0]]
    known = np.where(used, rows, IGNORED)
    targets = np.concatenate([known[2:, :EARLY_COLUMNS], known[1:-1, EARLY_COLUMNS:]], axis=1)
    targets[:20] = IGNORED
    batch = (torch.from_numpy(array).unsqueeze(0) for array in (rows, targets))
    expected = torch_model().loss(*batch)[0].numpy()
    assert np.allclose(nats(runtime(exact=True), rows, targets), expected, rtol=1e-4)
    assert np.allclose(nats(runtime(exact=False), rows, targets), expected, rtol=1e-2)


def test_a_copied_line_goes_on_as_its_source() -> None:
    """What was read once need not be read again."""
    model, rows = runtime(exact=False), random_rows(1, 40, seed=5)
    memory = Memory(model, 3)
    model.read(rows[:, :30], rows[:, 1:31], memory.lines(1, 2))
    memory.copy(1, 0)
    first, second = (
        model.read(rows[:, 30:31], rows[:, 31:32], memory.lines(line, line + 1)) for line in (0, 1)
    )
    assert memory.lengths.tolist() == [31, 31, 0]
    assert np.array_equal(first.out, second.out)
