"""How fast music of a style goes, and how fast people play."""

from __future__ import annotations

import pytest

from composer.analysis.paces import notes_per_second, people_play, usual_tempi
from composer.music.instruments import INSTRUMENTS
from composer.music.piece import MeterChange, Note, Part, Piece, TempoChange


def test_speed_is_counted_over_two_seconds() -> None:
    """Sixteenths at 120 are eight a second; a burst of four notes is not kept up."""
    sixteenths = Part("piano", 0, tuple(Note(6 * n, 6, 60 + n % 5) for n in range(64)))
    burst = Part("piano", 0, tuple(Note(2 * n, 2, 60 + n) for n in range(4)))
    tempi = (TempoChange(0, 120.0),)
    piece = Piece((sixteenths, burst), (MeterChange(0, 4, 4),), 384, tempi=tempi)
    assert notes_per_second(piece, sixteenths) == pytest.approx(8.0)
    assert notes_per_second(piece, burst) == pytest.approx(2.0)
    assert notes_per_second(Piece((sixteenths,), piece.meters, 384), sixteenths) == 0.0


def test_every_instrument_has_a_limit_and_sixteenths_at_208_are_beyond_a_pianist() -> None:
    """By its own parts or by its section; drums have none."""
    assert all(people_play(i.name) < 20 for i in INSTRUMENTS if not i.is_drums)
    assert people_play("piano") < 4 * 208 / 60
    assert people_play("drums") == float("inf")


def test_tempi_of_a_style_are_its_own() -> None:
    """Classical music is not played at 208, and of an unknown style nobody knows."""
    slow, fast = usual_tempi("classical") or (0, 0)
    assert 50 < slow < fast < 160
    assert usual_tempi("nothing") is None
