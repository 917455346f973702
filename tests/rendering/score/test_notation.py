"""How things are written: what a musician would mark wrong."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from composer.errors import RequestError
from composer.music.facts import Chord
from composer.music.hands import assign_staves
from composer.music.piece import KeyChange, MeterChange, Note, Part, Piece, TempoChange
from composer.rendering.musicxml.musicxml import musicxml_text
from composer.rendering.pages.piano_roll import roll_svg
from composer.rendering.performance.audio import wav_bytes
from composer.rendering.performance.midi import midi_bytes
from composer.rendering.performance.performance import perform
from composer.rendering.score.division import divide
from composer.rendering.score.percussion import drum_signs
from composer.rendering.score.rhythm import Stretch, write_bar
from composer.rendering.score.score import build_score
from composer.rendering.score.signatures import estimate_signatures
from composer.rendering.score.spelling import spell_pitches
from composer.rendering.score.voices import separate_voices
from tests.rendering.pieces import part_of, piece_of


def written(edges: list[int], meter: tuple[int, int], rests: tuple[int, ...] = ()) -> str:
    """Values of one bar whose stretches lie between the edges; "3" marks a triplet."""
    division = divide(*meter, meter[0] * 96 // meter[1])
    pairs = pairwise(edges)
    stretches = [Stretch(a, b, index in rests) for index, (a, b) in enumerate(pairs)]
    return " ".join(
        w.value.kind + "." * w.value.dots + ("3" if w.value.actual == 3 else "")
        for w in write_bar(stretches, division)
    )


@pytest.mark.parametrize(
    ("edges", "meter", "rests", "expected"),
    [
        ([0, 12, 36, 48, 96], (4, 4), (), "eighth quarter eighth half"),
        ([0, 36, 60, 96], (4, 4), (), "quarter. eighth eighth quarter."),
        ([0, 24, 72, 96], (4, 4), (), "quarter half quarter"),
        ([0, 12, 96], (4, 4), (1,), "eighth eighth quarter half"),
        ([0, 24, 72], (3, 4), (1,), "quarter quarter quarter"),
        ([0, 48, 72], (6, 8), (), "quarter. eighth quarter"),
        ([0, 8, 16, 24, 96], (4, 4), (), "eighth3 eighth3 eighth3 half."),
        ([0, 16, 32, 48, 96], (4, 4), (), "quarter3 quarter3 quarter3 half"),
        ([0, 120], (5, 4), (), "half. half"),
        ([0, 36, 72, 108, 144], (12, 8), (0, 3), "quarter. quarter. quarter. quarter."),
        ([0, 24, 48, 72, 144], (12, 8), (3,), "quarter eighth eighth quarter half."),
        ([0, 72, 144], (6, 4), (0,), "half. half."),
        ([0, 96, 144], (6, 4), (0,), "half. quarter half"),
        ([0, 96, 144], (6, 4), (), "half. quarter half"),
        ([0, 48, 144], (3, 2), (1,), "half half half"),
        ([0, 72, 108], (9, 8), (0,), "quarter. quarter. quarter."),
        ([0, 96, 120], (5, 4), (0,), "quarter quarter quarter quarter quarter"),
    ],
)
def test_values_show_the_beats(
    edges: list[int], meter: tuple[int, int], rests: tuple[int, ...], expected: str
) -> None:
    """Syncopations may cross a beat, not the middle; rests show all beats; triplets are whole."""
    assert written(edges, meter, rests) == expected


def test_the_leading_note_is_raised_and_follows_its_key() -> None:
    """G sharp in A minor, A flat in C minor."""
    line = [57, 59, 60, 62, 64, 65, 68, 69] * 4
    onsets = [12 * i for i in range(len(line))]
    sharp = spell_pitches(onsets, line, (KeyChange(0, 0, "minor"),))
    assert {s[:2] for s in sharp if s.pitch == 68} == {("G", 1)}
    flats = [48, 50, 51, 53, 55, 56, 59, 60] * 4
    flat = spell_pitches(onsets, flats, (KeyChange(0, -3, "minor"),))
    assert {s[:2] for s in flat if s.pitch == 56} == {("A", -1)}
    assert {s[:2] for s in flat if s.pitch == 59} == {("B", 0)}


def test_an_unknown_key_signature_is_estimated() -> None:
    """A scale of E flat major gets three flats."""
    scale = [(i / 2, 0.5, p) for i, p in enumerate([63, 65, 67, 68, 70, 72, 74, 75] * 4)]
    piece = Piece((part_of("violin", scale),), (MeterChange(0, 4, 4),), 384)
    assert [key.fifths for key in estimate_signatures(piece)] == [-3]


def test_melody_and_bass_get_a_hand_each() -> None:
    """Chords of the left hand stay together under a melody."""
    notes = []
    for beat in range(8):
        for pitch in (48, 52, 55, 72 + beat % 3):
            notes.append(Note(24 * beat, 24, pitch))
    assert assign_staves(notes) == [2, 2, 2, 1] * 8


def test_accidentals_hold_for_the_measure_and_the_next_one_reminds() -> None:
    """F sharp once, and a courtesy natural when F comes back in the next measure."""
    first = [(0, 1, 67), (1, 1, 66), (2, 1, 66), (3, 1, 67)]
    second = [(4 + i, 1, pitch) for i, pitch in enumerate([72, 65, 64, 60, 62, 64, 65, 67, 69, 60])]
    text = musicxml_text(piece_of(part_of("violin", first + second)))
    assert re.findall(r"<accidental[^>]*>([^<]*)", text) == ["sharp", "natural"]
    assert '<accidental cautionary="yes">natural' in text


def test_clefs_change_where_the_music_moves() -> None:
    """A cello that sings in the treble for four bars leaves the bass clef."""
    low = [(beat, 1, 43) for beat in range(8)]
    high = [(8 + beat, 1, 76) for beat in range(16)]
    score = build_score(piece_of(part_of("cello", low + high)))
    changes = [c.clef for m in score.parts[0].measures for c in m.clefs]
    assert score.parts[0].clefs == ("bass",)
    assert changes[0] in ("treble", "tenor-clef")


def test_dynamics_and_hairpins_come_from_velocities() -> None:
    """p rising bar by bar to f is a crescendo between the two."""
    notes = tuple(
        Note(96 * bar + 24 * beat, 24, 60 + beat, 48 + 16 * min(bar, 3))
        for bar in range(5)
        for beat in range(4)
    )
    part = Part("violin", 40, notes)
    text = musicxml_text(Piece((part,), (MeterChange(0, 4, 4),), 480))
    assert re.findall(r"<(p|mp|mf|f) />", text) == ["p", "f"]
    assert re.findall(r'wedge type="(\w+)"', text) == ["crescendo", "stop"]


def test_chord_symbols_stand_over_the_top_staff() -> None:
    """With root, kind, and the bass of a slash chord."""
    chords = [Chord(0, 2, "minor7", 2), Chord(48, 7, "dominant7", 11)]
    text = musicxml_text(piece_of(part_of("flute", [(0, 4, 72)])), chords=chords)
    assert re.findall(r"<(?:root|bass)-step>(\w)", text) == ["D", "G", "B"]
    assert 'text="m7">minor-seventh' in text


def test_the_bass_of_a_chord_is_spelled_as_its_tone() -> None:
    """F sharp over A sharp in G major, where a lone tone would be B flat."""
    piece = piece_of(part_of("flute", [(0, 4, 72)]), fifths=1)
    text = musicxml_text(piece, chords=[Chord(0, 6, "major", 10)])
    assert re.findall(r"<bass-(?:step|alter)>([^<]+)", text) == ["A", "1"]


def test_the_root_of_a_chord_is_spelled_by_the_tonic() -> None:
    """The leading tone of E minor is D sharp, and the flat third of E flat major is G flat."""
    minor = replace(piece_of(part_of("flute", [(0, 4, 72)])), keys=(KeyChange(0, 1, "minor"),))
    text = musicxml_text(minor, chords=[Chord(0, 3, "diminished7", 3)])
    assert re.findall(r"<root-(?:step|alter)>([^<]+)", text) == ["D", "1"]
    flat = musicxml_text(
        piece_of(part_of("flute", [(0, 4, 72)]), fifths=-3), chords=[Chord(0, 6, "major", 6)]
    )
    assert re.findall(r"<root-(?:step|alter)>([^<]+)", flat) == ["G", "-1"]


def test_a_performance_slows_into_the_end_and_keeps_every_note() -> None:
    """Tempo bends, notes do not; mechanical changes nothing that is decided."""
    piece = piece_of(part_of("piano", [(beat, 1, 60 + beat % 5) for beat in range(32)]))
    played = perform(piece, seed=1).piece
    assert [n[:3] for n in played.parts[0].notes] == [n[:3] for n in piece.parts[0].notes]
    assert played.tempi[-2].quarters_per_minute < 0.8 * piece.tempi[0].quarters_per_minute
    assert played.tempi[-1] == (piece.end_tick, piece.tempi[0].quarters_per_minute)
    assert perform(piece, mechanical=True).piece.tempi == piece.tempi


def test_a_piano_roll_shows_chords_sections_and_parts() -> None:
    """As text that can be read."""
    piece = piece_of(part_of("flute", [(0, 4, 72)]), fifths=-1)
    svg = roll_svg(piece, chords=[Chord(0, 10, "major7", 10)], sections=[(0, "A")])
    for words in ("B♭maj7", ">A<", "Flute"):
        assert words in svg


def test_sound_needs_a_soundfont(tmp_path: Path) -> None:
    """The one that comes with pretty_midi does; a file that is none is refused."""
    midi = midi_bytes(piece_of(part_of("flute", [(0, 1, 72)])))
    assert wav_bytes(midi)[:4] == b"RIFF"
    wrong = tmp_path / "wrong.sf2"
    wrong.write_bytes(b"not a font")
    with pytest.raises(RequestError, match="not a SoundFont"):
        wav_bytes(midi, soundfont=wrong)


def test_passages_far_off_the_staff_stand_under_octave_lines() -> None:
    """8va over high passages, 8vb under low ones, never for a lone high note."""
    high = [(beat, 1, 96 + beat % 3) for beat in range(8)]
    low = [(beat, 1, 22) for beat in range(8, 16)]
    text = musicxml_text(piece_of(part_of("piano", sorted([*high, *low]))))
    assert text.count('<octave-shift type="down"') == 1
    assert text.count('<octave-shift type="up"') == 1
    assert text.count('<octave-shift type="stop"') == 2
    lone = [(0, 4, 72), (4, 1, 96), (5, 3, 72), (8, 4, 72)]
    assert "octave-shift" not in musicxml_text(piece_of(part_of("piano", lone)))


def test_octave_lines_over_and_under_a_keyboard_are_never_open_at_once(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Verovio complains of a line that ends while another goes on: both are cut at bar lines."""
    import verovio

    from composer.rendering.pages.engraving import new_toolkit

    high = [(beat, 1, 96 + beat % 3) for beat in range(4, 16)]
    low = [(beat, 1, 22) for beat in range(12)]
    text = musicxml_text(piece_of(part_of("piano", sorted([*high, *low]))))
    kinds = re.findall(r'<octave-shift type="(\w+)" size="8" number="(\d)"', text)
    for start, stop in zip(kinds[::2], kinds[1::2], strict=True):
        assert (start[0] != "stop", stop) == (True, ("stop", start[1]))

    verovio.enableLog(verovio.LOG_WARNING)
    assert new_toolkit().loadData(text)
    verovio.enableLog(verovio.LOG_OFF)
    assert capfd.readouterr().err == ""


def test_runs_of_short_notes_get_dots() -> None:
    """Notes played half as long as they are written are staccato, if several follow each other."""
    short = [(beat / 2, 5 / 24, 60 + beat) for beat in range(6)]
    long = [(3 + beat, 1, 72) for beat in range(9)]
    text = musicxml_text(piece_of(part_of("violin", [*short, *long])))
    assert text.count("<staccato") == 6
    lone = [(0, 5 / 24, 60), (0.5, 0.5, 60), *((1 + beat, 1, 72) for beat in range(11))]
    assert "<staccato" not in musicxml_text(piece_of(part_of("violin", lone)))


def test_silence_in_a_pickup_is_a_rest_of_its_length() -> None:
    """Only a full bar has the rest that means a full bar."""
    up = part_of("violin", [(0, 1, 67), (1, 3, 72)])
    silent = part_of("viola", [(1, 3, 60)])
    meters = (MeterChange(0, 1, 4), MeterChange(24, 3, 4))
    text = musicxml_text(Piece((up, silent), meters, 96, keys=(KeyChange(0, 0, "major"),)))
    assert '<rest measure="yes"' not in text


def test_a_level_stands_under_the_note_that_begins_it() -> None:
    """Not under the rest before it."""
    notes = [Note(0, 24, 60, 40), Note(96 + 48, 24, 62, 110), Note(96 + 72, 24, 64, 110)]
    piece = piece_of(Part("violin", 40, tuple(notes)))
    (part,) = build_score(piece).parts
    marks = [mark.tick for measure in part.measures for mark in measure.dynamics]
    assert marks == [0, 96 + 48]


def test_a_left_hand_about_middle_c_stays_in_the_bass_clef() -> None:
    """Players read a few ledger lines there sooner than a treble clef; a high passage changes."""
    low = [(beat / 2, 0.5, pitch) for beat in range(8) for pitch in (51, 58, 63)]
    right = [(beat, 1, 76) for beat in range(4)]
    (part,) = build_score(piece_of(part_of("piano", low + right))).parts
    assert part.clefs == ("treble", "bass")


BEAT = [(0, 1, 36), (0, 0.5, 42), (0.5, 0.5, 42), (1, 0.5, 38), (1, 0.5, 42), (3.5, 0.5, 44)]


def test_a_drummer_has_hands_with_stems_up_and_feet_with_stems_down() -> None:
    """Two voices, as in drum methods; the feet show no rests, and alone they are one voice."""
    text = musicxml_text(piece_of(part_of("drums", BEAT)))
    written = re.findall(r"<note>.*?</note>", text, re.DOTALL)
    for voice, sign in (("1", "<stem>up"), ("2", "<stem>down"), ("1", "<rest")):
        signed = [note for note in written if sign in note]
        assert signed
        assert all(f"<voice>{voice}</voice>" in note for note in signed)
    feet = musicxml_text(piece_of(part_of("drums", [row for row in BEAT if row[2] in (36, 44)])))
    assert "<voice>2</voice>" not in feet
    assert "<stem>up</stem>" not in feet


def test_a_second_bass_drum_or_snare_has_a_sign_of_its_own_only_beside_the_first() -> None:
    """An electric snare alone is written as a snare, not as a slash."""
    assert drum_signs({40})[40][1:] == drum_signs({38})[38][1:]
    both = drum_signs({35, 36, 38, 40, 49, 57, 51, 59})
    assert len({sign[1:] for sign in both.values()}) == len(both)


def clefs_of(name: str, pitches: list[int], thirds: bool = False) -> tuple[str, ...]:
    rows = [(i, 1, pitch) for i, pitch in enumerate(pitches)]
    rows += [(i, 1, pitch + 4) for i, pitch in enumerate(pitches) if thirds]
    return build_score(piece_of(part_of(name, sorted(rows)))).parts[0].clefs


def test_a_singer_reads_the_clef_of_the_voice() -> None:
    """A voice that is not named may be a man's; tenor and bass share a staff in the bass clef."""
    assert clefs_of("soprano", [67, 72, 76]) == ("treble",)
    assert clefs_of("tenor", [52, 57, 64]) == ("treble-8",)
    assert clefs_of("tenor", [48, 52, 57], thirds=True) == ("bass",)
    assert clefs_of("voice", [60, 65, 72]) == ("treble",)
    assert clefs_of("voice", [43, 48, 55]) == ("bass",)


def test_a_tune_with_its_accompaniment_in_one_part_has_two_staves() -> None:
    """As tunes from the web have it; no flute plays seven ledger lines under the staff."""
    tune = [(i / 2, 0.5, 67 + i % 8) for i in range(16)]
    chords = [(i, 1, pitch) for i in range(8) for pitch in (43, 50, 55)]
    (part,) = build_score(piece_of(part_of("flute", sorted([*tune, *chords])))).parts
    assert part.clefs == ("treble", "bass")
    assert build_score(piece_of(part_of("flute", tune))).parts[0].clefs == ("treble",)


def test_three_to_a_beat_are_read_sooner_than_to_half_of_it() -> None:
    """A swung off-beat after a rest stands in the triplet of its beat, not of its half."""
    rows = [(0, 0.5, 60), (1 + 2 / 3, 1 / 3, 62), (2, 2, 64)]
    text = musicxml_text(piece_of(part_of("violin", rows)))
    notes = re.findall(r"<note>.*?</note>", text, re.DOTALL)
    in_triplets = [note for note in notes if "<time-modification>" in note]
    assert sum(int(re.search(r"<duration>(\d+)", note)[1]) for note in in_triplets) == 24
    assert all("<type>eighth</type>" in note for note in in_triplets)


def test_notes_inside_a_held_chord_are_its_second_voice() -> None:
    """Tied to each of them, the chord would be written four times."""
    chord = [Note(0, 48, pitch) for pitch in (60, 66, 72)]
    notes = [*chord, *(Note(24 + 8 * i, 8, 69) for i in range(3))]
    lines = [[chord.notes for chord in line] for line in separate_voices(notes, [0])]
    assert sorted(lines) == [[(0, 1, 2)], [(3,), (4,), (5,)]]


def test_drums_after_an_upbeat_are_not_tied() -> None:
    """Their beats are those of the bars, however short the first is cut."""
    strokes = [(3.5, 0.5, 38), *((beat + 0.75, 0.25, 49) for beat in range(4, 12))]
    text = musicxml_text(piece_of(part_of("drums", strokes)))
    assert 'implicit="yes"' in text
    assert "<tie" not in text


def test_six_four_is_beamed_by_its_halves_and_quarters() -> None:
    """Six eighths under one beam, sixteenths in fours."""
    eighths = [(i / 2, 0.5, 67) for i in range(6)]
    sixteenths = [(3 + i / 4, 0.25, 67) for i in range(12)]
    piece = Piece((part_of("flute", eighths + sixteenths),), (MeterChange(0, 6, 4),), 144)
    first = re.findall(r'<beam number="1">(begin|end)', musicxml_text(piece))
    assert first == ["begin", "end"] * 4


def test_voices_that_rest_together_show_one_rest() -> None:
    """Of two that rest for the same span, however it is divided; what one rests alone is shown."""

    def shown(upper: list[Note], lower: list[Note]) -> list[tuple[int, int, int]]:
        piece = piece_of(Part("violin", 40, tuple(sorted([*upper, *lower]))))
        (measure,) = build_score(piece).parts[0].measures
        return [
            (line.voice, symbol.start_tick, symbol.length_ticks)
            for line in measure.voices
            for symbol in line.symbols
            if symbol.is_rest and not symbol.is_hidden
        ]

    held = [Note(0, 48, 60), Note(72, 24, 60)]
    begins = [Note(0, 24, 76), Note(24, 24, 74)]
    ends = [Note(72, 12, 76), Note(84, 12, 77)]
    assert shown([*begins, *ends], held) == [(0, 48, 24)]
    assert shown([*begins, Note(48, 24, 76), *ends], held) == [(1, 48, 24)]
    assert shown([*begins[:1], *ends], held) == [(0, 24, 24), (0, 48, 24)]


@pytest.mark.parametrize(
    ("meter", "quarters_per_minute", "printed"),
    [
        ((4, 4), 104.0, "Andantino quarter=104"),
        ((2, 2), 104.0, "Andantino half=52"),
        ((4, 4), 38.0, "Largo eighth=76"),
        ((4, 8), 60.0, "Lento eighth=120"),
        ((6, 8), 84.0, "Adagio quarter.=56"),
        ((6, 16), 84.0, "Adagio eighth.=112"),
    ],
)
def test_tempo_words_suit_the_number_and_what_it_counts(
    meter: tuple[int, int], quarters_per_minute: float, printed: str
) -> None:
    """Halves and eighths are counted as quarters are, twice as fast or slow."""
    piece = piece_of(part_of("flute", [(0, 3, 72)]), meter=meter)
    text = musicxml_text(replace(piece, tempi=(TempoChange(0, quarters_per_minute),)))
    found = re.search(
        r"<words>(.*?) *</words>.*?<beat-unit>(.*?)</beat-unit>(.*?)<per-minute>(\d+)", text, re.S
    )
    assert found is not None
    word, beat, dot, number = found.groups()
    assert f"{word} {beat}{'.' * ('dot' in dot)}={number}" == printed
