"""Any file we read, to a piece: MIDI, MusicXML, kern, ABC."""

from __future__ import annotations

from pathlib import Path

from composer.corpus.midi_reading import MOST_BYTES, read_midi
from composer.errors import FileError, UnreadablePieceError
from composer.music.piece import Piece

MIDI_SUFFIXES = (".mid", ".midi", ".kar", ".rmi", ".rmid", ".smf")
SCORE_SUFFIXES = (".musicxml", ".xml", ".mxl", ".krn", ".abc")
SUFFIXES = MIDI_SUFFIXES + SCORE_SUFFIXES


def read_piece(path: Path) -> Piece:
    """The piece in a file, MIDI at the file's own resolution, with all else that the file says in
    `Piece.source`. Where the file is damaged, what can be read is, and `source.wrongs` say so.

    Raises FileError for a file that cannot be opened, UnreadablePieceError (with the file's name
    and the reason) for one that is not music we can read.
    """
    if path.is_dir():
        raise FileError(f"{path} is a folder; give a file of music in it")
    if path.suffix.lower() not in SUFFIXES:
        raise UnreadablePieceError(f"{path.name}: {_unknown_suffix(path.suffix)}")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UnreadablePieceError(
                f"{path.name}: larger than {MOST_BYTES // 1_000_000} megabytes"
            )
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileError(f"{path} cannot be read: {reason}") from None
    if path.suffix.lower() in MIDI_SUFFIXES:
        from composer.corpus.midi_file import read_whole_midi

        return read_whole_midi(data, path.name)
    return read_bytes(data, path.name)


def read_bytes(data: bytes, name: str, expected_notes: int = 0) -> Piece:
    """The piece in the bytes of a file called `name`, whose suffix says what they are; of MIDI the
    notes alone, fast, and none of a damaged file: so corpora are read.

    `expected_notes` is what a catalogue says (0: unknown); a MIDI file that holds them needs no
    search for notes without an end. Raises UnreadablePieceError.
    """
    suffix = Path(name).suffix.lower()
    if suffix in MIDI_SUFFIXES:
        return read_midi(data, name, expected_notes)
    if suffix in SCORE_SUFFIXES:
        from composer.corpus.scores import read_score

        return read_score(data, name)
    raise UnreadablePieceError(f"{name}: {_unknown_suffix(suffix)}")


def _unknown_suffix(suffix: str) -> str:
    return f"files ending in {suffix!r} are not read; these are: {' '.join(SUFFIXES)}"
