"""What every piece hangs on besides its request: the weights, loaded once, and a seed."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from composer.errors import RequestError
from composer.model.runtime import Runtime
from composer.model.sizes import RowTables
from composer.model.weights_file import WeightsFile, read_weights
from composer.tokens.fields import FORMAT_VERSION, layout

WEIGHTS = Path(__file__).parents[2] / "weights.safetensors"
LARGEST_SEED = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model that writes; `fingerprint` names its weights in reports, `about` says how they were
    trained."""

    model: Runtime
    fingerprint: str
    about: dict[str, Any]


def load_weights(path: Path | None = None) -> Loaded:
    """The given weights or those of the package. Raises CheckpointError if they cannot be used."""
    path = path or WEIGHTS
    return _load(path, path.stat().st_mtime_ns if path.is_file() else 0)


def fingerprint_of(path: Path | None = None) -> str:
    """The name of the given weights or those of the package, without a model that hangs on them.
    Raises what `load_weights` raises."""
    return _read(path or WEIGHTS).fingerprint


def _read(path: Path) -> WeightsFile:
    return read_weights(path, FORMAT_VERSION, RowTables(**asdict(layout())))


@lru_cache(maxsize=2)
def _load(path: Path, modified: int) -> Loaded:
    found = _read(path)
    model = Runtime(found.weights, found.shape, RowTables(**asdict(layout())))
    return Loaded(model, found.fingerprint, found.about)


def new_seed(seed: int | None) -> int:
    """The seed that is given, or one drawn. Raises RequestError for a number that is no seed."""
    if seed is None:
        return secrets.randbelow(10**6)
    if not 0 <= seed <= LARGEST_SEED:
        raise RequestError(f"seed {seed} is not possible; give a whole number 0 to {LARGEST_SEED}")
    return seed
