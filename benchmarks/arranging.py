"""How much of real pieces other players get, and whether they can play it; no model is asked.

    python -m benchmarks.arranging FILE ...

For each ensemble: pieces, the mean and the worst share of notes left out (their pitch class begins
nowhere at their onset), the share of moments that a player could not sound, and CPU seconds a
thousand notes.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from composer.composing.verbs import arranging
from composer.composing.verbs.arranging import arrange, left_out
from composer.composing.verbs.players import Desk
from composer.corpus.readers import read_piece
from composer.errors import ComposerError
from composer.music.comfortable import can_sound
from composer.music.instruments import BY_NAME
from composer.music.piece import Piece
from composer.played.quantise import quantise

ENSEMBLES = (
    "string-quartet", "orchestra", "solo-piano", "band", "choir", "guitar", "voice-and-piano",
)  # fmt: skip


def unplayable(piece: Piece) -> int:
    """Notes at whose onset their player would have to sound what nobody can."""
    count = 0
    for part in piece.parts:
        desk = Desk(replace(part, notes=()), BY_NAME[part.instrument])
        desk.notes = sorted(part.notes)
        desk.longest_ticks = max((note.length_ticks for note in part.notes), default=0)
        for note in part.notes:
            together = desk.around(note.onset_tick, note.onset_tick + 1)
            count += not can_sound(desk.instrument, {other.pitch for other in together})
    return count


def measure(paths: list[Path], ensemble: str) -> str:
    """One line of the table; pieces of one part for its own instrument are passed over."""
    lost, bad, notes, seconds = [], 0, 0, 0.0
    for path in paths:
        try:
            piece = quantise(read_piece(path))
            began = time.process_time()
            arranged = arrange(piece, ensemble=ensemble, seed=1)
        except ComposerError as error:
            print(f"{path.name}: {error}", file=sys.stderr)
            continue
        seconds += time.process_time() - began
        if len(piece.parts) == len(arranged.parts) == 1:
            continue
        notes += piece.note_count
        lost.append(left_out(piece, arranged) / piece.note_count)
        bad += unplayable(arranged)
    mean, worst = sum(lost) / len(lost), max(lost)
    return (
        f"| {ensemble} | {len(lost)} | {mean:.1%} | {worst:.1%} | {bad / notes:.3%} "
        f"| {1000 * seconds / notes:.2f} |"
    )


if __name__ == "__main__":
    print("| for | pieces | left out | at worst | unplayable | s/1000 notes |")
    print("|---|---|---|---|---|---|")
    with patch.object(arranging, "_filled", lambda piece, *_: piece):
        for name in ENSEMBLES:
            print(measure([Path(word) for word in sys.argv[1:]], name), flush=True)
