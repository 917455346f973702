import csv

import pytest

from composer.errors import RequestError
from composer.music.ensembles import (
    ENSEMBLE_SLOTS,
    ensemble_index,
    ensemble_of_catalogue,
    ensembles,
    find_ensemble,
)
from composer.music.instruments import BY_NAME
from composer.music.piece import ROLES
from tests.shared import CORPORA, needs_corpora


def test_the_tokens_never_move():
    """The order is part of the event format."""
    assert [ensemble.name for ensemble in ensembles()[:16]] == [
        "melody", "lead-sheet", "solo-piano", "voice-and-piano", "string-quartet", "choir",
        "chamber", "orchestra", "band", "guitar", "organ", "harpsichord", "drums",
        "melody-bridge-piano", "ensemble", "other",
    ]  # fmt: skip
    assert [ensemble.index for ensemble in ensembles()] == list(range(1, len(ensembles()) + 1))
    assert len(ensembles()) < ENSEMBLE_SLOTS


def test_every_default_part_is_an_instrument_we_have():
    for ensemble in ensembles():
        assert 1 <= len(ensemble.parts) <= 16
        for part in ensemble.parts:
            assert part.instrument in BY_NAME
            assert part.role in (*ROLES, "")
            assert part.name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("String Quartet", "string-quartet"),
        ("SATB", "choir"),
        ("voice_piano", "voice-and-piano"),
        ("piano", "solo-piano"),
        ("Lead Sheet", "lead-sheet"),
    ],
)
def test_people_may_write_an_ensemble_as_they_like(text, name):
    assert find_ensemble(text).name == name


def test_an_unknown_ensemble_is_answered_with_all_of_them():
    with pytest.raises(RequestError, match=r"'sting quartet'.*string-quartet.*the ensembles are"):
        find_ensemble("sting quartet")


def test_an_index_needs_the_exact_name():
    assert ensemble_index("choir") == 6
    assert ensemble_index("satb") == ensemble_index("") == ensemble_index("kazoo") == 0


@needs_corpora
def test_every_ensemble_of_the_catalogue_is_ours():
    with (CORPORA / "catalog.csv").open(encoding="utf-8", newline="") as file:
        words = {row["ensemble"] for row in csv.DictReader(file)}
    assert all(ensemble_of_catalogue(word) for word in words)
