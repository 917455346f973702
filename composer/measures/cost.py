"""Cost: seconds of start, notes per second, peak memory; measured in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from composer.errors import CheckpointError
from composer.measures.requests import Made

_BARS = 16
_SCRIPT = """
import json, sys, time
from pathlib import Path
from composer.composing.compose import compose
from composer.composing.writing.weights import load_weights
weights = Path(sys.argv[1]) if sys.argv[1] else None
load_weights(weights)
started = time.process_time()
compose(style="pop", ensemble="solo-piano", bars=int(sys.argv[2]), seed=0, weights=weights)
try:
    from resource import RUSAGE_SELF, getrusage
    unit = 1 if sys.platform == "darwin" else 1024
    memory = getrusage(RUSAGE_SELF).ru_maxrss * unit / 2**20
except ImportError:
    memory = None
print(json.dumps([started, memory]))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """`start_seconds` of CPU from an empty process to weights in memory; `peak_mebibytes` of that
    process after composing 16 bars (None where the system does not tell). `notes_per_second`
    counts seconds of one core."""

    start_seconds: float
    peak_mebibytes: float | None
    notes_per_second: float
    notes_sampled: int
    rows_per_second_in_training: float | None


def validate(made: Sequence[Made]) -> None:
    """Raises CheckpointError where nothing was sampled."""
    if not sum(one.composition.piece.note_count for one in made):
        raise CheckpointError("these weights wrote no note; there is no speed to tell")


def evaluate(
    made: Sequence[Made], weights: Path | None, rows_per_second_in_training: float | None
) -> Cost:
    """The start of a fresh process, and the speed of what was made (one thread, side by side)."""
    validate(made)
    arguments = [str(weights.resolve()) if weights else "", str(_BARS)]
    process = subprocess.run(
        [sys.executable, "-c", _SCRIPT, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    start, memory = json.loads(process.stdout.splitlines()[-1])
    notes = sum(one.composition.piece.note_count for one in made)
    return Cost(
        start,
        memory,
        notes / sum(one.cpu_seconds for one in made),
        notes,
        rows_per_second_in_training,
    )
