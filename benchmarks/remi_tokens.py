"""Rows of ours as MidiTok's REMI tokens: the same notes, behind the same header.

REMI (Huang and Yang 2020) as MidiTok (Fradet et al. 2021) writes it for several instruments in one
stream: Bar, TimeSig, Tempo, Position, Program, Pitch (or PitchDrum), Velocity, Duration. The grid
is ours, 24 positions a quarter note; lengths are exact to four quarters and 12 a quarter to 16.

What our model is given in its header stands in front as tokens of its own, one a field.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import symusic
from miditok import REMI, TokenizerConfig
from numpy.typing import NDArray

from composer.music.lengths import TEMPI
from composer.music.meters import DENOMINATORS, LONGEST_BAR_TICKS
from composer.music.piece import GRID_TICKS_PER_QUARTER, Piece
from composer.tokens.decode import decode
from composer.tokens.fields import FIELD_SIZES, HEADER_KINDS, ROW_FIELDS, Kind, Mark

Rows = NDArray[np.int16]
START = 0
"""What the first token of a crop is predicted from: MidiTok's padding token."""
UNDECIDED_VELOCITY = 64
"""Stands where nobody has decided how loud a note is; such tokens have no loss, as in ours."""


class Tokens(NamedTuple):
    """`ids` of a crop, and which `counts`: not the `header` ones in front, which are given, nor an
    undecided velocity. `is_bar` marks where a bar begins."""

    ids: NDArray[np.int64]
    counts: NDArray[np.bool_]
    is_bar: NDArray[np.bool_]
    header: int


class RemiTokens:
    """MidiTok's vocabulary without the positions that our grid cannot reach, behind it the end
    of a piece, then the values of our header's fields. There are `size` in all."""

    def __init__(self) -> None:
        tokenizer: Any = REMI(_configuration())
        self.tokenizer = tokenizer
        reachable = {_position(tick, d) for d in DENOMINATORS for tick in range(LONGEST_BAR_TICKS)}
        kept = [
            (name, number)
            for name, number in sorted(tokenizer.vocab.items(), key=lambda item: item[1])
            if not name.startswith("Position_") or int(name.split("_")[1]) in reachable
        ]
        self.ids = np.full(len(tokenizer.vocab), -1, dtype=np.int64)
        self.ids[[number for _, number in kept]] = np.arange(len(kept))
        self.is_velocity = np.array([name.startswith("Velocity_") for name, _ in kept])
        self.is_bar = np.array([name.startswith("Bar_") for name, _ in kept])
        self.end = len(kept)
        self.size = self.end + 1
        self.offsets: dict[str, int] = {}
        for name in dict.fromkeys(name for kind in HEADER_KINDS for name in ROW_FIELDS[kind]):
            self.offsets[name] = self.size
            self.size += FIELD_SIZES[name]

    def encode(self, rows: Rows) -> Tokens:
        """The tokens of a crop: header rows, then the rows of its bars."""
        header = self._header(rows[np.isin(rows[:, 0], HEADER_KINDS)])
        piece = decode(rows)
        body = self.ids[self.tokenizer(score_of(piece)).ids]
        undecided = not any(note.velocity for part in piece.parts for note in part.notes)
        counts = ~(self.is_velocity[body] & undecided)
        is_bar = self.is_bar[body]
        if tuple(rows[-1, :2]) == (Kind.MARK, Mark.END):
            body, counts, is_bar = (np.append(body, self.end), *_longer(counts, is_bar))
        given = np.zeros(len(header), dtype=bool)
        return Tokens(
            np.concatenate([header, body]),
            np.concatenate([given, counts]),
            np.concatenate([given, is_bar]),
            len(header),
        )

    def _header(self, rows: Rows) -> NDArray[np.int64]:
        return np.array(
            [
                self.offsets[name] + row[column]
                for row in rows.tolist()
                for column, name in enumerate(ROW_FIELDS[Kind(row[0])], 1)
            ],
            dtype=np.int64,
        )


def _longer(
    counts: NDArray[np.bool_], is_bar: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Both with the end of the piece behind: it counts, and begins no bar."""
    return np.append(counts, True), np.append(is_bar, False)


def _position(tick: int, denominator: int) -> int:
    """MidiTok divides the beat of any meter alike."""
    return tick * denominator // 4


def _configuration() -> TokenizerConfig:
    return TokenizerConfig(
        pitch_range=(0, 127),
        beat_res={(0, 4): GRID_TICKS_PER_QUARTER, (4, 16): GRID_TICKS_PER_QUARTER // 2},
        num_velocities=32,
        use_programs=True,
        one_token_stream_for_programs=True,
        use_pitchdrum_tokens=True,
        drums_pitch_range=(0, 127),
        use_time_signatures=True,
        time_signature_range={d: list(range(1, 4 * d + 1)) for d in DENOMINATORS},
        use_tempos=True,
        num_tempos=len(TEMPI),
        tempo_range=(TEMPI[0], TEMPI[-1]),
        log_tempos=True,
    )


def score_of(piece: Piece) -> symusic.Score:
    """A normalised piece as MidiTok takes it."""
    score = symusic.Score(piece.ticks_per_quarter)
    for meter in piece.meters:
        score.time_signatures.append(symusic.TimeSignature(*meter))
    for tempo in piece.tempi:
        score.tempos.append(symusic.Tempo(*tempo))
    for part in piece.parts:
        track = symusic.Track(part.name, 0 if part.is_drums else part.program, part.is_drums)
        for onset_tick, length_ticks, pitch, velocity in part.notes:
            track.notes.append(
                symusic.Note(onset_tick, length_ticks, pitch, velocity or UNDECIDED_VELOCITY)
            )
        score.tracks.append(track)
    return score
