"""A model in one file: safetensors with its shape, its tables and where it comes from.

Weights are stored in half the size (bfloat16) and read back as float32. A file of another event
format is refused: its numbers would mean other music.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from composer.errors import CheckpointError
from composer.model.transformer import RowTables, RowTransformer, Shape


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
    if not path.is_file():
        raise CheckpointError(f"no weights at {path}; `composer train` makes some")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{path} is not a file of weights ({error})") from error
    found = metadata.get("format_version", "unknown")
    if found != str(format_version):
        raise CheckpointError(
            f"{path} holds weights for event format {found}; this version reads {format_version}"
        )
    if _as_lists(json.loads(metadata["tables"])) != _as_lists(asdict(tables)):
        raise CheckpointError(
            f"{path} holds weights for other field tables of event format {found}"
        )
    model = RowTransformer(Shape(**json.loads(metadata["shape"])), tables)
    model.load_state_dict(tensors)
    _lay_out_for_few_rows(model)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return Checkpoint(model.eval(), format_version, digest, json.loads(metadata["about"]))


def _lay_out_for_few_rows(model: RowTransformer) -> None:
    """Weights column by column: two to eight rows are multiplied in a third of the time or less."""
    for module in model.modules():
        if isinstance(module, torch.nn.Linear):
            module.weight.data = module.weight.data.t().contiguous().t()


def _as_lists(tables: dict[str, Any]) -> Any:
    return json.loads(json.dumps(tables))
