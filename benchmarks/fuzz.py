"""Damaged files of every format, read: how many come out, and that none crashes, hangs or grows.

    python -m benchmarks.fuzz FOLDER [FILES]

FOLDER holds whole files (its sub-folders too); each of FILES tries (10,000) takes one of them at
random and changes a few of its bytes, cuts it, or copies a stretch of it elsewhere. Printed: for
each format how many were read, refused in a line, or ended in another error; the slowest, and the
most memory.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections import Counter
from pathlib import Path

from composer.corpus.readers import SUFFIXES, read_piece
from composer.errors import ComposerError

_SLOW_SECONDS = 20.0
_LARGEST_BYTES = 300_000


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The bytes with one to eight mistakes."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        if not out:
            break
        place = chance.randrange(len(out))
        kind = chance.random()
        if kind < 0.6:
            out[place] = chance.randrange(256)
        elif kind < 0.7:
            del out[place:]
        elif kind < 0.8:
            del out[place : place + chance.randint(1, 40)]
        elif kind < 0.9:
            out[place:place] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 12)))
        else:
            start = chance.randrange(len(out))
            out[place:place] = out[start : start + chance.randint(1, 200)]
    return bytes(out)


def main() -> None:
    """Try, count and print."""
    folder, tries = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    files = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in SUFFIXES and path.stat().st_size <= _LARGEST_BYTES
    ]
    by_suffix: dict[str, list[Path]] = {}
    for path in files:
        by_suffix.setdefault(path.suffix.lower(), []).append(path)
    chance = random.Random(16)
    counts: Counter[tuple[str, str]] = Counter()
    slowest = (0.0, "")
    scratch = Path(sys.argv[3] if len(sys.argv) > 3 else "/tmp") / "fuzz"
    scratch.mkdir(exist_ok=True)
    for number in range(tries):
        suffix = chance.choice(sorted(by_suffix))
        path = chance.choice(by_suffix[suffix])
        target = scratch / f"damaged{suffix}"
        target.write_bytes(damaged(path.read_bytes(), chance))
        start = time.perf_counter()
        try:
            piece = read_piece(target)
            source = piece.source
            outcome = "read with a warning" if source and source.wrongs else "read"
        except ComposerError:
            outcome = "refused"
        except Exception as error:
            outcome = f"CRASHED {type(error).__name__}"
            (scratch / f"crash-{number}{suffix}").write_bytes(target.read_bytes())
        seconds = time.perf_counter() - start
        if seconds > _SLOW_SECONDS:
            (scratch / f"slow-{number}{suffix}").write_bytes(target.read_bytes())
        slowest = max(slowest, (seconds, f"{path.name} ({outcome})"))
        counts[suffix, outcome] += 1
    for (suffix, outcome), count in sorted(counts.items()):
        print(f"{suffix:10} {outcome:28} {count}")
    print(f"slowest: {slowest[0]:.2f} s, {slowest[1]}")
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
