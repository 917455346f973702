"""Parameters times rows a second: the trainer of an earlier commit beside today's, in one run.

    python -m benchmarks.training_speed [--before COMMIT] [--steps 6] [--rounds 2]

Both learn from the same random pieces by their recipe `first`, one process and one thread each, in
turn, so that a busy machine slows both. Steps before the second are not timed: blocks are compiled
in them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

BEFORE = "ce82fb7"
"""The last commit of the trainer that used a tenth of the machine."""

STEPS = """
import json, sys, time
import numpy as np
import torch
from composer.corpus.shards import PIECE, Shard
from composer.music.normalise import normalise
from composer.music.piece import MeterChange, Note, Part, Piece
from composer.tokens.encode import encode
from composer.training.recipe import find_recipe
from composer.training.train import Budget, Run

torch.set_num_threads(1)
random = np.random.default_rng(0)

def piece():
    def part(name, program, low):
        onsets = np.sort(random.choice(32 * 96 // 6, 300, replace=False)) * 6
        notes = tuple(Note(int(o), 12, int(low + random.integers(24))) for o in onsets)
        return Part(name, program, notes)
    parts = (part("violin", 40, 60), part("viola", 41, 50), part("cello", 42, 40))
    return normalise(Piece(parts, (MeterChange(0, 4, 4),), 32 * 96))

encoded = [encode(piece()) for _ in range(24)]
pieces = np.zeros(len(encoded), dtype=PIECE)
row = bar = 0
for record, item in zip(pieces, encoded):
    record["row_start"], record["row_stop"] = row, row + len(item.rows)
    record["bar_start"], record["bar_stop"] = bar, bar + len(item.bar_rows)
    row, bar = row + len(item.rows), bar + len(item.bar_rows)
shard = Shard("random", np.concatenate([i.rows for i in encoded]), pieces,
              np.concatenate([i.bar_rows for i in encoded]))
run = Run(find_recipe("first"), [shard], Budget(60.0, 0))
run.step()
rows, began = run.progress.rows, time.monotonic()
for _ in range(int(sys.argv[1])):
    run.step()
seconds = time.monotonic() - began
print(json.dumps({
    "parameters": sum(p.numel() for p in run.model.parameters()),
    "rows_per_second": (run.progress.rows - rows) / seconds,
}))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", default=BEFORE)
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=2)
    flags = parser.parse_args()
    here = Path(__file__).resolve().parents[1]
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder) / "before"
        git = ["git", "-C", str(here), "worktree"]
        subprocess.run([*git, "add", "--detach", "--quiet", str(before), flags.before], check=True)
        try:
            for _ in range(flags.rounds):
                old, new = (_measured(tree, flags.steps) for tree in (before, here))
                ratio = _product(new) / _product(old)
                print(f"before {_told(old)}; now {_told(new)}; {ratio:.2f} times", flush=True)
        finally:
            subprocess.run([*git, "remove", "--force", str(before)], check=True)


def _measured(tree: Path, steps: int) -> dict[str, float]:
    """What the trainer in a source tree does, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", STEPS, str(steps)],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _product(found: dict[str, float]) -> float:
    return found["parameters"] * found["rows_per_second"]


def _told(found: dict[str, float]) -> str:
    return f"{found['parameters'] / 1e6:.1f}M x {found['rows_per_second']:,.0f} rows/s"


if __name__ == "__main__":
    main()
