"""What must hold of a rendered piece: a function a check, that returns what is wrong with it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from composer.corpus.readers import read_bytes
from composer.measures.notation_agreement import read_musicxml, written_parts
from composer.music.overlaps import without_overlaps
from composer.music.piece import Part, Piece
from composer.rendering.score.score import build_score
from composer.rendering.score.strums import gathered
from tests.rendering.reading import (
    Row,
    measure_problems,
    rows_as_signs,
    rows_of_musicxml,
    rows_of_part,
)

_NO_CONTENT = re.compile(
    r"XDG_RUNTIME_DIR|^qt\.|^QStandardPaths|^convert <|^\s*to <"  # MuseScore's surroundings
    r"|importMusicXml|success!"  # how long it took
    r"|element already exists|^chord 0x"  # whenever two drums sound together, in any file
    r"|in measure underrun|^measure +\d+ pos"  # gaps of second voices, in its own format
)
_BY_VEROVIO = """
import sys, verovio
from pathlib import Path
from composer.rendering.pages.engraving import svg_pages
text = Path(sys.argv[1]).read_text(encoding="utf-8")
verovio.enableLog(verovio.LOG_WARNING)
if not verovio.toolkit().loadData(text):
    print("verovio does not load it", file=sys.stderr)
for number, page in enumerate(svg_pages(text), 1):
    if "</svg>" not in page:
        print(f"page {number} is not whole", file=sys.stderr)
"""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A piece on the grid, its MusicXML, the same with repeat signs as is printed, and the first
    in a file, beside which others may go."""

    piece: Piece
    musicxml: str
    folded: str
    path: Path


def bars(rendered: Rendered) -> list[str]:
    """Every voice fills every measure."""
    return measure_problems(rendered.musicxml)


def notes(rendered: Rendered) -> list[str]:
    """The score has each onset and pitch of the piece, strums as chords, and as text what it has as
    a score."""
    score = build_score(rendered.piece).piece
    silence = rendered.piece.end_tick - score.end_tick
    problems = []
    asked = sorted(_onsets([_as_chords(part) for part in rendered.piece.parts], silence))
    if asked != sorted(_onsets(score.parts, 0)):
        problems.append("the score has other onsets and pitches than the piece")
    read = [
        sorted((int(24 * n.onset), int(24 * n.length), n.pitch) for n in part.notes)
        for part in written_parts(rendered.musicxml)
    ]
    pitched = [place for place, part in enumerate(score.parts) if not part.is_drums]
    return problems + _differences(
        [read[place] for place in pitched], [rows_as_signs(score.parts[place]) for place in pitched]
    )


def music21(rendered: Rendered) -> list[str]:
    """music21 reads the notes of the score, drums by their signs."""
    expected = [rows_as_signs(part) for part in build_score(rendered.piece).piece.parts]
    return _differences(rows_of_musicxml(rendered.musicxml), expected)


def reader(rendered: Rendered) -> list[str]:
    """Our own reader gives back the notes of the score, drums too; it reads a pickup as the end of
    a whole bar, so all of them may come later."""
    read = read_bytes(rendered.musicxml.encode(), rendered.path.name)
    found = [_rows(part, read.ticks_per_quarter) for part in read.parts]
    written = build_score(rendered.piece).piece.parts
    expected = [rows_of_part(part) for part in written if part.notes]
    first_found, first = (
        min((row[0] for part in rows for row in part), default=0) for rows in (found, expected)
    )
    pickup = first_found - first
    moved = [[(row[0] - pickup, *row[1:]) for row in part] for part in found]
    return _differences(moved, expected)


def verovio(rendered: Rendered) -> list[str]:
    """Verovio loads and engraves it, with repeat signs and without, in a process of its own (for it
    may crash), without a warning."""
    folded = rendered.path.with_suffix(".folded.musicxml")
    folded.write_text(rendered.folded, encoding="utf-8")
    paths = [rendered.path] + [folded] * (rendered.folded != rendered.musicxml)
    return [
        line
        for path in paths
        for line in _said([sys.executable, "-c", _BY_VEROVIO, str(path)], timeout_seconds=300)
    ]


def pdf(rendered: Rendered) -> list[str]:
    """It becomes a PDF."""
    from composer.rendering.pages.engraving import pdf_bytes

    is_pdf = pdf_bytes(rendered.folded).startswith(b"%PDF")
    return [] if is_pdf else ["no PDF comes of it"]


def musescore(rendered: Rendered, program: str) -> list[str]:
    """MuseScore 3 loads it and exports the same pitched notes, without a warning."""
    own, back = rendered.path.with_suffix(".mscx"), rendered.path.with_suffix(".back.musicxml")
    job = rendered.path.with_suffix(".json")
    job.write_text(json.dumps([{"in": str(rendered.path), "out": [str(own), str(back)]}]))
    problems = _said([program, "-j", str(job)], timeout_seconds=600)
    return problems + _lost_on_the_way(rendered, back)


def mscx(rendered: Rendered, program: str) -> list[str]:
    """MuseScore 3 reads its own format again, finds nothing corrupt, and the notes are the same."""
    own, back = rendered.path.with_suffix(".mscx"), rendered.path.with_suffix(".back.musicxml")
    problems = []
    for source, target in ((rendered.path, own), (own, back)):
        problems += _said([program, "-o", str(target), str(source)], timeout_seconds=600)
    return problems + _lost_on_the_way(rendered, back)


def _lost_on_the_way(rendered: Rendered, exported: Path) -> list[str]:
    """How the pitched notes of an export differ from those of our file."""
    if not exported.exists():
        return [f"there is no {exported.suffix} to read back"]
    drums = [part.is_drums for part in build_score(rendered.piece).piece.parts]
    found, expected = (
        [
            sorted((int(24 * n.onset), int(24 * n.length), n.pitch) for n in part.notes)
            for part, is_drums in zip(written_parts(text), drums, strict=True)
            if not is_drums
        ]
        for text in (read_musicxml(exported), rendered.musicxml)
    )
    return _differences(found, expected)


def _said(command: Sequence[str], timeout_seconds: int) -> list[str]:
    """What a program says about the content of its file, and that it failed, if it did."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, env=environment, timeout=timeout_seconds
        )
    except subprocess.TimeoutExpired:
        return [f"not done after {timeout_seconds} seconds"]
    lines = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
    problems = [line for line in lines if not _NO_CONTENT.search(line)]
    return problems + [f"exit status {done.returncode}"] * (done.returncode != 0)


def _as_chords(part: Part) -> Part:
    return gathered(replace(part, notes=tuple(without_overlaps(part.notes)))).part


def _onsets(parts: Sequence[Part], silence: int) -> list[tuple[str, int, int]]:
    return [
        (part.instrument, note.onset_tick - silence, note.pitch)
        for part in parts
        for note in without_overlaps(part.notes)
    ]


def _rows(part: Part, ticks_per_quarter: int) -> list[Row]:
    return sorted(
        (
            round(note.onset_tick * 24 / ticks_per_quarter),
            round(note.length_ticks * 24 / ticks_per_quarter),
            note.pitch,
        )
        for note in part.notes
    )


def _differences(found: Sequence[Sequence[Row]], expected: Sequence[Sequence[Row]]) -> list[str]:
    if len(found) != len(expected):
        return [f"{len(found)} parts of {len(expected)} are read back"]
    problems = []
    for number, (ours, theirs) in enumerate(zip(found, expected, strict=True), 1):
        if list(ours) != list(theirs):
            lost, new = set(theirs) - set(ours), set(ours) - set(theirs)
            problems.append(
                f"part {number}: {len(lost)} notes are lost ({_first(lost)}), "
                f"{len(new)} are new ({_first(new)})"
            )
    return problems


def _first(rows: set[Row]) -> str:
    return str(min(rows)) if rows else "none"
