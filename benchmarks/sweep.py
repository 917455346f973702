"""Render held-out pieces of every corpus and ensemble, and check each with every reader at hand.

    python -m benchmarks.sweep CORPORA [--pieces 150] [--most-notes N] [--cache FILE]
        [--checks bars,notes,...]

CORPORA is the folder in which the corpora lie. Pieces are those of the `valid` split, dealt out
evenly over corpora and ensembles, and first the largest that are written for an orchestra. The
largest are checked first, so that what large scores break shows early. Checks are the functions of
`sweep_checks`; "pdf" and "mscx" are made of every fifth piece. Prints a table by corpus and every
failure; exits with 1 if there is one. With --cache, what passed a check passes it again as long as
its MusicXML stays the same.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import zip_longest
from pathlib import Path

from benchmarks import sweep_checks
from benchmarks.sweep_checks import Rendered
from composer.corpus.corpus import Work, find_corpora
from composer.errors import ComposerError
from composer.music.normalise import normalise
from composer.played.quantise import quantise
from composer.rendering.musicxml.musicxml import musicxml_text

CHECKS = ("bars", "notes", "verovio", "musescore", "music21", "reader", "pdf", "mscx")
BY_MUSESCORE = ("musescore", "mscx")
FOR_SOME = ("pdf", "mscx")
EVERY = 5
LARGE = 3

Check = Callable[[Rendered], list[str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--pieces", type=int, default=150)
    parser.add_argument("--seed", type=int, default=0, help="which pieces of each ensemble")
    parser.add_argument("--most-notes", type=int, default=10**9, help="leave larger pieces out")
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--checks", default=",".join(CHECKS))
    parser.add_argument("--musescore", default="mscore3")
    given = parser.parse_args()
    checks = {name: _check(name, given.musescore) for name in given.checks.split(",")}
    if not shutil.which(given.musescore):
        print(f"{given.musescore} is not here: its checks are left out")
        checks = {name: check for name, check in checks.items() if name not in BY_MUSESCORE}
    passed = Passed(given.cache)
    works = chosen(given.corpora, given.pieces, given.seed, given.most_notes)
    works.sort(key=lambda work: -work.notes)
    failures: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, work in enumerate(works):
            started = time.perf_counter()
            own = {n: c for n, c in checks.items() if n not in FOR_SOME or number % EVERY == 0}
            found = problems_of(work, own, passed, Path(folder))
            label = f"{work.corpus}/{work.path}"
            if found:
                failures[label] = found
            seconds = time.perf_counter() - started
            print(f"{number + 1} {label} {work.notes} notes {seconds:.1f} s", *found, sep="\n   ")
            sys.stdout.flush()
    print_table(works, failures)
    sys.exit(1 if failures else 0)


def chosen(corpora: Path, count: int, seed: int, most_notes: int) -> list[Work]:
    """Held-out works: the largest orchestral ones, then one of each corpus and ensemble in turn."""
    strata: dict[tuple[str, str], list[Work]] = defaultdict(list)
    for corpus in find_corpora(corpora):
        for work in corpus.works():
            if work.split == "valid" and work.notes <= most_notes:
                strata[work.corpus, work.tags.ensemble].append(work)
    orchestral = [w for (_, kind), works in strata.items() if kind == "orchestra" for w in works]
    large = sorted(orchestral, key=lambda work: -work.notes)[:LARGE]
    for key, works in sorted(strata.items()):
        random.Random(f"{seed} {key}").shuffle(works)
    dealt = [w for row in zip_longest(*(strata[k] for k in sorted(strata))) for w in row if w]
    return [*large, *(work for work in dealt if work not in large)][:count]


def problems_of(work: Work, checks: dict[str, Check], passed: Passed, folder: Path) -> list[str]:
    try:
        piece = normalise(quantise(work.read()))
        piece = piece if piece.title else replace(piece, title=Path(work.path).stem)
        write = partial(musicxml_text, piece, subtitle=work.tags.style, credit=work.composer_name)
        text, folded = write(), write(repeats=True)
    except ComposerError as error:
        return [f"not rendered: {error}"]
    path = folder / "piece.musicxml"
    path.write_text(text, encoding="utf-8")
    rendered = Rendered(piece, text, folded, path)
    problems = []
    for name, check in checks.items():
        if not passed.has(name, text + folded):
            found = check(rendered)
            problems += [f"{name}: {line}" for line in found[:8]]
            if not found:
                passed.add(name, text + folded)
    for leftover in folder.iterdir():
        leftover.unlink()
    return problems


class Passed:
    """Which text passed which check, kept in a file if there is a path for it."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        is_there = path is not None and path.exists()
        self.keys: set[str] = set(json.loads(path.read_text())) if path and is_there else set()

    def has(self, check: str, text: str) -> bool:
        return self._key(check, text) in self.keys

    def add(self, check: str, text: str) -> None:
        self.keys.add(self._key(check, text))
        if self.path:
            self.path.write_text(json.dumps(sorted(self.keys)))

    def _key(self, check: str, text: str) -> str:
        return f"{check} {hashlib.sha256(text.encode()).hexdigest()}"


def _check(name: str, musescore: str) -> Check:
    if name not in CHECKS:
        raise SystemExit(f"check {name!r} is unknown; allowed: {', '.join(CHECKS)}")
    check: Callable[..., list[str]] = getattr(sweep_checks, name)
    return partial(check, program=musescore) if name in BY_MUSESCORE else check


def print_table(works: Sequence[Work], failures: dict[str, list[str]]) -> None:
    pieces = Counter(work.corpus for work in works)
    notes: Counter[str] = Counter()
    failed = Counter(label.split("/")[0] for label in failures)
    for work in works:
        notes[work.corpus] += work.notes
    print(f"\n{'corpus':24} {'pieces':>7} {'notes':>8} {'failed':>7}")
    for corpus, count in sorted(pieces.items()):
        print(f"{corpus:24} {count:7} {notes[corpus]:8} {failed[corpus]:7}")
    print(f"{'all':24} {len(works):7} {sum(notes.values()):8} {len(failures):7}")
    for label, problems in failures.items():
        print(label, *problems, sep="\n   ")


if __name__ == "__main__":
    main()
