"""Notation from MIDI, ours beside music21's and MuseScore 3's, against human engravings.

    python -m benchmarks.notation PAIRS [--musescore mscore3] [--limit N] [--only ours]

PAIRS is a folder or a zip of `<name>.mxl` and `<name>.mid` twins. MuseScore is left out where its
program is not found. Prints the mean over the pairs of each measure of
`composer.measures.notation_agreement`, and how long each writer took; the staff also over each half
of the pairs that have one, for the costs of our hands were tuned on the first, third and so on.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from composer.corpus.readers import read_piece
from composer.errors import ComposerError
from composer.measures.notation_agreement import Scores, evaluate, read_musicxml, written_parts
from composer.rendering.musicxml.musicxml import musicxml_text

Writer = Callable[[Path, Path], str]


def ours(midi: Path, folder: Path) -> str:
    return musicxml_text(read_piece(midi))


def by_music21(midi: Path, folder: Path) -> str:
    from music21 import converter

    target = folder / f"{midi.stem}.music21.musicxml"
    converter.parse(midi).write("musicxml", target)
    return target.read_text(encoding="utf-8")


def by_musescore(program: str) -> Writer:
    def write(midi: Path, folder: Path) -> str:
        target = folder / f"{midi.stem}.musescore.musicxml"
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        command = [program, "-o", str(target), str(midi)]
        subprocess.run(command, check=True, capture_output=True, env=environment, timeout=180)
        return target.read_text(encoding="utf-8")

    return write


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--musescore", default="mscore3")
    parser.add_argument("--limit", type=int, default=None)
    parser.add_argument("--only", choices=("ours", "music21", "musescore"))
    arguments = parser.parse_args()
    writers: dict[str, Writer] = {"ours": ours, "music21": by_music21}
    if shutil.which(arguments.musescore):
        writers["musescore"] = by_musescore(arguments.musescore)
    if arguments.only:
        writers = {arguments.only: writers[arguments.only]}
    with tempfile.TemporaryDirectory() as name:
        folder = arguments.pairs
        if zipfile.is_zipfile(folder):
            zipfile.ZipFile(folder).extractall(name)
            folder = Path(name)
        pairs = sorted(folder.rglob("*.mid"))[: arguments.limit]
        for label, write in writers.items():
            report(label, write, pairs, Path(name))


def report(label: str, write: Writer, pairs: list[Path], folder: Path) -> None:
    found: list[Scores] = []
    failures = 0
    started = time.perf_counter()
    for midi in pairs:
        reference = written_parts(read_musicxml(midi.with_suffix(".mxl")))
        try:
            estimate = written_parts(write(midi, folder))
        except (ComposerError, OSError, subprocess.SubprocessError) as error:
            failures += 1
            print(f"{label} failed on {midi.stem}: {error}")
            continue
        found.append(evaluate(reference, estimate))
    seconds = time.perf_counter() - started
    measures = Scores._fields[:7]
    means = []
    for name in measures:
        rows = [s for s in found if name != "staff" or s.staff_notes]
        means.append(sum(getattr(s, name) for s in rows) / max(1, len(rows)))
    print(label, " ".join(f"{n} {v:.4f}" for n, v in zip(measures, means, strict=True)), end=" ")
    print(f"failures {failures} seconds {seconds:.1f}", end=" ")
    halves = [[s.staff for s in found if s.staff_notes][half::2] for half in (0, 1)]
    staves = [sum(half) / max(1, len(half)) for half in halves]
    print(f"staff of the tuned half {staves[0]:.4f}, of the other {staves[1]:.4f}", flush=True)


if __name__ == "__main__":
    main()
