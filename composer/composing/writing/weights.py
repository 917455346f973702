"""What every piece hangs on besides its request: the weights, loaded once, and a seed."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

from composer.errors import RequestError
from composer.model.checkpoint import Checkpoint, load_checkpoint
from composer.model.sizes import RowTables
from composer.tokens.fields import FORMAT_VERSION, layout

WEIGHTS = Path(__file__).parents[2] / "weights.safetensors"
LARGEST_SEED = 2**32 - 1


def load_weights(path: Path | None = None) -> Checkpoint:
    """The given weights or those of the package. Raises CheckpointError if they cannot be used."""
    path = path or WEIGHTS
    return _load(path, path.stat().st_mtime_ns if path.is_file() else 0)


@lru_cache(maxsize=2)
def _load(path: Path, modified: int) -> Checkpoint:
    return load_checkpoint(path, FORMAT_VERSION, RowTables(**asdict(layout())))


def new_seed(seed: int | None) -> int:
    """The seed that is given, or one drawn. Raises RequestError for a number that is no seed."""
    if seed is None:
        return secrets.randbelow(10**6)
    if not 0 <= seed <= LARGEST_SEED:
        raise RequestError(f"seed {seed} is not possible; give a whole number 0 to {LARGEST_SEED}")
    return seed
