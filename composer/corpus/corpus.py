"""Corpora on disk to works: one file each, with its tags, licence and split.

for corpus in find_corpora(Path("data")):
    for work in corpus.works():
        piece = work.read()
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

from composer.corpus.archive import Files
from composer.corpus.manifest import MANIFEST_NAME, Manifest, read_manifest
from composer.corpus.readers import read_bytes
from composer.corpus.tunes import TUNE_MARK, split_tune_path, tune, tune_paths
from composer.errors import CorpusError
from composer.music.ensembles import ensemble_of_catalogue
from composer.music.piece import Piece, Tags
from composer.music.styles import style_of_catalogue, style_of_composer

_PACKAGED = Path(__file__).resolve().parents[1] / "corpora"
MANIFESTS = _PACKAGED if _PACKAGED.is_dir() else _PACKAGED.parents[1] / "corpora"
"""The manifests of the corpora we know: inside an installed package, or the checkout's own."""

HELD_OUT_NAME = "held_out.tsv"
"""Works that are near-duplicates of validation works: see `composer.corpus.duplicates`."""

VALID_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Work:
    """One file of a corpus, or one tune of a tune book ("book.abc#3").

    Files of one work share a `work_id` and so a split.
    `origin` is "human" or says what a machine made; `notes` is the catalogue's count, 0 where
    nobody has counted; `form` is what the catalogue says the piece is ("mazurka").
    """

    corpus: str
    path: str
    title: str
    tags: Tags
    work_id: str
    split: str
    licence: str
    attribution: str
    origin: str
    tempo_known: bool
    files: Files
    notes: int = 0
    form: str = ""
    composer_name: str = ""
    is_played: bool = False

    def read(self) -> Piece:
        """The piece with its tags and title; without tempi where the file's mean nothing.

        Raises UnreadablePieceError with the reason, FileError if the file is not there.
        """
        path, number = split_tune_path(self.path)
        data = self.files.read(path)
        piece = read_bytes(tune(data, number) if number else data, path, self.notes)
        return replace(
            piece,
            title=self.title or piece.title,
            tags=self.tags,
            tempi=piece.tempi if self.tempo_known else (),
        )


@dataclass(frozen=True, slots=True)
class Corpus:
    """A manifest, the place where its files were found, and their catalogue if one is there.

    `held_out` are the work ids that the list at `held_out_path` puts into the validation split.
    """

    manifest: Manifest
    files: Files
    catalogue: Path | None = None
    held_out_path: Path | None = None
    held_out: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return self.manifest.name

    def works(self) -> Iterator[Work]:
        """All files in a stable order: the catalogue's where it is here, else all that match.

        Raises CorpusError if there are none.
        """
        rows = self._catalogued(self.catalogue) if self.catalogue else self._uncatalogued()
        first = next(rows, None)
        if first is None:
            raise CorpusError(
                f"corpus {self.name}: no files match {', '.join(self.manifest.files)} in "
                f"{self.files.location}"
            )
        yield first
        yield from rows

    def _catalogued(self, catalogue: Path) -> Iterator[Work]:
        for row in _catalogue(catalogue).get(self.name, ()):
            yield Work(
                corpus=self.name,
                path=row["path"],
                title=row["title"],
                tags=_catalogue_tags(row),
                work_id=row["work_id"],
                split=self._split(row["work_id"], row["split"]),
                licence=row["licence"],
                attribution=row["attribution"],
                origin=row["origin"],
                tempo_known=row["tempo_source"] != "none",
                is_played=self.manifest.played,
                files=self.files,
                notes=int(row["notes"] or 0),
                form=row["substyle"],
                composer_name=row["composer"],
            )

    def _uncatalogued(self) -> Iterator[Work]:
        manifest = self.manifest
        for path in self._paths():
            work_id = f"{self.name}:{self._work_within(path)}"
            yield Work(
                corpus=self.name,
                path=path,
                title="",
                tags=manifest.tags_of(path),
                work_id=work_id,
                split=self._split(work_id),
                licence=manifest.licence,
                attribution=manifest.attribution,
                origin=manifest.origin,
                tempo_known=manifest.tempo_known,
                is_played=manifest.played,
                files=self.files,
            )

    def _split(self, work_id: str, stated: str = "") -> str:
        return "valid" if work_id in self.held_out else stated or split_of(work_id)

    def _work_within(self, path: str) -> str:
        book, number = split_tune_path(path)
        inside = PurePosixPath(book)
        if self.manifest.works == "folder" and len(inside.parts) > 1:
            return str(inside.parent)
        return str(inside.with_suffix("")) + (f"{TUNE_MARK}{number}" if number else "")

    def _paths(self) -> Iterator[str]:
        for path in self.files.paths(self.manifest.files, self.manifest.without):
            if path.lower().endswith(".abc"):
                yield from tune_paths(path, self.files.read(path))
            else:
                yield path


def find_corpora(
    data_folder: Path, manifests_folder: Path | None = None, *, use_held_out: bool = True
) -> list[Corpus]:
    """The corpora whose files are in `data_folder`, by name.

    Those with a manifest in `manifests_folder` (by default the checkout's `corpora/`) lie in
    `<name>.zip` or `<name>/`; a folder with a `corpus.toml` in it, `data_folder` itself included,
    is a corpus of one's own. Works listed in a `held_out.tsv` beside the manifest folders or in a
    corpus of one's own are in the validation split, unless `use_held_out` is False. Raises
    CorpusError if there is none at all or one has no licence.
    """
    known = manifests_folder or MANIFESTS
    if not data_folder.is_dir():
        raise CorpusError(f"{data_folder} is not a folder; give the one that holds the corpora")
    found: dict[str, Corpus] = {}
    for path in sorted(known.glob(f"*/{MANIFEST_NAME}")):
        manifest = read_manifest(path)
        location = None if manifest.package else _location(data_folder, manifest.name)
        if location is not None:
            found[manifest.name] = _corpus(manifest, location, data_folder, known)
    own = [data_folder / MANIFEST_NAME, *sorted(data_folder.glob(f"*/{MANIFEST_NAME}"))]
    for path in own:
        if path.is_file():
            manifest = read_manifest(path)
            found[manifest.name] = _corpus(manifest, path.parent, path.parent, path.parent)
    if not found:
        raise CorpusError(
            f"{data_folder} holds no corpus: neither <name>.zip or <name>/ of a known corpus nor "
            f"a folder with a {MANIFEST_NAME}"
        )
    corpora = [found[name] for name in sorted(found)]
    return corpora if use_held_out else [replace(c, held_out=frozenset()) for c in corpora]


def packaged_corpus(name: str, manifests_folder: Path | None = None) -> Corpus:
    """A corpus that comes with an installed package ("music21_corpus"), nothing downloaded."""
    path = (manifests_folder or MANIFESTS) / name / MANIFEST_NAME
    manifest = read_manifest(path)
    spec = find_spec(manifest.package) if manifest.package else None
    if spec is None or spec.origin is None:
        raise CorpusError(
            f"corpus {name}: the package {manifest.package!r} is not installed; "
            "pip install 'symbolic-composer[kern]' brings it"
        )
    return Corpus(manifest, Files(Path(spec.origin).parent / manifest.folder))


def split_of(work_id: str) -> str:
    """ "valid" for a stable twentieth of all works, else "train"."""
    digest = hashlib.sha256(work_id.encode()).digest()
    return "valid" if int.from_bytes(digest[:8], "big") < VALID_SHARE * 2**64 else "train"


def _location(data_folder: Path, name: str) -> Path | None:
    places = (data_folder / name, data_folder / f"{name}.zip")
    return next((place for place in places if place.exists()), None)


def _corpus(manifest: Manifest, location: Path, catalogue_folder: Path, lists: Path) -> Corpus:
    catalogue = catalogue_folder / manifest.catalogue
    return Corpus(
        manifest,
        Files(location),
        catalogue if catalogue.is_file() else None,
        lists / HELD_OUT_NAME,
        _held_out(lists / HELD_OUT_NAME),
    )


def _held_out(path: Path) -> frozenset[str]:
    if not path.is_file():
        return frozenset()
    rows = path.read_text(encoding="utf-8").splitlines()
    return frozenset(row.split("\t")[0] for row in rows)


@lru_cache(maxsize=4)
def _catalogue(path: Path) -> dict[str, list[dict[str, str]]]:
    by_corpus: dict[str, list[dict[str, str]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            by_corpus.setdefault(row["corpus"], []).append(row)
    return by_corpus


def _catalogue_tags(row: dict[str, str]) -> Tags:
    style = style_of_catalogue(row["style"])
    composer = style_of_composer(row["composer"])
    ensemble = ensemble_of_catalogue(row["ensemble"])
    return Tags(
        style=style.name if style else "",
        composer=composer.name if composer else "",
        ensemble=ensemble.name if ensemble else "",
        mood=row["mood_word"],
    )
