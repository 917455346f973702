"""`composer compose "a sad waltz"`: a sentence beside flags."""

from __future__ import annotations

import pytest

from composer.cli.compose import _request
from composer.cli.parser import build_parser


def test_a_sentence_says_what_flags_do_not(capsys: pytest.CaptureFixture[str]) -> None:
    """Flags go before it, and words that nobody understood are told."""
    line = ["compose", "a sad waltz for piano, 40 bars, zzyzx", "--mood", "calm", "--seed", "3"]
    request = _request(build_parser().parse_args(line))
    assert request == {
        "mood": "calm", "seed": 3, "style": "waltz", "ensemble": "solo-piano", "bars": 40,
        "meter": "3/4",
    }  # fmt: skip
    assert capsys.readouterr().err == "composer: not understood: zzyzx\n"


def test_instruments_of_a_flag_take_the_place_of_those_of_the_sentence() -> None:
    """Both at once could not be met."""
    line = ["compose", "a waltz for piano", "--instruments", "flute,harp"]
    request = _request(build_parser().parse_args(line))
    assert "ensemble" not in request
    assert request["instruments"] == "flute,harp"
