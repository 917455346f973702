"""How exactly `composer live` sends: the error of each message over minutes, in milliseconds.

    python -m benchmarks.live_timing [--minutes 10]

A process holds a `file:` output, as `composer live` does, and gets eight notes a second, a phrase
of 32 notes at a time as answers come. Prints the percentiles of sent minus meant, and the load of
the machine meanwhile.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

import numpy as np

from composer.live.player import Player

NOTES_A_SECOND = 8
NOTES_AN_ANSWER = 32


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=10)
    minutes = parser.parse_args().minutes
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out"
        begin = time.monotonic() + 1
        due: list[float] = []
        with Player(f"file:{path}") as player:
            while len(due) < minutes * 60 * NOTES_A_SECOND:
                own = [
                    begin + (len(due) + place) / NOTES_A_SECOND for place in range(NOTES_AN_ANSWER)
                ]
                player.play((at, bytes((0x90, 48 + place, 80))) for place, at in enumerate(own))
                due += own
                time.sleep(max(0.0, own[0] - time.monotonic()))
            time.sleep(max(0.0, due[-1] - time.monotonic()) + 1)
        lines = [line.split() for line in path.read_text(encoding="ascii").splitlines()]
    sent = [float(at) for at, message in lines if message.startswith("90")]
    late = (np.array(sent[: len(due)]) - np.array(due)) * 1000
    shown = np.percentile(late, [0, 1, 50, 99, 99.9, 100])
    print(f"{len(due)} notes in {minutes:g} minutes; load {os.getloadavg()[1]:.1f}")
    names = ("least", "1 %", "median", "99 %", "99.9 %", "most")
    print(", ".join(f"{name} {ms:.2f} ms" for name, ms in zip(names, shown, strict=True)))


if __name__ == "__main__":
    main()
