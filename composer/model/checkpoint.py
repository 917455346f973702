"""A model of torch in one file: safetensors with its shape, its tables and where it comes from.

Weights are stored in half the size (bfloat16) and read back as float32.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save

from composer.model.sizes import RowTables
from composer.model.transformer import RowTransformer
from composer.model.weights_file import read_weights


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`fingerprint` names these weights in reports; `about` says how they were trained."""

    model: RowTransformer
    format_version: int
    fingerprint: str
    about: dict[str, Any] = field(default_factory=dict)


def save_checkpoint(
    path: Path, model: RowTransformer, format_version: int, about: dict[str, Any]
) -> None:
    """Write the model under a temporary name, then rename it. Raises OSError if that fails."""
    tensors = {
        name: tensor.detach().to("cpu", torch.bfloat16).contiguous()
        for name, tensor in model.state_dict().items()
    }
    metadata = {
        "format_version": str(format_version),
        "shape": json.dumps(asdict(model.shape)),
        "tables": json.dumps(asdict(model.tables)),
        "about": json.dumps(about, ensure_ascii=False),
    }
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_bytes(save(tensors, metadata))
    os.replace(unfinished, path)


def load_checkpoint(path: Path, format_version: int, tables: RowTables) -> Checkpoint:
    """Read a model. Raises CheckpointError if the file is missing, broken or of another format."""
    found = read_weights(path, format_version, tables)
    model = RowTransformer(found.shape, tables)
    model.load_state_dict({name: torch.tensor(array) for name, array in found.weights.items()})
    return Checkpoint(model.eval(), format_version, found.fingerprint, found.about)
