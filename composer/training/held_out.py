"""Bits per note of music that was never trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from composer.corpus.shards import Shard
from composer.tokens.fields import HEADER_KINDS, Kind
from composer.tokens.transpose import in_common_key
from composer.training.augment import without_facts
from composer.training.batches import Batch, Crop, Pieces, pack

if TYPE_CHECKING:
    import torch

    from composer.model.transformer import RowTransformer

SEED = 20261124


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Fixed crops of the `valid` works of one corpus, header given, nothing dropped."""

    corpus: str
    batch: Batch
    notes: int


@dataclass(frozen=True, slots=True)
class Score:
    """Bits of all rows after the header (bars, plans, dynamics and notes), per note.

    `by_column` splits them over the columns of a row (kind first).
    """

    corpus: str
    notes: int
    bits_per_note: float
    by_column: tuple[float, ...]


def held_out_sets(
    shards: Sequence[Shard], context: int, crops: int, facts: bool = True
) -> list[HeldOut]:
    """`crops` crops of up to `context` rows of each corpus that has held-out works.

    Without `facts` the same music, its chord rows left out and the plans of its bars unknown.
    """
    sets = []
    for shard in shards:
        pieces = Pieces(shard, "valid")
        if pieces.row_count:
            random = np.random.default_rng(SEED)
            drawn = [pieces.crop(random, context) for _ in range(crops)]
            moved = [_as_read(crop, facts) for crop in drawn]
            lines = [pack([crop], context) for crop in moved]
            batch = Batch(*(np.stack(arrays) for arrays in zip(*lines, strict=True)))
            sets.append(HeldOut(shard.name, batch, int((batch.targets[..., 0] == Kind.NOTE).sum())))
    return sets


def _as_read(crop: Crop, facts: bool) -> Crop:
    rows, _ = in_common_key(crop.rows)
    rows = rows if facts else without_facts(rows)
    is_header: NDArray[np.bool_] = np.isin(rows[:, 0], HEADER_KINDS)
    return crop._replace(rows=rows, given=is_header)


def score(
    model: RowTransformer,
    held_out: HeldOut,
    device: torch.device,
    half: bool = False,
    lines: int = 1,
) -> Score:
    """The model's bits per note on one held-out set, in bfloat16 if `half`, some lines at once."""
    import torch

    model.eval()
    columns = torch.zeros(model.tables.columns, dtype=torch.float64)
    for line in range(0, len(held_out.batch.rows), lines):
        rows, targets, document = (
            torch.from_numpy(array[line : line + lines]).to(device) for array in held_out.batch
        )
        with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, enabled=half):
            losses, _ = model.loss(rows, targets, document)
        columns += losses.double().cpu()
    model.train()
    return score_of(held_out, columns.numpy())


def score_of(held_out: HeldOut, nats: NDArray[np.float64]) -> Score:
    """From the summed nats of each column."""
    bits = (nats / np.log(2) / held_out.notes).tolist()
    return Score(held_out.corpus, held_out.notes, sum(bits), tuple(bits))


def mean_bits(scores: Sequence[Score]) -> float:
    """Bits per note over all held-out notes of all corpora."""
    notes = sum(item.notes for item in scores)
    return sum(item.bits_per_note * item.notes for item in scores) / notes
