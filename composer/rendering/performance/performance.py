"""A piece as somebody plays it: how loud each note is, how time bends, where the pedal goes.

Pitches are never touched, onsets and lengths only where the style swings: elsewhere a performance
and its score agree note for note, and time bends by tempo changes alone. (Random errors of
timing are left out on purpose: listeners find music on the grid no worse; Frühauf, Kopiez and
Platz, "Music on the timing grid", Musicae Scientiae 17, 2013.) A loop is played in strict time,
and nothing of it sounds beyond its last bar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

from composer.music.bars import Bar, bars_of, tempo_at
from composer.music.piece import Piece, TempoChange
from composer.music.styles import follows, swing_of
from composer.rendering.performance.loudness import PHRASE_BARS, plain, voiced
from composer.rendering.performance.pedal import Pedal, pedals_of
from composer.rendering.performance.swing import with_swing
from composer.rendering.performance.sync_points import on_time

_FINAL_TEMPO = 0.62
_BREATH_TEMPI = (0.97, 0.92)
_STEPS_A_BEAT = 2


@dataclass(frozen=True, slots=True)
class Performance:
    """The piece with every velocity and tempo decided, and the pedal of each part.

    Ticks are those of `piece`, which may have more to a quarter than what was performed.
    """

    piece: Piece
    pedals: tuple[tuple[Pedal, ...], ...]


def perform(
    piece: Piece,
    *,
    seed: int = 0,
    mechanical: bool = False,
    loop: bool = False,
    punctual: Sequence[int] = (),
) -> Performance:
    """How the piece is played; the same seed plays it the same way.

    `mechanical` plays in strict time as written, without swing and pedal, what is decided as it
    is, the rest alike. `loop` keeps the tempi and cuts what would ring over the end. `punctual` are
    ticks that fall exactly when the written tempi say, and if there are any so does the end.
    """
    bars = bars_of(piece)
    if loop:
        piece = replace(piece, parts=tuple(part.until(piece.end_tick) for part in piece.parts))
    if mechanical or not bars:
        parts = tuple(map(plain, piece.parts))
        return Performance(replace(piece, parts=parts), ((),) * len(parts))
    parts = tuple(
        voiced(part, bars, f"{seed} {place}", piece.tags.mood)
        for place, part in enumerate(piece.parts)
    )
    tempi = piece.tempi if loop else _bent_tempi(piece, bars)
    if punctual:
        tempi = on_time(tempi, piece, punctual)
    if not loop and tempi and tempi[-1].tick < piece.end_tick:
        after = tempo_at(piece, piece.end_tick)  # the ritardando does not hold on behind the end
        steady = after.quarters_per_minute if after else 120.0
        if steady != tempi[-1].quarters_per_minute:
            tempi = (*tempi, TempoChange(piece.end_tick, steady))
    swung = with_swing(replace(piece, parts=parts), swing_of(piece.tags.style))
    factor = swung.ticks_per_quarter // piece.ticks_per_quarter
    finer = (tempo._replace(tick=tempo.tick * factor) for tempo in tempi)
    pedals = (pedals_of(part, bars, piece) for part in piece.parts)
    return Performance(
        replace(swung, tempi=tuple(finer)),
        tuple(tuple(Pedal(tick * factor, down) for tick, down in of_part) for of_part in pedals),
    )


def _bent_tempi(piece: Piece, bars: Sequence[Bar]) -> tuple[TempoChange, ...]:
    """The tempi with a breath at the ends of phrases and a ritardando into the last bar.

    Styles with a groove keep strict time.
    """
    tempi = piece.tempi or (TempoChange(0, 120.0),)
    if follows(piece.tags.style, "strict-time") or len(bars) < PHRASE_BARS:
        return tempi
    steady = replace(piece, tempi=tempi)
    changes = {change.tick: change.quarters_per_minute for change in tempi}
    for number in range(PHRASE_BARS, len(bars) - 1, PHRASE_BARS):
        changes |= _breath(steady, bars[number - 1], changes)
    changes |= _final_ritardando(steady, bars)
    return tuple(TempoChange(tick, changes[tick]) for tick in sorted(changes))


def _breath(piece: Piece, bar: Bar, changes: dict[int, float]) -> dict[int, float]:
    """Tempi over the last beat of a bar, step by step slower, and the tempo behind it."""
    beat = min(piece.ticks_per_quarter, bar.length_ticks)
    step = max(1, beat // len(_BREATH_TEMPI))
    after = bar.end_tick
    tempi = {after: changes.get(after, _steady_tempo(piece, after))}
    for number, slower in enumerate(_BREATH_TEMPI):
        tick = after - beat + number * step
        tempi[tick] = _steady_tempo(piece, tick) * slower
    return tempi


def _steady_tempo(piece: Piece, tick: int) -> float:
    tempo = tempo_at(piece, tick)
    return tempo.quarters_per_minute if tempo else 120.0


def _final_ritardando(piece: Piece, bars: Sequence[Bar]) -> dict[int, float]:
    """Tempi of the last bar and the one before, step by step: v = sqrt(1 + (w^2 - 1) x)."""
    start, end = bars[-2].start_tick, bars[-1].start_tick
    last_onset = max((n.onset_tick for part in piece.parts for n in part.notes), default=end)
    end = max(end, last_onset)
    step = max(1, piece.ticks_per_quarter // _STEPS_A_BEAT)
    tempi = {}
    for tick in range(start, end + 1, step):
        through = (tick - start) / max(1, end - start)
        slowing = sqrt(1 + (_FINAL_TEMPO**2 - 1) * through)
        tempi[tick] = _steady_tempo(piece, tick) * slowing
    return tempi
