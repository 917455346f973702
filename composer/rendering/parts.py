"""One piece a part: stems for a DAW, parts for players."""

from __future__ import annotations

import re
from dataclasses import replace

from composer.music.piece import Piece
from composer.rendering.midi import track_name


def single_parts(piece: Piece) -> list[tuple[str, Piece]]:
    """For each part a label fit for a file's name, distinct from the others, and a piece with it
    alone; meter, key, tempo and length stay, so that stems line up."""
    labels: list[str] = []
    singles = []
    for part in piece.parts:
        label = re.sub(r"[^\w]+", "-", track_name(part)).strip("-").lower() or "part"
        labels.append(label)
        if labels.count(label) > 1:
            label = f"{label}-{labels.count(label)}"
        singles.append((label, replace(piece, parts=(part,))))
    return singles
