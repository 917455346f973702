"""Near-duplicates: works that share much of their lines, whatever their work ids say.

A work of the training split that is a near-duplicate of one of the validation split, directly or
through others, is held out of training: its split becomes "valid". The works so moved are listed
in a `held_out.tsv`, beside the manifests for the corpora we know (written by
`composer corpora duplicates FOLDER`), or in the folder of a corpus of one's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np

from composer.corpus.corpus import Corpus, Work, find_corpora
from composer.corpus.fingerprints import Hashes, Line, fingerprints, lines
from composer.errors import ComposerError
from composer.music.piece import Piece

SHARED_AT_LEAST = 5
CONTAINED_AT_LEAST = 0.25
"""Fingerprints that two works share, and their share of the smaller work's."""

MELODY_SHARED_AT_LEAST = 3
MELODY_CONTAINED_AT_LEAST = 0.5
"""The same of their melodies alone: one tune in two harmonisations."""

_TOO_COMMON = 20  # works that have a fingerprint; beyond, it tells nothing about a pair


@dataclass(frozen=True, slots=True)
class Fingerprinted:
    """A work by its distinct fingerprints, shape (fingerprints,), sorted: all of them, and those
    of its melody (the part of that role, else the first)."""

    work: Work
    hashes: Hashes
    melody: Hashes


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    first: Work
    second: Work
    contained: float


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A work id that belongs to the validation split, and the work that it is like."""

    work_id: str
    like: str
    contained: float


def fingerprint_works(
    corpora: Iterable[Corpus], progress: Callable[[str, int], None] = lambda corpus, done: None
) -> list[Fingerprinted]:
    """All works with pitched lines; those that cannot be read are the build's to name."""
    found = []
    for corpus in corpora:
        for done, work in enumerate(corpus.works(), 1):
            if work.tags.ensemble != "drums":
                try:
                    found.append(fingerprinted(work, work.read()))
                except ComposerError:
                    continue
            progress(corpus.name, done)
    return found


def fingerprinted(work: Work, piece: Piece) -> Fingerprinted:
    """The fingerprints of a work's piece. Of a machine-made one only the melody counts: two
    accompaniments by one program are alike without being copies."""
    melodies = lines(piece, melodies_only=True)
    every = lines(piece) if work.origin == "human" else melodies
    return Fingerprinted(work, _distinct(every), _distinct((melodies or every)[:1]))


def near_duplicates(items: Sequence[Fingerprinted]) -> list[NearDuplicate]:
    """Pairs of files of different works that are near-duplicates, the most alike first."""
    alike = _alike([i.hashes for i in items], SHARED_AT_LEAST, CONTAINED_AT_LEAST)
    tunes = _alike([i.melody for i in items], MELODY_SHARED_AT_LEAST, MELODY_CONTAINED_AT_LEAST)
    found = [
        NearDuplicate(items[first].work, items[second].work, round(contained, 2))
        for (first, second), contained in (tunes | alike).items()
        if items[first].work.work_id != items[second].work.work_id
    ]
    return sorted(found, key=lambda pair: (-pair.contained, pair.first.path, pair.second.path))


def _distinct(some_lines: Iterable[Line]) -> Hashes:
    each = [fingerprints(line).hashes for line in some_lines]
    return np.unique(np.concatenate([np.zeros(0, np.uint32), *each]))


def _alike(
    hashes: Sequence[Hashes], shared_at_least: int, contained_at_least: float
) -> dict[tuple[int, int], float]:
    """The pairs of sets that share enough: the share of the smaller that the other has."""
    shared: Counter[tuple[int, int]] = Counter()
    every = np.concatenate([np.zeros(0, np.uint32), *hashes])
    owners = np.repeat(np.arange(len(hashes)), [len(one) for one in hashes])
    order = np.argsort(every, kind="stable")
    starts = np.flatnonzero(np.diff(every[order].astype(np.int64), prepend=-1))
    for group in np.split(owners[order], starts[1:]):
        if 1 < len(group) <= _TOO_COMMON:
            shared.update(combinations(group.tolist(), 2))
    sizes = [len(one) for one in hashes]
    contained = {
        (first, second): count / min(sizes[first], sizes[second])
        for (first, second), count in shared.items()
        if count >= shared_at_least
    }
    return {pair: share for pair, share in contained.items() if share >= contained_at_least}


def held_out(pairs: Iterable[NearDuplicate]) -> list[HeldOut]:
    """The training works that must not be trained on, by work id."""
    neighbours: dict[str, list[tuple[str, float]]] = {}
    splits: dict[str, str] = {}
    for pair in pairs:
        one, other = pair.first, pair.second
        neighbours.setdefault(one.work_id, []).append((other.work_id, pair.contained))
        neighbours.setdefault(other.work_id, []).append((one.work_id, pair.contained))
        splits |= {one.work_id: one.split, other.work_id: other.split}
    reached = sorted(work_id for work_id, split in splits.items() if split == "valid")
    seen = set(reached)
    moved = []
    for work_id in reached:  # grows while it is walked
        for neighbour, contained in neighbours[work_id]:
            if neighbour not in seen:
                seen.add(neighbour)
                reached.append(neighbour)
                moved.append(HeldOut(neighbour, work_id, contained))
    return sorted(moved, key=lambda item: item.work_id)


def write_held_out(corpora: Iterable[Corpus], moved: Iterable[HeldOut]) -> None:
    """Write each list that a corpus reads: the work ids of its corpora that are held out.

    A line a work: its id, the id of the work it is like, how much of the smaller is shared.
    """
    by_id = {item.work_id: item for item in moved}
    lists: dict[Path, list[str]] = {}
    for corpus in corpora:
        if corpus.held_out_path is not None:
            ids = {work.work_id for work in corpus.works()} & set(by_id)
            lists.setdefault(corpus.held_out_path, []).extend(ids)
    for path, ids_of_list in lists.items():
        rows = [by_id[work_id] for work_id in sorted(set(ids_of_list))]
        lines_of_list = [f"{i.work_id}\t{i.like}\t{i.contained:.2f}\n" for i in rows]
        path.write_text("".join(lines_of_list), encoding="utf-8")


class Found(NamedTuple):
    """How many files were compared, pairs found, and works held out."""

    files: int
    pairs: int
    held_out: int


def hold_out_duplicates(folder: Path) -> Found:
    """Compare all works of the corpora in a folder, and write the lists of those held out."""
    corpora = find_corpora(folder, use_held_out=False)
    items = fingerprint_works(corpora)
    pairs = near_duplicates(items)
    moved = held_out(pairs)
    write_held_out(corpora, moved)
    return Found(len(items), len(pairs), len(moved))
