import io
import re
import zipfile
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.corpus.corpus import packaged_corpus
from composer.corpus.readers import read_bytes
from composer.errors import UnreadablePieceError
from composer.music.bars import bars_of
from composer.music.piece import KeyChange, MeterChange, Note, Piece, TempoChange
from tests.shared import EVALUATION, needs_evaluation

ATTRIBUTES = """<attributes><divisions>4</divisions>
  <key><fifths>{fifths}</fifths><mode>minor</mode></key>
  <time><beats>3</beats><beat-type>4</beat-type></time>{more}</attributes>"""


def note(pitch: str, quarters4: int, *inside: str, chord: bool = False, staff: int = 1) -> str:
    step, octave = pitch[0], pitch[-1]
    alter = f"<alter>{1 if '#' in pitch else -1}</alter>" if len(pitch) == 3 else ""
    return (
        f"<note>{'<chord/>' if chord else ''}<pitch><step>{step}</step>{alter}"
        f"<octave>{octave}</octave></pitch><duration>{quarters4}</duration>"
        f"{''.join(inside)}<voice>{staff}</voice><staff>{staff}</staff></note>"
    )


TIE = '<tie type="start"/>'
TIED = '<tie type="stop"/>'
TEMPO = """<direction><direction-type><metronome><beat-unit>half</beat-unit>
  <per-minute>45</per-minute></metronome></direction-type></direction>"""
TEMPO_RELATION = """<direction><direction-type><metronome><beat-unit>quarter</beat-unit>
  <beat-unit></beat-unit></metronome></direction-type></direction>"""
FORTE = "<direction><direction-type><dynamics><f/></dynamics></direction-type></direction>"


def musicxml(*measures: str, name: str = "Flute", program: int = 74) -> bytes:
    body = "".join(f'<measure number="{n}">{m}</measure>' for n, m in enumerate(measures, 1))
    return f"""<?xml version="1.0"?><score-partwise version="4.0">
      <work><work-title>Morning</work-title></work>
      <part-list><score-part id="P1"><part-name>{name}</part-name>
        <score-instrument id="I1"><instrument-name>{name}</instrument-name></score-instrument>
        <midi-instrument id="I1"><midi-program>{program}</midi-program></midi-instrument>
      </score-part></part-list><part id="P1">{body}</part></score-partwise>""".encode()


def test_musicxml_is_read_as_it_sounds():
    """Ties join, chords hold, dynamics become velocities, a pickup fills up a first bar."""
    piece = read_bytes(
        musicxml(
            ATTRIBUTES.format(fifths=-1, more="") + TEMPO + note("A4", 4),
            note("D5", 12, TIE) + note("F5", 12, TIE, chord=True),
            FORTE + note("D5", 4, TIED) + note("F5", 4, TIED, chord=True) + note("E5", 8),
        ),
        "morning.musicxml",
    )
    assert piece.title == "Morning"
    assert piece.meters == (MeterChange(0, 3, 4),)
    assert piece.keys == (KeyChange(0, -1, "minor"),)
    assert piece.tempi == (TempoChange(0, 90.0),)
    (part,) = piece.parts
    assert (part.name, part.instrument, part.program) == ("Flute", "flute", 73)
    assert part.notes[0] == Note(48, 24, 69, 0)
    assert [(n.onset_tick, n.length_ticks, n.pitch) for n in part.notes[1:3]] == [
        (72, 96, 74),
        (72, 96, 77),
    ]
    assert part.notes[-1].velocity == 96
    assert piece.end_tick == 3 * 72


def repeat(direction: str, side: str) -> str:
    return f'<barline location="{side}"><repeat direction="{direction}"/></barline>'


def ending(number: int, kind: str, side: str) -> str:
    return f'<barline location="{side}"><ending number="{number}" type="{kind}"/></barline>'


def test_repeats_and_their_endings_are_played_out():
    """Bars 1 and 2, then 1 and 3: four bars of time, as a player plays them."""
    back = """<barline location="right"><ending number="1" type="stop"/>
      <repeat direction="backward"/></barline>"""
    opening = ATTRIBUTES.format(fifths=0, more="") + repeat("forward", "left")
    piece = read_bytes(
        musicxml(
            opening + note("C4", 12),
            ending(1, "start", "left") + note("D4", 12) + back,
            ending(2, "start", "left") + note("E4", 12) + ending(2, "stop", "right"),
        ),
        "tune.musicxml",
    )
    assert [(n.onset_tick, n.pitch) for n in piece.parts[0].notes] == [
        (72 * bar, pitch) for bar, pitch in enumerate((60, 62, 60, 64))
    ]


def test_repeats_that_do_not_add_up_are_read_as_printed():
    """A second ending without a first costs nobody the piece."""
    first = ATTRIBUTES.format(fifths=0, more="") + note("C4", 12)
    broken = ending(2, "start", "left") + note("D4", 12) + ending(2, "stop", "right")
    piece = read_bytes(musicxml(first, broken + repeat("forward", "right")), "tune.musicxml")
    assert [n.pitch for n in piece.parts[0].notes] == [60, 62]


def test_a_transposing_instrument_sounds():
    transpose = "<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>"
    measure = ATTRIBUTES.format(fifths=0, more=transpose) + note("C5", 12)
    piece = read_bytes(musicxml(measure, name="Clarinet in Bb", program=72), "a.xml")
    assert piece.parts[0].notes[0].pitch == 70
    assert piece.keys[0].fifths == -2


def test_a_keyboards_two_staves_are_one_part_and_a_unison_one_note():
    staves = "<staves>2</staves>"
    back = "<backup><duration>12</duration></backup>"
    measure = (
        ATTRIBUTES.format(fifths=0, more=staves)
        + note("C4", 8)
        + note("G4", 4)
        + back
        + note("C4", 12, staff=2)
    )
    piece = read_bytes(musicxml(measure, name="Piano", program=1), "a.musicxml")
    assert [part.name for part in piece.parts] == ["Piano"]
    assert piece.parts[0].notes == (Note(0, 72, 60), Note(48, 24, 67))


def test_a_tempo_relation_without_a_number_does_no_harm():
    measure = ATTRIBUTES.format(fifths=0, more="") + TEMPO_RELATION + note("C4", 12)
    piece = read_bytes(musicxml(measure), "a.musicxml")
    assert piece.note_count == 1
    assert piece.tempi == ()


def test_a_septuplet_is_held_exactly():
    """The resolution grows beyond 24 where the piece demands it."""
    septuplet = (
        "<time-modification><actual-notes>7</actual-notes><normal-notes>4</normal-notes>"
        "</time-modification>"
    )
    data = musicxml(
        ATTRIBUTES.format(fifths=0, more="").replace(">4</divisions>", ">7</divisions>")
        + "".join(note("C4", 1, "<type>16th</type>", septuplet) for _ in range(7))
        + note("D4", 14)
    )
    piece = read_bytes(data, "a.musicxml")
    assert piece.ticks_per_quarter == 168
    assert [n.onset_tick for n in piece.parts[0].notes] == [*range(0, 168, 24), 168]


def test_a_compressed_score_is_the_same_score():
    data = musicxml(ATTRIBUTES.format(fifths=0, more="") + note("C4", 12))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("META-INF/container.xml", "<container/>")
        archive.writestr("score.xml", data)
    assert read_bytes(packed.getvalue(), "a.mxl") == read_bytes(data, "a.musicxml")


KERN = b"""**kern\t**kern
*Icello\t*Ivioln
*M2/4\t*M2/4
*k[f#]\t*k[f#]
=1\t=1
4G\t8dd
.\t8b
4D\t4a
=2\t=2
2G\t[4g
.\t4g]
==\t==
*-\t*-
"""


def test_without_its_reader_kern_says_what_to_install(monkeypatch):
    monkeypatch.setattr("composer.corpus.foreign_scores.find_spec", lambda name: None)
    with pytest.raises(UnreadablePieceError, match=r"pip install 'symbolic-composer\[kern\]'"):
        read_bytes(KERN, "two_spines.krn")


def test_kern_is_read():
    piece = read_bytes(KERN, "dance.krn")
    assert piece.meters == (MeterChange(0, 2, 4),)
    assert piece.keys == (KeyChange(0, 1, "major"),)
    assert sorted(part.instrument for part in piece.parts) == ["cello", "violin"]
    violin = next(part for part in piece.parts if part.instrument == "violin")
    assert violin.notes[-1] == Note(48, 48, 67)


def test_a_broken_head_of_a_score_does_not_hide_its_music():
    head, body = SOUND[: SOUND.index(b"<part-list")], SOUND[SOUND.index(b"<part-list") :]
    whole = read_bytes(SOUND, "a.musicxml")
    for broken in (b'<!DOCTYPE score-partw\x93se PUBLIC "-"><x', b"<score-parxwise>"):
        data = broken + (head if b"DOCTYPE" in broken else b"") + body
        assert read_bytes(data, "a.xml").parts == whole.parts


def test_a_pickup_of_kern_fills_up_its_bar():
    piece = read_bytes(b"**kern\n*M3/4\n4g\n=1\n4c\n4d\n4e\n=2\n2.c\n==\n*-\n", "a.krn")
    assert [note.onset_tick // 24 for note in piece.parts[0].notes] == [2, 3, 4, 5, 6]


def test_damaged_kern_is_read_up_to_where_it_breaks():
    """And a line says so."""
    piece = read_bytes(KERN.replace(b".\t4g]", b".4g]"), "a.krn")
    assert piece.note_count == 5
    assert "fit its spines" in piece.source.wrongs[0]


def test_sections_of_kern_that_come_back_are_played_again():
    """Those that repeat signs say stay repeats."""
    text = "**kern\n*>[{}]\n*>A\n*M4/4\n=1\n1c\n=2{}\n*>B\n1d\n==\n*-\n"
    for order, sign, played, repeats in (
        ("A,B,A", "", [60, 62, 60], 0),
        ("A,A,B,A", ":|!", [60, 60, 62, 60], 0),
        ("A,A,B", ":|!", [60, 60, 62], 1),
    ):
        piece = read_bytes(text.format(order, sign).encode(), "a.krn")
        assert [note.pitch for note in piece.parts[0].notes] == played
        assert piece.source.musicxml.count("<repeat") == repeats


ABC = b"X:1\nT:The First\nM:6/8\nL:1/8\nQ:3/8=120\nK:Em\nEFG B2A|e3 e3|]\n"


def test_abc_is_read():
    piece = read_bytes(ABC, "tune.abc")
    assert piece.title == "The First"
    assert piece.meters == (MeterChange(0, 6, 8),)
    assert piece.keys == (KeyChange(0, 1, "minor"),)
    assert piece.tempi == (TempoChange(0, 180.0),)
    assert [n.pitch for n in piece.parts[0].notes] == [64, 66, 67, 71, 69, 76, 76]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "a.musicxml"),
        (b"  \n", "a.abc"),
        (b"MThd", "a.mxl"),
        (b"<score-partwise/>", "a.musicxml"),
        (b"<html><body>Not found</body></html>", "a.xml"),
        (b"<score-partwise><part-list>", "a.musicxml"),
        (b"hello", "a.krn"),
        (b"hello", "a.abc"),
        (musicxml(ATTRIBUTES.format(fifths=0, more="") + "<note><rest/></note>"), "a.xml"),
        (b"hello", "a.wav"),
    ],
)
def test_what_is_no_score_is_refused_in_one_line_with_its_name(data, name):
    with pytest.raises(UnreadablePieceError, match=r"^a\.") as caught:
        read_bytes(data, name)
    assert "\n" not in str(caught.value)


SOUND = musicxml(
    ATTRIBUTES.format(fifths=2, more="") + TEMPO + note("C4", 4) + note("E4", 8),
    note("D4", 12, TIE),
    note("D4", 12, TIED),
)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([(SOUND, "a.musicxml"), (KERN, "a.krn"), (ABC, "a.abc")]), st.data())
def test_a_damaged_score_is_read_or_refused_but_never_crashes(score, data):
    text, name = score
    damaged = bytearray(text)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        piece = read_bytes(bytes(damaged), name)
    except UnreadablePieceError:
        return
    assert piece.note_count
    assert bars_of(piece)[-1].end_tick == piece.end_tick


def test_a_chorale_of_music21_has_its_four_voices():
    works = {work.path: work for work in packaged_corpus("music21_corpus").works()}
    piece = works["bach/bwv66.6.mxl"].read()
    assert [part.instrument for part in piece.parts] == ["soprano", "alto", "tenor", "bass"]
    assert piece.tags.composer == "bach"
    assert piece.keys[0] == KeyChange(0, 3, "minor")
    assert [len(part.notes) for part in piece.parts] == [36, 42, 44, 41]


@needs_evaluation
@pytest.mark.parametrize(
    ("beginning", "share"),
    [("kinkel", 1.0), ("satie", 1.0), ("kralik", 1.0), ("wolf-hugo", 0.99), ("butterworth", 1.0)],
)
def test_a_human_engraved_score_has_the_notes_of_its_midi_twin(beginning, share):
    with zipfile.ZipFile(EVALUATION / "engraved.zip") as archive:
        name = next(n for n in archive.namelist() if n.startswith(beginning) and n.endswith("mxl"))
        score = read_bytes(archive.read(name), name)
        twin = read_bytes(archive.read(f"{name[:-4]}.mid"), f"{name[:-4]}.mid")
    ours, theirs = sounding(score), sounding(twin)
    assert (ours & theirs).total() >= share * max(ours.total(), theirs.total())
    assert len(bars_of(score)) == len(bars_of(twin))


def sounding(piece: Piece) -> Counter[tuple[float, float, int]]:
    ticks = piece.ticks_per_quarter
    return Counter(
        (round(note.onset_tick / ticks, 2), round(note.length_ticks / ticks, 2), note.pitch)
        for part in piece.parts
        for note in part.notes
    )


def pitches(piece: Piece) -> list[int]:
    return [note.pitch for note in piece.parts[0].notes]


def test_a_part_left_out_of_a_measure_of_a_timewise_score_is_silent_there():
    """What follows does not move up."""

    def measure(number, **parts):
        inside = "".join(f'<part id="{name}">{music}</part>' for name, music in parts.items())
        return f'<measure number="{number}">{inside}</measure>'

    begin = ATTRIBUTES.format(fifths=0, more="")
    listed = "".join(f'<score-part id="{n}"><part-name>{n}</part-name></score-part>' for n in "AB")
    measures = (
        measure(1, A=begin + note("C4", 12), B=begin + note("E4", 12)),
        measure(2, B=note("F4", 12)),
        measure(3, A=note("G4", 12), B=note("A4", 12)),
    )
    text = "".join(measures)
    data = f"<score-timewise><part-list>{listed}</part-list>{text}</score-timewise>".encode()
    piece = read_bytes(data, "a.musicxml")
    onsets = [[n.onset_tick / piece.ticks_per_quarter for n in p.notes] for p in piece.parts]
    assert onsets == [[0, 6], [0, 3, 6]]


WHOLE = ATTRIBUTES.format(fifths=0, more="") + note("C4", 12)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\n\n  " + musicxml(WHOLE, name="Fl\u00f6te"), "a.musicxml"),
        (musicxml(WHOLE, name="Fl\u00f6te"), "a.mxl"),
        (musicxml(WHOLE, name="Fl\u00f6te").decode().encode("utf-16-be"), "a.musicxml"),
        (musicxml(WHOLE, name="Fl\u00f6te").decode().encode("utf-16-le"), "a.musicxml"),
        (musicxml(WHOLE, name="Fl\u00f6te").decode().encode("utf-16"), "a.musicxml"),
    ],
    ids=["blank lines first", "mxl that is none", "utf-16-be", "utf-16-le", "utf-16"],
)
def test_a_score_in_another_dress_is_no_damage(data, name):
    """Blank lines first, text called .mxl, two bytes a letter with and without their mark."""
    piece = read_bytes(data, name)
    assert (piece.parts[0].name, pitches(piece), piece.source.wrongs) == ("Fl\u00f6te", [60], ())


def test_a_sign_for_the_bar_before_ends_with_notes_of_its_own():
    """Where no stop is written; a drummer's bars are notes too."""
    sign = (
        "<attributes><measure-style><measure-repeat type='start'>1</measure-repeat>"
        "</measure-style></attributes>"
    )
    rest = "<note><rest/><duration>12</duration></note>"
    begin = ATTRIBUTES.format(fifths=0, more="")
    drum = re.sub("<pitch>.*?</pitch>", "<unpitched/>", note("C4", 12))
    for first, last in (("C4", "D4"), ("", "")):
        played, other = (note(p, 12) if p else drum for p in (first, last))
        piece = read_bytes(musicxml(begin + played, sign + rest, other, rest), "a.musicxml")
        bars = [n.onset_tick // (3 * piece.ticks_per_quarter) for n in piece.parts[0].notes]
        assert bars == [0, 1, 2]
        assert len(bars_of(piece)) == 4


def test_jumps_that_only_words_state_are_played():
    """D.C. al Fine, D.S. al Coda."""

    def direction(inside):
        return f"<direction><direction-type>{inside}</direction-type></direction>"

    def words(text):
        return direction(f"<words>{text}</words>")

    bars = [note(p, 12) for p in ("C4", "D4", "E4", "F4", "G4")]
    bars[0] = ATTRIBUTES.format(fifths=0, more="") + bars[0]
    fine = [bars[0], bars[1] + words("Fine"), bars[2] + words("D.C. al Fine")]
    assert pitches(read_bytes(musicxml(*fine), "a.musicxml")) == [60, 62, 64, 60, 62]
    coda = [
        bars[0], direction("<segno/>") + bars[1] + words("To Coda"), bars[2],
        bars[3] + words("Dal segno al Coda"), direction("<coda/>") + bars[4],
    ]  # fmt: skip
    assert pitches(read_bytes(musicxml(*coda), "a.musicxml")) == [60, 62, 64, 65, 62, 67]


@pytest.mark.parametrize(
    "key", ["D exp _b_e^f", "none _b_e^f", "D exp _b _e ^f", "C clef=treble _b_e^f"]
)
def test_accidentals_of_a_key_of_abc_are_all_heard(key):
    """However close they stand; those of "exp" alone."""
    assert pitches(read_bytes(f"X:1\nL:1/4\nK:{key}\nDEFGABc\n".encode(), "a.abc")) == [
        62, 63, 66, 67, 69, 70, 72,
    ]  # fmt: skip


def test_a_kern_part_without_a_name_has_none():
    """Not even where it transposes."""
    piece = read_bytes(b"**kern\n*M4/4\n*ITrd1c2\n1d\n==\n*-\n", "a.krn")
    assert (piece.parts[0].name, pitches(piece)) == ("", [62])
