"""What the corpora hold, and whether every file of them can be read: rows for a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from composer.corpus.corpus import MANIFESTS, Corpus, Work, find_corpora, packaged_corpus
from composer.corpus.manifest import MANIFEST_NAME, read_manifest
from composer.errors import ComposerError, CorpusError


@dataclass(frozen=True, slots=True)
class CorpusRow:
    """A corpus we know or found; `location` None where its files are not here: see `source`."""

    name: str
    title: str
    licence: str
    source: str
    location: Path | None
    files: int


@dataclass(frozen=True, slots=True)
class StatRow:
    """What stands behind one value of a field. `human_notes` leaves out machine-made files."""

    field: str
    value: str
    files: int
    notes: int
    human_notes: int


@dataclass(frozen=True, slots=True)
class Unreadable:
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading every file of a corpus: `files` are all, `unreadable` those refused."""

    corpus: str
    files: int
    notes: int
    unreadable: tuple[Unreadable, ...]

    @property
    def read(self) -> int:
        return self.files - len(self.unreadable)


STAT_FIELDS = ("corpus", "split", "style", "composer", "ensemble", "licence", "origin")


def list_corpora(data_folder: Path, manifests_folder: Path | None = None) -> list[CorpusRow]:
    """Every corpus with a manifest or found in `data_folder`, by name."""
    rows = {}
    for path in sorted((manifests_folder or MANIFESTS).glob(f"*/{MANIFEST_NAME}")):
        m = read_manifest(path)
        rows[m.name] = CorpusRow(m.name, m.title, m.licence, m.source, None, 0)
        if m.package:
            rows[m.name] = _row(packaged_corpus(m.name, manifests_folder))
    try:
        found = find_corpora(data_folder, manifests_folder)
    except CorpusError:
        if any(any(data_folder.glob(pattern)) for pattern in (MANIFEST_NAME, f"*/{MANIFEST_NAME}")):
            raise  # a corpus of one's own that is refused must be heard of
        found = []
    rows |= {corpus.name: _row(corpus) for corpus in found}
    return [rows[name] for name in sorted(rows)]


def corpus_stats(corpora: Iterable[Corpus], fields: Iterable[str] = STAT_FIELDS) -> list[StatRow]:
    """Files and notes by corpus, split, style and so on; the most notes first within a field.

    Notes are the catalogue's count; files without one are read and counted, unreadable ones as 0.
    """
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    fields = tuple(fields)
    for corpus in corpora:
        for work in corpus.works():
            notes = work.notes or _counted(work)
            for name in fields:
                row = counts[name, _value(work, name)]
                row[0] += 1
                row[1] += notes
                row[2] += notes if work.origin == "human" else 0
    rows = [StatRow(name, value, *row) for (name, value), row in counts.items()]
    return sorted(rows, key=lambda row: (fields.index(row.field), -row.notes, row.value))


def read_corpus(
    corpus: Corpus,
    *,
    every: int = 1,
    progress: Callable[[int], None] = lambda done: None,
) -> Reading:
    """Read each file (or each `every`-th) of a corpus and name those that cannot be read."""
    files = notes = 0
    unreadable = []
    for work in list(corpus.works())[::every]:
        files += 1
        try:
            notes += work.read().note_count
        except ComposerError as error:
            reason = str(error).removeprefix(f"{work.path}: ")
            unreadable.append(Unreadable(work.path, reason))
        progress(files)
    return Reading(corpus.name, files, notes, tuple(unreadable))


def _row(corpus: Corpus) -> CorpusRow:
    m = corpus.manifest
    files = sum(1 for _ in corpus.works())
    return CorpusRow(m.name, m.title, m.licence, m.source, corpus.files.location, files)


def _counted(work: Work) -> int:
    try:
        return work.read().note_count
    except ComposerError:
        return 0


def _value(work: Work, field: str) -> str:
    return str(getattr(work.tags, field, None) or getattr(work, field, ""))
