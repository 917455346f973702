"""The bytes of a MusicXML, kern or ABC file to a music21 score, or a reason why not."""

from __future__ import annotations

import re
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from composer.corpus.drum_notes import with_drum_pitches
from composer.corpus.midi_reading import MOST_BYTES
from composer.errors import UnreadablePieceError

MOST_UNPACKED_BYTES = 4 * MOST_BYTES

_METRONOME = re.compile(rb"<metronome\b.*?</metronome>", re.DOTALL)
_STATED_TEMPO = re.compile(
    rb"<beat-unit>\s*\w+\s*</beat-unit>\s*(<beat-unit-dot\s*/>\s*)*<per-minute\b[^<]*\d"
)
UNTITLED = "untitled-score"  # music21 makes a title of the file's name where there is none


def parse_score(data: bytes, name: str) -> Any:
    """The music21 score in the bytes of a file; the first where there are several."""
    from music21 import converter, stream

    if not data.strip():
        raise UnreadablePieceError("the file is empty")
    suffix = Path(name).suffix.lower()
    if suffix == ".mxl":
        data, suffix = _unpacked(data), ".musicxml"
    if suffix in (".xml", ".musicxml"):
        data = with_drum_pitches(_METRONOME.sub(_stated_or_nothing, data))
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of details that a Piece does not hold
        path = Path(folder) / f"{UNTITLED}{suffix}"
        path.write_bytes(data)
        parser = converter.Converter()
        with blamed_on_the_file():
            parser.parseFileNoPickle(path)
    score = parser.stream
    if isinstance(score, stream.Opus):
        score = next(iter(score.scores), None)
    if score is None:
        raise UnreadablePieceError("no score in it")
    return score


@contextmanager
def blamed_on_the_file() -> Iterator[None]:
    """music21 raises whatever its parsers stumble over, and parses lazily."""
    try:
        yield
    except UnreadablePieceError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise UnreadablePieceError(f"music21 cannot read it ({reason})") from None


def _unpacked(data: bytes) -> bytes:
    """The score inside a compressed MusicXML file."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            inside = [i for i in archive.infolist() if not i.filename.startswith("META-INF")]
            scores = [i for i in inside if i.filename.lower().endswith((".xml", ".musicxml"))]
            if not scores:
                raise UnreadablePieceError("a compressed MusicXML file without a score in it")
            if scores[0].file_size > MOST_UNPACKED_BYTES:
                limit = MOST_UNPACKED_BYTES // 10**6
                raise UnreadablePieceError(f"unpacks to more than {limit} megabytes")
            return archive.read(scores[0])
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):
        raise UnreadablePieceError("not a compressed MusicXML file") from None


def _stated_or_nothing(mark: re.Match[bytes]) -> bytes:
    """music21 stumbles over "old beat = new beat" and empty marks, which state no tempo."""
    return mark.group() if _STATED_TEMPO.search(mark.group()) else b"<words></words>"
