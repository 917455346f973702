"""The index of what the training works sound like, written into the package anew.

python -m benchmarks.copying_index CORPORA
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from composer.corpus.copying import INDEX_PATH, build_index, human_shares, write_index
from composer.corpus.corpus import Work, find_corpora
from composer.errors import ComposerError
from composer.music.piece import Piece


def main() -> None:
    works = [
        work
        for corpus in find_corpora(Path(sys.argv[1]))
        for work in corpus.works()
        if work.tags.ensemble != "drums"
    ]
    index = build_index(_read(work for work in works if work.split == "train"))
    held_out = (w for w in works if w.split == "valid" and w.origin == "human")
    index = replace(index, human=human_shares((piece for _, piece in _read(held_out)), index))
    write_index(index, INDEX_PATH)
    print(
        f"{len(index.sources)} works, {len(index.hashes)} fingerprints, "
        f"{INDEX_PATH.stat().st_size / 1e6:.1f} MB"
    )
    for share in index.human:
        print(share)


def _read(works: Iterable[Work]) -> Iterator[tuple[Work, Piece]]:
    """Works with their pieces; those that cannot be read are the build's to name."""
    for work in works:
        with suppress(ComposerError):
            yield work, work.read()


def _read(works: Iterable[Work]) -> Iterator[tuple[Work, Piece]]:
    """Works with their pieces; those that cannot be read are the build's to name."""
    for work in works:
        with suppress(ComposerError):
            yield work, work.read()


if __name__ == "__main__":
    main()
