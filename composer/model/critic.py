"""A small network that hears a few bars: numbers in, logits out; in torch, for training.

The embeddings of a row's columns are summed; residual blocks of convolutions over the rows, the
later ones with gaps (dilation), hear each note among its neighbours; the mean and the maximum over
the rows go to three linear heads. An attentive network of the same size took six times as long to
train (docs/experiments/critic.md).
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors.torch import save
from torch import Tensor, nn
from torch.nn import functional as F

from composer.model.listener import CRITIC_VERSION, KERNEL, CriticShape


class Heard(NamedTuple):
    """Logits of windows: whether people wrote it (batch,), styles and quadrants (batch, ...)."""

    real: Tensor
    style: Tensor
    quadrant: Tensor


class Critic(nn.Module):
    offsets: Tensor

    def __init__(self, shape: CriticShape, dropout: float = 0.0) -> None:
        super().__init__()
        self.shape = shape
        starts = torch.tensor((0, *shape.sizes[:-1])).cumsum(0)
        self.register_buffer("offsets", starts, persistent=False)
        self.embedding = nn.Embedding(sum(shape.sizes), shape.width)
        nn.init.normal_(self.embedding.weight, std=0.3)
        self.blocks = nn.ModuleList(_Block(shape.width, gap) for gap in shape.dilations)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(2 * shape.width, 1 + shape.styles + shape.quadrants)

    def forward(self, rows: Tensor) -> Heard:
        """Rows (batch, rows, columns); all columns 0 where a window is shorter than the longest."""
        outside = (rows[..., 0] == 0).unsqueeze(2)  # (batch, rows, 1)
        state = self.embedding(rows + self.offsets).sum(2).masked_fill(outside, 0.0)
        for block in self.blocks:
            state = state + self.dropout(block(state, outside)).masked_fill(outside, 0.0)
        mean = state.sum(1) / (~outside).sum(1)
        peak = state.masked_fill(outside, float("-inf")).amax(1)
        logits = self.output(self.dropout(torch.cat([mean, peak], dim=1)))
        real, style, quadrant = logits.split([1, self.shape.styles, self.shape.quadrants], dim=1)
        return Heard(real.squeeze(1), style, quadrant)


class _Block(nn.Module):
    def __init__(self, width: int, gap: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.wide = nn.Conv1d(width, width, KERNEL, padding=gap * (KERNEL // 2), dilation=gap)
        self.mix = nn.Linear(width, width)

    def forward(self, state: Tensor, outside: Tensor) -> Tensor:
        """(batch, rows, width) both ways; `outside` (batch, rows, 1) are rows of no window."""
        normal = self.norm(state).masked_fill(outside, 0.0)
        heard = self.wide(normal.transpose(1, 2)).transpose(1, 2)
        mixed: Tensor = self.mix(F.gelu(heard))
        return mixed


def padded(windows: Sequence[Tensor]) -> Tensor:
    """(batch, rows of the longest, columns)."""
    return nn.utils.rnn.pad_sequence(list(windows), batch_first=True)


def save_critic(path: Path, critic: Critic, about: dict[str, object]) -> None:
    """Write half-precision weights under a temporary name, then rename it."""
    tensors = {
        name: tensor.detach().half().contiguous() for name, tensor in critic.state_dict().items()
    }
    metadata = {
        "critic_version": str(CRITIC_VERSION),
        "shape": json.dumps(asdict(critic.shape)),
        "about": json.dumps(about),
    }
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_bytes(save(tensors, metadata))
    os.replace(unfinished, path)
