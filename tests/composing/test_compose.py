"""Composing with the shipped weights: what is asked is done, and done again for the same seed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.analysis.analyse import analyse
from composer.analysis.paces import usual_tempi
from composer.composing.asking.fields_asked import (
    given_chords,
    given_fields,
    mood_ranks,
    mood_tilts,
    with_players,
)
from composer.composing.asking.request import MOST_BARS, make_request
from composer.composing.compose import compose, write
from composer.composing.leans.part_statistics import Seats, usual_line_ups
from composer.composing.writing.batch import write_all
from composer.composing.writing.sampling import Chance, Given, Writer, rank_tilt, sample
from composer.composing.writing.weights import load_weights
from composer.errors import ComposerError, RequestError
from composer.music.bars import bars_of
from composer.music.ensembles import ensembles
from composer.music.instruments import BY_NAME
from composer.music.keys import parse_key
from composer.music.moods import find_mood
from composer.music.normalise import normalise
from composer.music.presets import presets
from composer.music.styles import composers, find_style, styles
from composer.tokens.fields import FIELD_SIZES, ROW_FIELDS, Kind, column_of
from composer.tokens.grammar import Grammar
from composer.tokens.values import bars_value, meter_value, tempo_value


def test_the_same_seed_gives_the_same_piece() -> None:
    """Twice with seed 3: equal pieces; seed 4: another."""
    first, again, other = (compose(style="baroque", bars=2, seed=seed) for seed in (3, 3, 4))
    assert first.piece == again.piece
    assert first.piece != other.piece


def test_a_piece_has_exactly_the_bars_meter_tempo_and_instruments_asked_for() -> None:
    """And nothing sounds beyond its last bar line or outside a playable range."""
    made = compose(
        style="classical", bars=5, meter="3/4", tempo=77.5, instruments=["flute", "cello"], seed=1
    )
    piece = made.piece
    assert len(bars_of(piece)) == 5
    assert [str(meter) for meter in piece.meters] == ["3/4"]
    assert [tempo.quarters_per_minute for tempo in piece.tempi] == [77.5]
    assert {part.instrument for part in piece.parts} <= {"flute", "cello"}
    for part in piece.parts:
        instrument = BY_NAME[part.instrument]
        assert all(instrument.low <= note.pitch <= instrument.high for note in part.notes)
        assert all(note.end_tick <= piece.end_tick for note in part.notes)


@pytest.mark.parametrize("key", ["D minor", "Eb major"])
def test_a_key_asked_for_is_the_signature(key: str) -> None:
    """The key signature of the piece is the one given."""
    wanted = parse_key(key)
    made = compose(style="hymn", ensemble="choir", bars=4, key=key, seed=2)
    assert [(k.fifths, k.mode) for k in made.piece.keys] == [(wanted.fifths, wanted.mode)]


def test_a_mode_asked_for_leaves_the_tonic_free() -> None:
    """`key="minor"` gives a minor key, not always the same one."""
    keys = {compose(style="romantic", bars=1, key="minor", seed=seed).piece.keys for seed in (1, 2)}
    assert all(key[0].mode == "minor" for key in keys)


def test_what_is_composed_is_on_the_grid() -> None:
    """Normalising a composed piece moves none of its notes."""
    piece = compose(style="ragtime", bars=3, seed=5).piece
    placed = [[note[:3] for note in part.notes] for part in normalise(piece).parts]
    assert placed == [[note[:3] for note in part.notes] for part in piece.parts]


def test_a_piece_longer_than_the_context_keeps_its_bars() -> None:
    """The window slides: a context of 96 rows still writes every bar."""
    checkpoint = load_weights()
    model = checkpoint.model
    shape = model.shape
    object.__setattr__(model, "shape", replace(shape, context=96))
    try:
        given_ = given_fields(make_request(style="baroque", bars=16, instruments=["piano"]))
        writer = Writer(model, Grammar(16), given_, Chance(), np.random.default_rng(0))
        rows = write_all([writer])[0]
    finally:
        object.__setattr__(model, "shape", shape)
    assert (rows[:, 0] == Kind.BAR).sum() == 16
    assert len(rows) > 96


def test_progress_counts_the_bars() -> None:
    """From none to all, in order; anew where what broke the request is written again."""
    seen: list[tuple[int, int]] = []
    compose(style="folk", bars=3, seed=1, best_of=1, progress=lambda *bars: seen.append(bars))
    assert seen
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)] * (len(seen) // 4)


def test_the_report_tells_request_achievement_seed_and_weights() -> None:
    """All that is needed to have the piece again."""
    report = compose(style="bach", mood="sad", bars=2, seed=9).report()
    assert report["request"]["style"] == "bach"
    assert report["achieved"]["bars"]["achieved"] == 2
    assert report["seed"] == 9
    assert report["versions"]["weights"] == load_weights().fingerprint


def test_written_files_are_the_same_bytes_for_the_same_seed(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """MIDI and MusicXML of one request twice are equal, byte for byte."""
    contents = []
    for folder in ("a", "b"):
        made = compose(style="baroque", mood="calm", bars=2, seed=11)
        paths = write(made, tmp_path / folder, ("mid", "musicxml"))
        contents.append([path.read_bytes() for path in paths])
    assert contents[0] == contents[1]


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"style": "polkacore"}, "style 'polkacore'"),
        ({"mood": "blorp"}, "blorp"),
        ({"bars": 0}, f"1 to {MOST_BARS}"),
        ({"bars": MOST_BARS + 1}, f"1 to {MOST_BARS}"),
        ({"key": "H# minor"}, "H# minor"),
        ({"meter": "1/1000"}, "1/1000"),
        ({"tempo": 0.0}, "20 to 320"),
        ({"ensemble": "kazoo army"}, "kazoo army"),
        ({"instruments": ["kazoo"]}, "kazoo"),
        ({"instruments": ["violin"] * 5}, "at most 4"),
        ({"preset": "no-such"}, "no-such"),
        ({"seed": -1}, "seed -1"),
        ({"temperature": 0.0}, "temperature"),
        ({"top_p": 0.0}, "top-p"),
        ({"min_p": 1.0}, "min-p"),
        ({"chords": "Dm7 H7"}, "H7"),
        ({"form": "A2B"}, "letters such as AABA"),
        ({"form": "AAB", "bars": 16}, "a multiple of 3"),
        ({"guidance": -1.0}, "guidance -1"),
        ({"style": "bach:x,joplin:1"}, "bach:0.6"),
        ({"mood": "calm@1 tense@99"}, "1 to 16"),
    ],
)
def test_what_cannot_be_met_is_said_in_one_line(flags: dict[str, object], message: str) -> None:
    """The error names what was given; nothing is composed."""
    with pytest.raises(RequestError, match=message) as caught:
        compose(**flags)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def test_every_style_ensemble_and_preset_can_be_asked_for() -> None:
    """Each resolves to given fields without a model."""
    for style in (*styles(), *composers()):
        assert given_fields(make_request(style=style.name)).fields
    for ensemble in ensembles():
        assert given_fields(make_request(ensemble=ensemble.name)).parts
    for preset in presets():
        request = make_request(preset=preset.name)
        assert request.style is not None
        assert request.bars == preset.bars


def test_instruments_are_a_list_or_a_text_with_commas() -> None:
    """A library's user may write what the shell's user writes."""
    listed = make_request(instruments=["violin", "cello"])
    assert make_request(instruments="violin, cello") == listed
    with pytest.raises(RequestError, match="instrument 'kazoo'"):
        make_request(instruments="violin,kazoo")


def test_a_flag_wins_over_its_preset() -> None:
    """`--preset lullaby --bars 3 --style jazz` is three bars of jazz."""
    request = make_request(preset="lullaby", bars=3, style="jazz")
    assert request.bars == 3
    assert request.style is not None
    assert request.style.name == "jazz"


@pytest.mark.parametrize("style", ["rock", "latin", "jazz", "electronic"])
def test_a_style_with_a_band_gets_one_that_plays_it_and_somebody_who_leads(style: str) -> None:
    """Most of this music was made by a program: its line-ups are those of the corpora, with drums,
    and where nobody had the melody it has a seat of its own."""
    bands = _drawn_seats(style, "band", 20)
    assert bands
    for seats in bands:
        assert seats in usual_line_ups(find_style(style), "band")
        assert ("drums", "drums") in seats
        assert "melody" in [role for _, role in seats]


def _drawn_seats(style: str, ensemble: str, draws: int) -> list[Seats]:
    """The line-ups of those draws that come out as an ensemble."""
    drawn = [
        with_players(make_request(style=style), np.random.default_rng(seed)).ensemble
        for seed in range(draws)
    ]
    return [
        tuple((seat.instrument, seat.role) for seat in found.parts)
        for found in drawn
        if found is not None and found.name == ensemble
    ]


@pytest.mark.parametrize("style", ["metal", "jazz", "country"])
def test_a_band_is_the_line_up_of_its_style_whoever_asks(style: str) -> None:
    """By a flag as by a style alone: no saxophone in metal. A quartet stays a quartet."""
    request = make_request(style=style, ensemble="band")
    for seed in range(5):
        drawn = with_players(request, np.random.default_rng(seed)).ensemble
        assert drawn is not None
        seats = tuple((seat.instrument, seat.role) for seat in drawn.parts)
        assert seats in usual_line_ups(find_style(style), "band")
    quartet = make_request(style=style, ensemble="string-quartet")
    assert with_players(quartet, np.random.default_rng(0)).ensemble == quartet.ensemble


@pytest.mark.parametrize(("style", "mood"), [("classical", "sad"), ("jazz", "calm"), ("pop", "")])
def test_a_free_tempo_lies_within_the_middle_of_its_style(style: str, mood: str) -> None:
    """Whatever the mood: no jazz at 48, no classical piece at 208."""
    slowest, fastest = usual_tempi(style) or (0, 0)
    tempi = given_fields(make_request(style=style, mood=mood)).allowed[Kind.FORM, "tempo"]
    allowed = np.flatnonzero(tempi)
    assert (allowed.min(), allowed.max()) == (tempo_value(slowest), tempo_value(fastest))


def test_line_ups_are_as_frequent_as_in_the_corpora() -> None:
    """The commonest chamber music of the romantics is for violin and piano."""
    line_ups = usual_line_ups(find_style("romantic"), "chamber")
    assert max(line_ups, key=line_ups.__getitem__) == (("violin", ""), ("piano", ""))
    drawn = Counter(_drawn_seats("romantic", "chamber", 400))
    assert drawn.most_common(1)[0][0] == (("violin", ""), ("piano", ""))


def test_a_mood_leans_on_its_levers() -> None:
    """Sad leans to minor and slow, happy to major and fast."""
    tempo, key = (Kind.FORM, "tempo"), (Kind.FORM, "key")
    sad, happy = find_mood("sad"), find_mood("happy")
    assert mood_ranks(sad)[tempo] < 0 < mood_ranks(happy)[tempo]
    assert mood_tilts(sad)[key][25] > mood_tilts(sad)[key][10]
    assert mood_tilts(happy)[key][25] < mood_tilts(happy)[key][10]


def test_a_lean_by_rank_moves_as_far_as_the_values_spread() -> None:
    """The same strength moves a wide distribution farther than a narrow one, and rules nothing in
    that was ruled out."""
    values = np.arange(40)
    moves = []
    for spread in (1.0, 6.0):
        logits = -0.5 * ((values - 20) / spread) ** 2
        allowed = values < 39
        leaned = logits + rank_tilt(logits, allowed, 3.0)
        means = [np.average(values[:39], weights=np.exp(found[:39])) for found in (logits, leaned)]
        moves.append(means[1] - means[0])
    assert 0.5 < moves[0] < 2 < moves[1] < 12


def test_a_piece_knows_the_mood_it_is_to_be_played_in() -> None:
    """Performance and tempo words go by it."""
    assert compose(style="hymn", mood="sad", bars=1, seed=0).piece.tags.mood == "sad"
    assert not compose(style="hymn", bars=1, seed=0).piece.tags.mood


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=20), st.integers(0, 1000))
@settings(max_examples=100, deadline=None)
def test_sampling_never_chooses_what_is_ruled_out(logits: list[float], seed: int) -> None:
    """Masked values, and values below min-p of the likeliest, are never chosen."""
    values = np.array([*logits, -np.inf])
    chosen = sample(values, Chance(min_p=0.1, top_p=0.9), np.random.default_rng(seed))
    assert values[chosen] >= max(logits) + np.log(0.1) - 1e-9


def test_sampling_follows_the_probabilities() -> None:
    """At temperature 1 a value of three times the weight comes three times as often."""
    random = np.random.default_rng(0)
    logits = np.log(np.array([0.75, 0.25]))
    share = np.mean([sample(logits, Chance(1.0, 1.0, 0.0), random) == 0 for _ in range(4000)])
    assert share == pytest.approx(0.75, abs=0.03)


def test_the_library_chooses_as_freely_as_a_writer_of_its_own() -> None:
    """Without a word about it, `compose` and the partner verbs have one hand."""
    assert compose(bars=1, seed=0).chance == Chance()


def test_every_error_is_a_composer_error() -> None:
    """One base to catch."""
    with pytest.raises(ComposerError):
        compose(bars=-3)


def test_nothing_given_is_a_piece_too() -> None:
    """No style, no mood: the model chooses."""
    assert compose(bars=1, seed=0).piece.note_count > 0
    assert given_fields(make_request()) != Given()


def test_given_chords_are_the_chords_of_the_piece() -> None:
    """Bar by bar, again and again to the end, and no others."""
    made = compose(style="jazz", ensemble="lead-sheet", bars=4, chords="Dm7 G7 | Cmaj7", seed=2)
    symbols = [(chord.tick // 24, chord.root, chord.quality) for chord in made.chords]
    first = [(0, 2, "minor7"), (2, 7, "dominant7"), (4, 0, "major7")]
    assert symbols == [*first, *((beat + 8, root, quality) for beat, root, quality in first)]


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_a_style_alone_is_played_by_who_plays_it(seed: int) -> None:
    """An ensemble that the style is for, and nobody else's where players are asked for."""
    random = np.random.default_rng(seed)
    drawn = with_players(make_request(style="chopin"), random).ensemble
    assert drawn is not None
    assert drawn.name in ("chamber", "solo-piano", "voice-and-piano")
    asked = make_request(style="chopin", instruments="flute")
    assert with_players(asked, random) == asked
    blend = make_request(style="renaissance:0.5,hymn:0.5")
    voices = with_players(blend, random).ensemble
    assert voices is not None
    assert voices.name in ("choir", "organ")


@pytest.mark.parametrize("seed", [0, 4])
def test_a_lead_sheet_has_chord_symbols(seed: int, tmp_path: Path) -> None:
    """Those that are heard, whatever the model planned."""
    sheet = compose(style="folk", ensemble="lead-sheet", bars=8, seed=seed)
    heard = len(analyse(sheet.piece).chords)
    for written in (sheet, replace(sheet, chords=())):
        path = write(written, tmp_path, ["musicxml"])[0]
        assert path.read_text(encoding="utf-8").count("<harmony") == heard > 1


@pytest.mark.parametrize("wish", [Kind.NOTE, Kind.MARK])
def test_who_is_done_before_a_given_chord_writes_the_chord(wish: Kind) -> None:
    """A next note behind the chord, or no note at all, means that nothing more comes before it."""
    model = load_weights().model
    request = make_request(chords="C G |", meter="4/4", bars=1, instruments="flute")
    grammar = Grammar(1, chords=given_chords(request, 0))
    writer = Writer(model, grammar, given_fields(request), Chance(), np.random.default_rng(0))
    writing = writer.rows()
    ask = next(writing)
    written = None
    while written is None:
        field = ("kind", *ROW_FIELDS[Kind(ask.row[0])])[len(ask.row)] if ask.row else "kind"
        logits = np.zeros(FIELD_SIZES[field])
        if field == "kind" and grammar.bar == 0:
            logits[Kind.MARK if grammar.has_notes else wish] = 50.0
        if field == "beat":
            logits[3] = 50.0
        try:
            ask = writing.send(logits)
        except StopIteration as end:
            written = end.value
    kinds = written[written[:, 0] > Kind.PLAN, 0].tolist()
    notes = [Kind.NOTE] * kinds.count(Kind.NOTE)
    assert kinds == [Kind.CHORD, Kind.CHORD, *notes, Kind.MARK]
    assert notes


def test_a_free_meter_may_count_breves_and_is_no_cadenza() -> None:
    """Most renaissance music is in 2/1; nobody's is in 13/4."""
    allowed = given_fields(make_request(style="renaissance")).allowed[Kind.FORM, "meter"]
    assert allowed[[meter_value(2, 1), meter_value(4, 4)]].all()
    assert not allowed[meter_value(13, 4)]


def test_a_mood_keeps_the_mode_it_leans_to() -> None:
    """What is sad is heard as minor; nothing is kept that nobody asked for."""
    assert given_fields(make_request(mood="sad")).keeps_key
    assert not given_fields(make_request(style="hymn")).keeps_key
    assert not given_fields(make_request(mood="sad", chords="C", key="C major")).keeps_key


def test_a_form_repeats_its_sections_note_for_note() -> None:
    """AABA in eight bars: bars 1-2, 3-4 and 7-8 begin the same notes."""
    piece = compose(style="classical", form="AABA", bars=8, meter="2/4", seed=5).piece
    section = 2 * 48
    heard = [
        sorted(
            (place, note.onset_tick - start, note.pitch)
            for place, part in enumerate(piece.parts)
            for note in part.notes
            if start <= note.onset_tick < start + section
        )
        for start in range(0, 4 * section, section)
    ]
    assert heard[0]
    assert heard[0] == heard[1] == heard[3]
    assert heard[2] != heard[0]


def test_a_mood_curve_turns_the_plan_of_its_bars() -> None:
    """Calm for two bars, then tense: the plan fields change there."""
    bars = given_fields(make_request(mood="calm@1 tense@3", bars=4)).bars
    arousal = [bars[bar][Kind.PLAN, "arousal"] for bar in range(4)]
    assert arousal[0] == arousal[1] < arousal[2] == arousal[3]


def test_a_blend_of_one_style_is_that_style() -> None:
    """All weight on bach writes what bach writes."""
    alone = compose(style="bach", bars=4, ensemble="choir", seed=8).piece
    blended = compose(style="bach:1,joplin:0", bars=4, ensemble="choir", seed=8).piece
    assert blended == alone
    mixed = compose(style="bach:0.5,joplin:0.5", bars=4, ensemble="choir", seed=8).piece
    assert mixed != alone


def test_guidance_changes_the_piece_and_none_does_not() -> None:
    """At 0 nothing is mixed."""
    plain, none, strong = (
        compose(style="bach", bars=2, ensemble="choir", seed=8, guidance=guidance).piece
        for guidance in (0.0, 0.0, 2.0)
    )
    assert plain == none != strong


@pytest.mark.parametrize(
    ("bars", "told"), [(1, [0]), (4, [11, 10, 1, 0]), (16, [*range(15, -1, -1)])]
)
def test_a_short_piece_is_written_as_the_end_of_a_long_one(bars: int, told: list[int]) -> None:
    """It has its own bars, and hears of its end when it comes."""
    made = compose(style="folk", bars=bars, seed=1)
    assert len(bars_of(made.piece)) == bars
    assert made.choice is not None
    rows = made.choice.best.rows
    left = rows[rows[:, 0] == Kind.BAR, column_of(Kind.BAR, "bars")]
    assert left.tolist() == [bars_value(number) for number in told]
