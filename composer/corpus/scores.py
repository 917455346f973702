"""MusicXML, kern and ABC to pieces: each first as partwise MusicXML, then read as it sounds.

Of a file with several tunes the first is read.
"""

from __future__ import annotations

from pathlib import Path

from composer.corpus.midi_reading import MOST_BYTES
from composer.errors import UnreadablePieceError
from composer.music.piece import Piece


def read_score(data: bytes, name: str) -> Piece:
    """The piece in the bytes of a MusicXML, kern or ABC file called `name`, with its source.

    Raises UnreadablePieceError with the reason.
    """
    try:
        return _piece(data, name)
    except UnreadablePieceError as error:
        raise UnreadablePieceError(f"{name}: {error}") from None
    except RecursionError:
        raise UnreadablePieceError(f"{name}: nested too deeply to be music") from None


def _piece(data: bytes, name: str) -> Piece:
    from composer.corpus.foreign_scores import partwise_of_abc, partwise_of_kern
    from composer.corpus.musicxml_piece import piece_of_partwise
    from composer.corpus.partwise import mended, partwise_tree

    if len(data) > MOST_BYTES:
        raise UnreadablePieceError(f"larger than {MOST_BYTES // 1_000_000} megabytes")
    suffix = Path(name).suffix.lower()
    if suffix == ".krn":
        root, wrongs = partwise_of_kern(data)
        return piece_of_partwise(mended(root), name, wrongs)
    if suffix == ".abc":
        return piece_of_partwise(mended(partwise_of_abc(data)), name)
    root, wrongs = partwise_tree(data, is_packed=suffix == ".mxl")
    return piece_of_partwise(root, name, wrongs)
