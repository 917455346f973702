"""A small network that hears a few bars: numbers in, logits out.

The embeddings of a row's columns are summed; residual blocks of convolutions over the rows, the
later ones with gaps (dilation), hear each note among its neighbours; the mean and the maximum over
the rows go to three linear heads. An attentive network of the same size took six times as long to
train (docs/experiments/critic.md).
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn
from torch.nn import functional as F

from composer.errors import CheckpointError

CRITIC_VERSION = 1
KERNEL = 5


@dataclass(frozen=True, slots=True)
class CriticShape:
    """`sizes` are the values of each column; `styles` and `quadrants` the outputs of two heads."""

    sizes: tuple[int, ...]
    styles: int
    quadrants: int = 4
    width: int = 80
    dilations: tuple[int, ...] = (1, 4)


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


def load_critic(path: Path, sizes: Sequence[int]) -> Critic:
    """Read a critic of columns of these sizes. Raises CheckpointError if that is impossible."""
    if not path.is_file():
        raise CheckpointError(
            f"no critic at {path}; `python -m benchmarks.critic_lessons` fits one"
        )
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{path} is not a file of weights ({error})") from error
    shape = json.loads(metadata.get("shape", "{}"))
    if metadata.get("critic_version") != str(CRITIC_VERSION) or shape["sizes"] != list(sizes):
        raise CheckpointError(
            f"{path} is a critic of other rows; make one with `python -m benchmarks.critic_lessons`"
        )
    tuples = {"sizes": tuple(sizes), "dilations": tuple(shape["dilations"])}
    critic = Critic(CriticShape(**shape | tuples))
    critic.load_state_dict(tensors)
    return critic.eval()
