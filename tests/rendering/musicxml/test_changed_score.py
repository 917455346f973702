"""A score that was changed keeps all that it says where it was not, on the page too."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from composer.composing.session.editing import edited
from composer.corpus.readers import read_bytes
from composer.music.piece import Note, Part, Piece
from composer.rendering.musicxml.header import document
from composer.rendering.musicxml.score_as_read import score_as_read
from tests.shared import EVALUATION, needs_evaluation

STACCATO = "<articulations><staccato/></articulations>"
CLARINET = "<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>"


def note(step: str, *notations: str, tie: str = "", words: str = "") -> str:
    ties = "".join(f'<tie type="{kind}"/>' for kind in tie.split())
    marks = "".join(f'<tied type="{kind}"/>' for kind in tie.split()) + "".join(notations)
    lyric = f"<lyric><text>{words}</text></lyric>" if words else ""
    return (
        f"<note><pitch><step>{step}</step><octave>5</octave></pitch><duration>1</duration>{ties}"
        f"<voice>1</voice><type>quarter</type><notations>{marks}</notations>{lyric}</note>"
    )


def slur(kind: str) -> str:
    return f'<slur type="{kind}" number="1"/>'


def score(*measures: str, transpose: str = "", name: str = "Flute") -> Piece:
    """A part of 4/4 in divisions of a quarter."""
    head = (
        "<attributes><divisions>1</divisions><key><fifths>0</fifths></key><time><beats>4</beats>"
        f"<beat-type>4</beat-type></time>{transpose}</attributes>"
    )
    written = "".join(
        f'<measure number="{n}">{head * (n == 1)}{content}</measure>'
        for n, content in enumerate(measures, 1)
    )
    text = (
        '<score-partwise><part-list><score-part id="P1"><part-name>'
        f'{name}</part-name></score-part></part-list><part id="P1">{written}</part>'
        "</score-partwise>"
    )
    return read_bytes(text.encode(), "a.musicxml")


def plain(step: str = "C") -> str:
    return note(step, STACCATO) * 4


def page(piece: Piece, **how: bool) -> Element:
    root = score_as_read(piece, **how)  # type: ignore[arg-type]
    assert root is not None
    return root


def at(piece: Piece, quarter: int, pitch: int, to: int) -> tuple[object, ...]:
    """A change of the first part's note at a quarter to another pitch."""
    ticks = piece.ticks_per_quarter
    return ("move", 0, quarter * ticks, pitch, quarter * ticks, ticks, to, 0)


def read_again(root: Element) -> list[tuple[float, float, int]]:
    piece = read_bytes(document(root).encode(), "a.musicxml")
    return notes_of(piece)


def notes_of(piece: Piece) -> list[tuple[float, float, int]]:
    ticks = piece.ticks_per_quarter
    return [(n.onset_tick / ticks, n.length_ticks / ticks, n.pitch) for n in piece.parts[0].notes]


def test_bars_that_were_not_touched_are_the_same_elements() -> None:
    """Byte for byte, before and behind one that was; in that one, what the other notes had."""
    piece = score(plain(), plain("D") + "<barline location='right'/>", plain("E"))
    changed = edited(piece, [at(piece, 5, 74, 79)])
    before = [ElementTree.tostring(m) for m in page(piece).iter("measure")]
    root = page(changed)
    after = list(root.iter("measure"))
    assert ElementTree.tostring(after[0]) == before[0]
    assert ElementTree.tostring(after[2]).endswith(before[2][len("<measure number=|3|>") :])
    assert len(list(after[1].iter("staccato"))) == 3
    assert read_again(root) == notes_of(changed)


def test_words_of_the_bar_itself_stay_where_they_stood() -> None:
    said = "<direction><direction-type><words>dolce</words></direction-type></direction>"
    piece = score(plain(), note("D") * 2 + said + note("D") * 2)
    (direction,) = page(edited(piece, [at(piece, 4, 74, 79)])).iter("direction")
    assert direction.findtext("direction-type/words") == "dolce"
    assert direction.findtext("offset") == "48"


def test_a_slur_into_a_changed_bar_ends_before_it() -> None:
    """And one that has only one note left goes."""
    first = note("C") + note("D", slur("start")) + note("E") + note("F")
    piece = score(first, note("G", slur("stop")) + note("A") * 3)
    root = page(edited(piece, [at(piece, 4, 79, 60)]))
    slurs = [(n.findtext("pitch/step"), s.get("type")) for n in root.iter("note")
             for s in n.iterfind("notations/slur")]  # fmt: skip
    assert slurs == [("D", "start"), ("F", "stop")]
    first = note("C") * 3 + note("F", slur("start"))
    piece = score(first, note("G", slur("stop")) + note("A") * 3)
    assert not list(page(edited(piece, [at(piece, 4, 79, 60)])).iter("slur"))


def test_a_tie_over_the_edge_goes_where_its_note_ends() -> None:
    piece = score(note("C") * 3 + note("C", tie="start"), note("C", tie="stop") + note("C") * 3)
    ticks = piece.ticks_per_quarter
    cut = edited(piece, [("move", 0, 3 * ticks, 72, 3 * ticks, ticks, 72, 0)])
    root = page(cut)
    assert not list(root.iter("tie"))
    assert read_again(root) == notes_of(cut)


def test_written_pitches_are_those_of_the_part() -> None:
    """Of a part that its file writes as it sounds, and of one that it transposes."""
    for transpose, written in ((CLARINET, "A"), ("", "G")):
        piece = score(plain(), plain(), transpose=transpose, name="Clarinet in Bb")
        sounding = piece.parts[0].notes[0].pitch
        changed = edited(piece, [at(piece, 4, sounding, 79)])
        root = page(changed)
        assert root.findall("part/measure")[1].findtext("note/pitch/step") == written
        assert read_again(root) == notes_of(changed)


REPEAT = '<barline location="right"><repeat direction="backward"/></barline>'


def test_repeat_signs_stay_where_both_passes_are_the_same() -> None:
    """Where they are not, the repeat is written out."""
    piece = score(plain(), plain("D") + REPEAT, plain("E"))
    one, two = at(piece, 0, 72, 60), at(piece, 8, 72, 60)
    both, single = page(edited(piece, [one, two])), page(edited(piece, [one]))
    assert [len(list(root.iter("measure"))) for root in (both, single)] == [3, 5]
    assert [len(list(root.iter("repeat"))) for root in (both, single)] == [1, 0]
    assert read_again(single) == notes_of(edited(piece, [one]))


def test_bars_behind_the_end_are_put_behind_it() -> None:
    end = '<barline location="right"><bar-style>light-heavy</bar-style></barline>'
    piece = score(plain(), plain("D") + end)
    longer = edited(piece, [("repeat", 1, 1)])
    root = page(longer)
    measures = list(root.iter("measure"))
    assert [m.find("barline/bar-style") is not None for m in measures] == [False, False, True]
    assert len(list(root.iter("staccato"))) == 8
    assert read_again(root) == notes_of(longer)


def test_a_new_part_is_put_under_the_score() -> None:
    piece = score(plain(), plain("D"))
    low = Part("cello", 42, (Note(0, 4 * piece.ticks_per_quarter, 48),), "Cello")
    root = page(replace(piece, parts=(*piece.parts, low)))
    assert [name.text for name in root.iter("part-name")] == ["Flute", "Cello"]
    assert len(list(root.iter("staccato"))) == 8
    back = read_bytes(document(root).encode(), "a.musicxml")
    assert [len(part.notes) for part in back.parts] == [8, 1]


def test_a_new_tempo_stands_at_the_top_and_a_new_title_over_it() -> None:
    piece = edited(score(plain(), plain("D")), [("tempo", 66), ("title", "Air")])
    root = page(piece)
    assert read_bytes(document(root).encode(), "a.musicxml").tempi == piece.tempi
    assert root.findtext("movement-title") == "Air"


@needs_evaluation
@pytest.mark.parametrize("place", [0, 2])
def test_a_song_keeps_its_words_and_slurs(place: int) -> None:
    """One bar of the piano changed, all else is there, and the notes are those of the piece."""
    with zipfile.ZipFile(EVALUATION / "engraved.zip") as archive:
        scores = [info for info in archive.infolist() if info.filename.endswith(".mxl")]
        name = sorted(scores, key=lambda info: info.file_size)[place].filename
        data = archive.read(name)
    piece = read_bytes(data, name)
    last = len(piece.parts) - 1
    middle = piece.parts[last].notes[len(piece.parts[last].notes) // 2]
    changes = [("move", last, middle.onset_tick, middle.pitch, *middle[:2], middle.pitch + 1, 0)]
    changed = edited(piece, changes)
    before, root = page(piece), page(changed)
    for tag in ("lyric", "slur", "words", "dynamics", "wedge", "fermata", "repeat", "measure"):
        assert len(list(root.iter(tag))) == len(list(before.iter(tag))), tag
    back = read_bytes(document(root).encode(), name)
    for here, there in zip(back.parts, changed.parts, strict=True):
        scaled = [(n[0] * changed.ticks_per_quarter, n[2]) for n in here.notes]
        assert scaled == [(n[0] * back.ticks_per_quarter, n[2]) for n in there.notes]
