"""What a measure found, on disk: texts in a folder, and JSON that any reader takes."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from composer.errors import FileError


def write_texts(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    """Write texts by file name; their paths. Raises FileError if the folder cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise FileError(f"{folder} cannot be written: {error.strerror}") from None
    return [folder / name for name in texts]


def as_json(found: Any) -> str:
    """A dataclass as JSON."""
    return json.dumps(plain(asdict(found)), ensure_ascii=False, indent=1) + "\n"


def plain(value: Any) -> Any:
    """Values for JSON: what is not a number becomes None."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
