"""A file of weights read without torch: safetensors, whose numbers become float32.

A file of another event format is refused: its numbers would mean other music.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize

from composer.errors import CheckpointError
from composer.model.sizes import RowTables, Shape

Weights = dict[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """`fingerprint` names these weights in reports; `about` says how they were trained."""

    weights: Weights
    shape: Shape
    fingerprint: str
    about: dict[str, Any]


def read_arrays(path: Path) -> tuple[Weights, dict[str, str], str]:
    """All arrays of a file, what is written about them, and the digest of the file. Raises
    CheckpointError if it is no file of weights."""
    contents = path.read_bytes()
    try:
        arrays = {name: _as_float(found) for name, found in deserialize(contents)}  # type: ignore[no-untyped-call]
    except (SafetensorError, KeyError) as error:
        raise CheckpointError(f"{path} is not a file of weights ({error})") from error
    header = json.loads(contents[8 : 8 + int.from_bytes(contents[:8], "little")])
    return arrays, header.get("__metadata__", {}), hashlib.sha256(contents).hexdigest()[:12]


def read_weights(path: Path, format_version: int, tables: RowTables) -> WeightsFile:
    """Read a model. Raises CheckpointError if the file is missing, broken or of another format."""
    if not path.is_file():
        raise CheckpointError(f"no weights at {path}; `composer train` makes some")
    weights, metadata, fingerprint = read_arrays(path)
    found = metadata.get("format_version", "unknown")
    if found != str(format_version):
        raise CheckpointError(
            f"{path} holds weights for event format {found}; this version reads {format_version}"
        )
    if _as_lists(json.loads(metadata["tables"])) != _as_lists(asdict(tables)):
        raise CheckpointError(
            f"{path} holds weights for other field tables of event format {found}"
        )
    shape = Shape(**json.loads(metadata["shape"]))
    return WeightsFile(weights, shape, fingerprint, json.loads(metadata["about"]))


def _as_float(found: dict[str, Any]) -> NDArray[np.float32]:
    shape, data = found["shape"], found["data"]
    match found["dtype"]:
        case "BF16":  # the upper half of a float32
            wide = np.frombuffer(data, "<u2").astype(np.uint32) << np.uint32(16)
            return wide.view(np.float32).reshape(shape)
        case "F16":
            return np.frombuffer(data, "<f2").astype(np.float32).reshape(shape)
        case "F32":
            return np.frombuffer(data, "<f4").reshape(shape)
    raise KeyError(f"numbers of type {found['dtype']}")


def _as_lists(tables: dict[str, Any]) -> Any:
    return json.loads(json.dumps(tables))
