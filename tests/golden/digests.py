"""What a seed and a page must stay, as hashes; `python -m tests.golden.digests` records them anew.

Record them only where notes or pages are meant to change (other weights, another way to sample,
better engraving), and say so in the changelog.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from dataclasses import astuple, replace
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import composer
from composer.composing.compose import compose_all
from composer.music.bars import bars_of

GOLDEN = Path(__file__).with_name("digests.json")

REQUESTS: dict[str, dict[str, Any]] = {
    "a choir of Bach": {"style": "bach", "ensemble": "choir", "key": "D minor"},
    "a piano nocturne": {"style": "chopin", "mood": "nostalgic", "ensemble": "solo-piano"},
    "a blend": {"style": "bach:0.6,joplin:0.4", "ensemble": "solo-piano"},
    "a mood that changes": {"style": "romantic", "mood": "calm@1 tense@3", "guidance": 0.5},
    "a jazz combo over chords": {"style": "jazz", "ensemble": "band", "chords": "Dm7 G7 | C"},
    "a tune with chords": {"style": "folk", "ensemble": "lead-sheet", "meter": "6/8"},
    "a form": {"style": "classical", "form": "AABA", "instruments": ["flute", "viola", "harp"]},
    "a rock band": {"style": "rock", "ensemble": "band", "tempo": 132},
    "a film cue": {"style": "romantic", "mood": "epic", "seconds": 10, "hit": 6},
    "a preset": {"preset": "lullaby"},
    "a hymn": {"style": "hymn", "ensemble": "choir", "meter": "3/4"},
    "nothing but a seed": {"temperature": 0.9, "top_p": 0.95},
}
"""Arguments of `compose`, each four bars long, one candidate."""

WORKS = ("bach/bwv66.6.mxl", "joplin/maple_leaf_rag.mxl", "schoenberg/opus19/movement6.mxl")
"""Files of music21's corpus that are engraved and performed: choir, a rag, piano."""


def where_notes_are_chosen() -> str:
    """What decides the last bits of logits, and so once in thousands of choices the choice."""
    try:
        cpu = Path("/proc/cpuinfo").read_text(encoding="utf-8").split()
    except OSError:
        cpu = [platform.processor()]
    products = [flag for flag in ("avx2", "avx512_vnni", "avx512_bf16", "amx_int8") if flag in cpu]
    versions = [f"{name} {version(name)}" for name in ("onnxruntime", "numpy")]
    return " ".join([platform.machine(), *products, *versions])


def where_pages_are_set() -> str:
    """The versions of the libraries that write bytes."""
    return " ".join(f"{name} {version(name)}" for name in ("verovio", "typst", "mido", "music21"))


def digest(data: bytes) -> str:
    """Enough of a hash to tell one file from another."""
    return sha256(data).hexdigest()[:16]


def notes_of_requests() -> dict[str, str]:
    """A hash of the music of each request, by name."""
    asked = [
        {"seed": seed, "best_of": 1} | ({} if "seconds" in request else {"bars": 4}) | request
        for seed, request in enumerate(REQUESTS.values(), 1)
    ]
    made = compose_all(asked)
    return {
        name: digest(repr([astuple(part)[:5] for part in one.piece.parts]).encode())
        for name, one in zip(REQUESTS, made, strict=True)
    }


def files_of_works() -> dict[str, str]:
    """A hash of every file that six bars of each work are written to, by name."""
    found = {}
    spec = find_spec("music21")
    assert spec is not None
    assert spec.origin is not None
    for path in WORKS:
        work = composer.read_piece(Path(spec.origin).with_name("corpus") / path)
        piece = _first_bars(composer.normalise(work), 6)
        with TemporaryDirectory() as folder:
            for name, data in _files(piece, Path(folder), path.split("/")[0]):
                found[name] = digest(data)
    return found


def _first_bars(piece: composer.Piece, count: int) -> composer.Piece:
    bars = bars_of(piece)
    end = bars[min(count, len(bars)) - 1].end_tick
    parts = (
        replace(part, notes=tuple(note for note in part.notes if note.end_tick <= end))
        for part in piece.parts
    )
    return replace(piece, parts=tuple(parts), end_tick=end)


def _files(piece: composer.Piece, folder: Path, name: str) -> Iterator[tuple[str, bytes]]:
    asked: dict[str, dict[str, Any]] = {
        name: {"formats": ["mid", "musicxml", "svg", "pdf"], "seed": 5},
        f"{name}-mechanical": {"formats": ["mid"], "mechanical": True},
        f"{name}-loop": {"formats": ["mid"], "loop": True},
        f"{name}-parts": {"formats": ["musicxml"], "parts": True, "repeats": False},
    }
    for stem, how in asked.items():
        for path in composer.write_piece(piece, folder, stem, how.pop("formats"), **how):
            yield path.relative_to(folder).as_posix(), path.read_bytes()


if __name__ == "__main__":
    told = {
        "notes_on": where_notes_are_chosen(),
        "notes": notes_of_requests(),
        "files_with": where_pages_are_set(),
        "files": files_of_works(),
    }
    GOLDEN.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
