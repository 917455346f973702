import pytest

from composer.errors import RequestError
from composer.music.ensembles import ensembles
from composer.music.meters import parse_meter
from composer.music.moods import find_mood
from composer.music.presets import find_preset, presets
from composer.music.styles import composers, styles


def test_there_are_at_least_thirty_and_each_has_a_name_of_its_own():
    names = [preset.name for preset in presets()]
    assert len(names) == len(set(names)) >= 30
    assert {"film-epic", "lullaby", "trailer-tension", "game-overworld", "advert-bright"} <= {
        *names
    }


def test_every_preset_is_a_request_that_can_be_met():
    style_names = {style.name for style in (*styles(), *composers())}
    ensemble_names = {ensemble.name for ensemble in ensembles()}
    for preset in presets():
        assert preset.style in style_names
        assert preset.ensemble in ensemble_names
        assert preset.mode in ("major", "minor")
        assert 20 <= preset.quarters_per_minute <= 336
        assert preset.bars > 0
        parse_meter(preset.meter)
        assert find_mood(preset.mood).name == preset.mood


def test_a_preset_says_what_it_expands_to():
    assert find_preset("Film Epic").flags() == {
        "style": "romantic", "ensemble": "orchestra", "mood": "epic", "tempo": "116",
        "meter": "4/4", "mode": "minor", "bars": "32",
    }  # fmt: skip


def test_an_unknown_preset_is_answered_with_what_was_meant():
    with pytest.raises(RequestError, match="did you mean lullaby"):
        find_preset("lulaby")
