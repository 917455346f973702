"""Tasks for `tests/test_process.py`, in a module that its process can load."""

from __future__ import annotations

import os
import time
from typing import Any

from composer.errors import RequestError


def refuse(words: str, tell: Any) -> None:
    raise RequestError(words)


def until_cancelled(pause_seconds: float, tell: Any) -> None:
    while True:
        tell("still", "here")
        time.sleep(pause_seconds)


TASKS = {
    "echo": lambda payload, tell: payload,
    "die": lambda status, tell: os._exit(status),
    "refuse": refuse,
    "until cancelled": until_cancelled,
}
