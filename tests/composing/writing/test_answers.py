"""Answering what writers ask: the logits are those of the whole sequence read at once."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import asdict

import numpy as np
import pytest
import torch

from composer.analysis.analyse import analyse
from composer.composing.writing.batch import _Batch, _Piece
from composer.composing.writing.sampling import Ask, Floats, Stream
from composer.model.runtime import Memory, Runtime
from composer.model.sizes import RowTables, Shape
from composer.model.transformer import RowTransformer
from composer.music.normalise import normalise
from composer.music.piece import MeterChange, Note, Part, Piece
from composer.tokens.encode import encode
from composer.tokens.fields import COLUMNS, LEADING_ROWS, NEVER_UNKNOWN, ROW_FIELDS, Kind, layout
from composer.training.batches import Crop, pack

SHAPE = Shape(width=32, layers=3, heads=2, head_hidden=32, chosen_width=16, window=40, context=512)


def a_model() -> RowTransformer:
    torch.manual_seed(3)
    model = RowTransformer(SHAPE, RowTables(**asdict(layout())))
    for parameter in model.parameters():  # residual outputs start at zero; the test wants traffic
        torch.nn.init.normal_(parameter, std=0.2)
    return model.eval()


def rows_of(seed: int) -> np.ndarray:
    """A short piece for piano and flute, its fields all known."""
    random = np.random.default_rng(seed)
    parts = tuple(
        Part(
            name,
            program,
            tuple(
                Note(12 * step, 12, int(pitch))
                for step in range(0, 32)
                for pitch in np.unique(low + random.integers(0, 24, size=voices))
            ),
        )
        for name, program, low, voices in (("flute", 73, 67, 1), ("piano", 0, 45, 3))
    )
    piece = normalise(Piece(parts, (MeterChange(0, 4, 4),), 4 * 96))
    return encode(piece, analyse(piece), "human").rows


def dictated(rows: list[list[int]], found: list[float]) -> Generator[Ask, Floats, np.ndarray]:
    """Asks for every field of every row, notes what it would cost, and goes on with the row."""
    unread = [[0] * COLUMNS] * LEADING_ROWS
    for row in rows:
        for column in range(1 + len(ROW_FIELDS[Kind(row[0])])):
            logits = yield Ask(row[:column], unread, False)
            unread = []
            found.append(float(np.logaddexp.reduce(logits) - logits[row[column]]))
        unread = [row]
    return np.array(rows)


@torch.inference_mode()
def test_answers_are_those_of_the_whole_sequence() -> None:
    """Two pieces of different lengths side by side: each costs what training says it costs."""
    model, costs, expected = a_model(), [], []
    weights = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
    batch = _Batch(Memory(Runtime(weights, SHAPE, model.tables, exact=True), 2), 2)
    for seed in (0, 1):
        rows = rows_of(seed)[: 90 + 40 * seed]
        crop = Crop(rows, True, np.zeros(len(rows), dtype=bool))
        packed = pack([crop], SHAPE.context)
        losses, _ = model.loss(*(torch.from_numpy(array)[None] for array in packed))
        found: list[float] = []
        batch.add(_Piece([Stream(1.0, {})], dictated(rows.tolist(), found), []))
        costs.append(found)
        expected.append((rows, float(losses.sum())))
    while batch.pieces:
        batch.write_a_row()
    for found, (rows, loss) in zip(costs, expected, strict=True):
        known = iter(found)
        total = 0.0
        for row in rows.tolist():
            for column in range(1 + len(ROW_FIELDS[Kind(row[0])])):
                cost = next(known)
                is_unknown = column and not row[column] and _may_be_unknown(row, column)
                total += 0.0 if is_unknown else cost
        assert total == pytest.approx(loss, rel=1e-3)


def _may_be_unknown(row: list[int], column: int) -> bool:
    return ROW_FIELDS[Kind(row[0])][column - 1] not in NEVER_UNKNOWN
