"""What a user asks for, checked and resolved; nothing here needs a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from composer.errors import RequestError
from composer.music.ensembles import Ensemble, find_ensemble
from composer.music.instruments import INSTRUMENTS, Instrument
from composer.music.keys import key_name, parse_key
from composer.music.meters import parse_meter
from composer.music.moods import Mood, find_mood
from composer.music.names import compact, look_up
from composer.music.normalise import MOST_PARTS, MOST_PARTS_OF_AN_INSTRUMENT
from composer.music.piece import KeyChange
from composer.music.presets import find_preset
from composer.music.styles import Style, find_style

MOST_BARS = 512
SLOWEST, FASTEST = 20.0, 320.0
"""Quarters a minute."""


@dataclass(frozen=True, slots=True)
class Request:
    """The fields that are given; None or empty where they are free."""

    bars: int
    style: Style | None = None
    mood: Mood | None = None
    key: KeyChange | None = None
    mode: str = ""
    meter: tuple[int, int] | None = None
    quarters_per_minute: float | None = None
    ensemble: Ensemble | None = None
    instruments: tuple[Instrument, ...] = ()
    title: str = ""

    def asked(self) -> dict[str, str | int | float]:
        """What was asked, in the words of the command line."""
        words: dict[str, str | int | float | None] = {
            "style": self.style.name if self.style else None,
            "mood": self.mood.name if self.mood else None,
            "bars": self.bars,
            "key": key_name(self.key) if self.key else self.mode or None,
            "meter": f"{self.meter[0]}/{self.meter[1]}" if self.meter else None,
            "tempo": self.quarters_per_minute,
            "ensemble": self.ensemble.name if self.ensemble else None,
            "instruments": ", ".join(i.name for i in self.instruments) or None,
        }
        return {name: value for name, value in words.items() if value is not None}


def make_request(
    *,
    style: str = "",
    mood: str = "",
    bars: int | None = None,
    key: str = "",
    meter: str = "",
    tempo: float | None = None,
    ensemble: str = "",
    instruments: Sequence[str] = (),
    preset: str = "",
    title: str = "",
) -> Request:
    """Resolve words to values. A preset fills in what is not given.

    `key` may be a whole key ("D minor") or a mode ("minor"). Raises RequestError, naming what
    was given and what is allowed.
    """
    flags = find_preset(preset).flags() if preset else {}
    style, mood = style or flags.get("style", ""), mood or flags.get("mood", "")
    if not instruments:
        ensemble = ensemble or flags.get("ensemble", "")
    key, meter = key or flags.get("mode", ""), meter or flags.get("meter", "")
    mode = key.strip().lower() if key.strip().lower() in ("major", "minor") else ""
    return Request(
        bars=_bars(int(flags.get("bars", 16)) if bars is None else bars),
        style=find_style(style) if style else None,
        mood=find_mood(mood) if mood else None,
        key=parse_key(key) if key and not mode else None,
        mode=mode,
        meter=parse_meter(meter) if meter else None,
        quarters_per_minute=_tempo(float(flags["tempo"]) if tempo is None and flags else tempo),
        ensemble=find_ensemble(ensemble) if ensemble else None,
        instruments=_instruments(instruments),
        title=title.strip(),
    )


def _bars(bars: int) -> int:
    if not 1 <= bars <= MOST_BARS:
        raise RequestError(f"{bars} bars are not possible; give 1 to {MOST_BARS}")
    return bars


def _tempo(quarters_per_minute: float | None) -> float | None:
    if quarters_per_minute is not None and not SLOWEST <= quarters_per_minute <= FASTEST:
        raise RequestError(
            f"a tempo of {quarters_per_minute:g} is not possible; "
            f"give {SLOWEST:g} to {FASTEST:g} quarters a minute"
        )
    return quarters_per_minute


def _instruments(names: Sequence[str]) -> tuple[Instrument, ...]:
    table = {compact(i.name): i for i in INSTRUMENTS} | {compact(i.label): i for i in INSTRUMENTS}
    known = [instrument.name for instrument in INSTRUMENTS]
    found = tuple(
        look_up(name, table, "instrument", known, f"there are {', '.join(known)}") for name in names
    )
    if len(found) > MOST_PARTS:
        raise RequestError(f"{len(found)} instruments are too many; give at most {MOST_PARTS}")
    for instrument in found:
        if found.count(instrument) > MOST_PARTS_OF_AN_INSTRUMENT:
            raise RequestError(
                f"{found.count(instrument)} parts for {instrument.name} are too many; "
                f"give at most {MOST_PARTS_OF_AN_INSTRUMENT}"
            )
    return found
